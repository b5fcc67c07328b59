"""Which suite is meant, and with which key: what the command line says, else the environment, else the demo that runs here."""

import argparse
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from cli.api import Api
from cli.refusals import Exit, Refusal
from deploy.local.kept import read_json

HERE = Path(__file__).parents[1] / ".run"  # the suite that `make up` started; HOMEWARD_RUN names another one's folder
NOWHERE = "no suite is running here: make up, or name one with --address and --key (HOMEWARD_ADDRESS and HOMEWARD_KEY)"


@dataclass(frozen=True)
class Suite:
    """A running suite. `facts` is its demo.json, and empty for one that was not started from this checkout."""

    facts: Mapping[str, Any]
    address: str | None = None
    key: str | None = None
    retailer: str | None = None
    environment: Mapping[str, str] = field(default_factory=lambda: os.environ)

    @classmethod
    def from_options(cls, given: argparse.Namespace, environment: Mapping[str, str] = os.environ) -> "Suite":
        """The suite that these options and this environment name."""
        facts = read_json(Path(environment.get("HOMEWARD_RUN") or HERE) / "demo.json", {})
        return cls(
            facts,
            given.address or environment.get("HOMEWARD_ADDRESS"),
            given.key or environment.get("HOMEWARD_KEY"),
            given.retailer,
            environment,
        )

    def for_retailer(self) -> Api:
        """Its API with a retailer's key; of the demo's retailers the first, unless one was named."""
        return self._api(lambda: self._one()["api_key"])

    def for_operator(self) -> Api:
        """Its API with a key of the platform's operator."""
        return self._api(lambda: (self.facts.get("platform") or {}).get("api_key"))

    @property
    def is_named(self) -> bool:
        """Whether another suite than the demo's was named."""
        return self.address is not None

    def now(self) -> datetime:
        """The time that the suite lives in: a demo's clock may have been moved."""
        place = None if self.is_named else self.facts.get("clock")
        text = Path(place).read_text().strip() if place and Path(place).exists() else ""
        return datetime.now(UTC) + timedelta(seconds=float(text or 0))

    def clock(self) -> Path:
        """The file with the clock's offset; raises Refusal outside sandbox mode."""
        if self.facts.get("mode", self.environment.get("HOMEWARD_MODE", "production")) != "sandbox":
            raise Refusal("the clock moves in sandbox mode only (HOMEWARD_MODE=sandbox, or make up)")
        place = self.facts.get("clock") or self.environment.get("CLOCK_FILE")
        if not place:
            raise Refusal("CLOCK_FILE does not say which file holds the clock's offset")
        return Path(place)

    def _api(self, own_key: Any) -> Api:
        if self.address is not None:  # the demo's keys are for the demo: another address is never shown one
            return Api(self.address, self._needed(self.key))
        if not self.facts:
            raise Refusal(NOWHERE, Exit.UNREACHABLE)
        return Api(self.facts["gateway"], self._needed(self.key or own_key()))

    def _one(self) -> Mapping[str, Any]:
        retailers = self.facts.get("retailers") or []
        for each in retailers:
            if self.retailer in (None, each["slug"]):
                return each
        known = ", ".join(each["slug"] for each in retailers) or "none"
        raise Refusal(f"the demo has no retailer {self.retailer}; it has: {known}", Exit.NOT_FOUND)

    @staticmethod
    def _needed(key: str | None) -> str:
        if not key:
            raise Refusal("no key: give one with --key or HOMEWARD_KEY", Exit.NO_ACCESS)
        return key
