"""The Chromium that the tests look through: the machine's own, installed when it is missing."""

import shutil
from collections.abc import Callable
from pathlib import Path

from deploy.local.packages import Missing, install

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
ELSEWHERE = (
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
)
ARGUMENTS = (  # headless, in a container, and quiet: no calls home while a test runs
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
)


def find_browser(say: Callable[[str], None]) -> str:
    """The path of a Chromium, installed first when there is none; raises Missing when that cannot be."""
    found = _present()
    if found is None:
        install("chromium", purpose="the browser tests", say=say)
        found = _present()
    if found is None:
        raise Missing("chromium was installed but is not on the PATH: install Google Chrome or Chromium")
    return found


def _present() -> str | None:
    on_path = (shutil.which(name) for name in NAMES)
    elsewhere = (place for place in ELSEWHERE if Path(place).exists())
    return next(filter(None, on_path), None) or next(elsewhere, None)
