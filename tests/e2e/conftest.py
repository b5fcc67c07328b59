"""A browser for a shopper, a manager or somebody at the hub."""

import json
import os
import subprocess
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, sync_playwright

from deploy.local.browser import ARGUMENTS, find_browser
from deploy.local.processes import ROOT
from deploy.local.stack import Stack


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """The machine's own Chromium, headless; each test opens its own context in it."""
    path = find_browser(print)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=list(ARGUMENTS))
        yield browser
        browser.close()


@pytest.fixture
def move(suite: Stack) -> Iterator[Callable[[str], dict]]:
    """Call it with a step: the clock is moved as an operator would. It is right again afterwards."""

    def step(by: str) -> dict:
        command = [str(ROOT / "bin" / "homeward"), "clock", by, "--json"]
        done = subprocess.run(
            command, env=os.environ | {"HOMEWARD_RUN": str(suite.folder)}, capture_output=True, text=True, check=True
        )
        return json.loads(done.stdout)

    yield step
    step("reset")
