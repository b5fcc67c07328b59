"""Somebody who starts a dead process again, as a service manager would."""

import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager

import pytest

from deploy.local.stack import Stack

Revived = Callable[[str], AbstractContextManager[list[str]]]


@pytest.fixture
def revived(suite: Stack) -> Revived:
    """`with revived("labels") as deaths:` starts that process again whenever it is dead, and counts."""

    @contextmanager
    def watch(name: str) -> Iterator[list[str]]:
        deaths: list[str] = []
        enough = threading.Event()

        def keep_alive() -> None:
            while not enough.wait(0.05):
                if not suite.processes[name].alive:
                    deaths.append(name)
                    suite.restart(name)

        watcher = threading.Thread(target=keep_alive)
        watcher.start()
        try:
            yield deaths
        finally:
            enough.set()
            watcher.join()

    return watch
