"""A shop in hand for each test."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.integration.sandbox.running import Door, Running, running
from tests.integration.sandbox.shops import ShopInHand


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[ShopInHand]:
    """Alder, with nothing sold yet."""
    in_hand = ShopInHand(tmp_path)
    yield in_hand
    in_hand.memory.close()


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """A whole sandbox on free ports."""
    with running(tmp_path_factory.mktemp("sandbox")) as sandbox:
        yield sandbox


@pytest.fixture
def door() -> Iterator[Door]:
    """A door that takes every webhook."""
    opened = Door()
    yield opened
    opened.close()
