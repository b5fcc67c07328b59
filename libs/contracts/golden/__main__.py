"""`python -m libs.contracts.golden --check | --accept`."""

import argparse
import re
import subprocess
import sys
from pathlib import Path

import libs.contracts
from libs.contracts import golden
from libs.contracts.golden import Finding

ACCEPT = "make contracts-accept"
PACKAGE = Path(libs.contracts.__file__).parent


def problems(package: Path = PACKAGE, now: golden.Schemas | None = None) -> list[str]:
    """What keeps the contracts from being released as they are, one sentence each; empty when all is well."""
    goldens = golden.read(package / "golden")
    found = golden.compare(goldens, golden.current() if now is None else now)
    said = [_said(finding) for finding in found]
    if any(not finding.refused for finding in found):
        said.append(f"`{ACCEPT}` accepts what breaks nobody")
    version = _version(package)
    if not found and version != goldens.version:
        said.append(f"libs.contracts.__version__ is {version}, and the goldens were accepted as {goldens.version}")
    if f"\n## {version}\n" not in _changelog(package).read_text():
        said.append(f"CHANGELOG.md has no entry for {version}")
    return said


def accept(package: Path = PACKAGE, now: golden.Schemas | None = None) -> list[str]:
    """Write the goldens, the version and the changelog's entry; the reasons when that would break somebody."""
    now = golden.current() if now is None else now
    goldens = golden.read(package / "golden")
    found = golden.compare(goldens, now)
    if refused := [_said(finding) for finding in found if finding.refused]:
        return [*refused, "nothing was written: add a class with the next number instead, and move its readers first"]
    if found:
        version = golden.next_version(goldens.version, found, first=_version(package))
        golden.write(now, version, package / "golden")
        _raise_version(package, version)
        _note(package, version, found if goldens.version else [])
    return []


def _said(finding: Finding) -> str:
    return f"{'BREAKS ' if finding.refused else ''}{finding.contract}: {finding.words}"


def _version(package: Path) -> str:
    match = re.search(r'^__version__ = "(.+)"$', (package / "__init__.py").read_text(), re.MULTILINE)
    if match is None:
        raise SystemExit("libs/contracts/__init__.py has no __version__")
    return match[1]


def _raise_version(package: Path, version: str) -> None:
    file = package / "__init__.py"
    file.write_text(re.sub(r'^__version__ = ".+"$', f'__version__ = "{version}"', file.read_text(), flags=re.MULTILINE))


def _changelog(package: Path) -> Path:
    return package / "CHANGELOG.md"


def _note(package: Path, version: str, found: list[Finding]) -> None:
    """Put an entry for `version` above the former ones, unless somebody wrote it already."""
    file = _changelog(package)
    before = file.read_text()
    if f"\n## {version}\n" not in before:
        entry = f"## {version}\n\n" + "".join(f"- `{finding.contract}`: {finding.words}.\n" for finding in found)
        head, mark, rest = before.partition("\n## ")
        file.write_text(f"{head}\n{entry}{mark}{rest}" if mark else f"{before}\n{entry}")


def _describe() -> None:
    """Write what is made from the contracts, in a process of its own: this one has the former version in memory."""
    subprocess.run([sys.executable, "-m", "libs.contracts.asyncapi", "--write"], check=True)


def main() -> int:
    """0 when the goldens match the classes, or were made to."""
    parser = argparse.ArgumentParser(
        prog="python -m libs.contracts.golden", description="Hold the contracts to their goldens."
    )
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("--check", action="store_true", help="say what differs, and whom it would break")
    what.add_argument("--accept", action="store_true", help="write goldens, version, changelog and documents")
    checking = parser.parse_args().check
    said = problems() if checking else accept()
    if not checking and not said:
        _describe()
    sys.stdout.writelines(f"{line}\n" for line in said)
    return 1 if said else 0


if __name__ == "__main__":
    raise SystemExit(main())
