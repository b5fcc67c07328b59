"""`python -m libs.contracts.asyncapi --check | --write`: `asyncapi.json`, and `docs/messages.md` for people."""

import argparse
import sys

from libs.contracts.asyncapi.files import stale, write


def main() -> int:
    """0 when both files are current, or were made so."""
    parser = argparse.ArgumentParser(prog="python -m libs.contracts.asyncapi", description=__doc__)
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("--check", action="store_true", help="say which file is not current")
    what.add_argument("--write", action="store_true", help="write both")
    if parser.parse_args().write:
        write()
    old = stale()
    sys.stdout.writelines(f"{name} is not current: run `make contracts-accept`\n" for name in old)
    return 1 if old else 0


if __name__ == "__main__":
    raise SystemExit(main())
