"""Pin every package with its hashes: the development list first, then each service under it as a constraint."""

import subprocess
import sys
from pathlib import Path

from deploy.local.parts import SERVICES
from deploy.local.processes import ROOT

DEVELOPMENT = "requirements-dev.txt"
SANDBOX = "deploy/sandbox/requirements"
ENGINES = "tests/bench/engines"  # the peers of our rules, which only a bench needs
LIBS = ("libs/chassis/pyproject.toml", "libs/contracts/pyproject.toml")
# One list for every system and Python from 3.11 on; no address of an index is written down.
OPTIONS = ["--universal", "--python-version", "3.11", "--generate-hashes", "--no-emit-index-url"]
OPTIONS += ["--no-emit-find-links", "--no-header", "--no-annotate", "--quiet"]


def compile_list(target: str, *sources: str) -> None:
    """Write the pinned list `target` of what `sources` ask for; raises CalledProcessError when they contradict."""
    command = [str(Path(sys.executable).with_name("uv")), "pip", "compile", *OPTIONS, *sources, "--output-file", target]
    subprocess.run(command, cwd=ROOT, check=True)
    print(target)


def main() -> None:
    """Compile every list."""
    services = [f"services/{name}" for name in SERVICES]
    wanted = [*LIBS, f"{SANDBOX}.in", *(f"{folder}/pyproject.toml" for folder in services)]
    compile_list(DEVELOPMENT, "requirements-dev.in", *wanted)
    compile_list(f"{SANDBOX}.txt", f"{SANDBOX}.in", "--constraint", DEVELOPMENT)
    compile_list(f"{ENGINES}.txt", f"{ENGINES}.in", "--constraint", DEVELOPMENT)
    for folder in services:
        compile_list(f"{folder}/requirements.txt", f"{folder}/pyproject.toml", *LIBS, "--constraint", DEVELOPMENT)


if __name__ == "__main__":
    main()
