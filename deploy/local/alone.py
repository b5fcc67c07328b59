"""Each service starts from a folder that holds only it, `libs` and the packages it lists: what an image would hold.

It is loaded with all its entrypoints, then started as an image starts it, until it says what it was not told.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from deploy.local.parts import SERVICES
from deploy.local.processes import ROOT

PLAINLY = ("PATH", "HOME", "LANG", "TMPDIR")  # no PYTHONPATH and no settings of a suite that runs here
ALSO = {"portal": ("services.portal.gateway",)}  # its other processes
ASKS = "Homeward cannot start: AMQP_URL is missing"
TOOLS = {"portal": ("setup", "rebuild")}  # what its people start
NOT_COPIED = shutil.ignore_patterns("__pycache__")


def prove(service: str) -> str:
    """The word "ok", or what stood in the way of starting `service` alone."""
    with tempfile.TemporaryDirectory(prefix=f"homeward-{service}-") as place:
        folder = Path(place)
        shutil.copytree(ROOT / "libs", folder / "libs", ignore=NOT_COPIED)
        shutil.copytree(ROOT / "services" / service, folder / "services" / service, ignore=NOT_COPIED)
        python = _with_its_packages(service, folder)
        imports = "; ".join(f"import services.{service}.{module}" for module in ("service", *TOOLS.get(service, ())))
        started = [["-m", module] for module in ALSO.get(service, ())] + [["-m", "libs.chassis.run", service]]
        checks = {"": [["-c", imports], ["-m", "libs.chassis.run", service, "--check"]], ASKS: started}
        faults = (_fault(python, folder, how, expected) for expected, hows in checks.items() for how in hows)
        return next((fault for fault in faults if fault), "ok")


def _fault(python: str, folder: Path, arguments: list[str], expected: str) -> str | None:
    """What went wrong, where it neither succeeds nor ends with the words that are expected of it."""
    environment = {name: os.environ[name] for name in PLAINLY if name in os.environ}
    done = subprocess.run([python, *arguments], cwd=folder, env=environment, capture_output=True, text=True)
    if done.returncode == 0 if not expected else expected in done.stderr:
        return None
    return f"python {' '.join(arguments)}\n{done.stdout[-500:]}{done.stderr[-2000:]}"


def _with_its_packages(service: str, folder: Path) -> str:
    environment = folder / "venv"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(environment)], check=True)
    python = str(environment / "bin" / "python")
    pip = [sys.executable, "-m", "pip", "--python", python, "--disable-pip-version-check", "install", "--quiet"]
    listed = folder / "services" / service / "requirements.txt"
    # --no-deps: a package that the list forgets must be missing, not fetched
    subprocess.run(
        [*pip, "--require-hashes", "--no-deps", "--no-compile", "-r", str(listed)], check=True, capture_output=True
    )
    return python


def main() -> int:
    """Prove every service; exit code 1 when one does not start."""
    with ThreadPoolExecutor(max_workers=os.cpu_count()) as pool:
        outcomes = dict(zip(SERVICES, pool.map(prove, SERVICES), strict=True))
    for service, outcome in outcomes.items():
        print(f"{service:<14} {outcome}")
    return 0 if set(outcomes.values()) == {"ok"} else 1


if __name__ == "__main__":
    sys.exit(main())
