"""Write a service's next migration against an empty database of its own: `make migration S=payments M="vouchers"`."""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

from deploy.local.database import Database
from deploy.local.parts import SERVICES, keys
from deploy.local.ports import free_port
from deploy.local.processes import ROOT, Processes


def main() -> int:
    """Start a database, let the chassis compare it with the service's tables, and end it."""
    service, words = [*sys.argv[1:], "", ""][:2]
    if service not in SERVICES or not words:
        print('make migration S=payments M="what it adds"', file=sys.stderr)
        return 2
    with tempfile.TemporaryDirectory(prefix="homeward-migration-") as place:
        folder = Path(place)
        database = Database(Processes(folder), folder / "database", free_port())
        database.launch()
        try:
            database.until_ready()
            told = {"DATABASE_URL": database.url, "AMQP_URL": "amqp://unused/", "HOMEWARD_KEYS": keys(folder)}
            command = [sys.executable, "-m", "libs.chassis.migrate", "--new", service, words]
            return subprocess.run(command, cwd=ROOT, env=os.environ | told).returncode
        finally:
            database.stop()


if __name__ == "__main__":
    sys.exit(main())
