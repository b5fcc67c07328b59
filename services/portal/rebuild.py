"""Builds the reporting tables anew from the facts alone: `python -m services.portal.rebuild [slug ...]`."""

import sys

from libs.chassis import logs
from libs.chassis.settings import load
from services.portal.settings import PortalSettings
from services.portal.store.people import People
from services.portal.store.reporting import Reporting


def main(slugs: list[str]) -> None:
    """Rebuild the tables of the retailers named, or of all, return by return, while they go on."""
    logs.start("rebuild", load(PortalSettings).log_level, to=sys.stderr)
    for retailer in People().retailers():
        if not slugs or retailer.slug in slugs:
            sys.stdout.write(f"{retailer.slug}: {Reporting().rebuild(retailer.id)} facts read\n")
            sys.stdout.flush()


if __name__ == "__main__":
    main(sys.argv[1:])
