"""Logs: one JSON object a line, named like the fact, never with personal data."""

import logging
import re
import sys
from collections.abc import MutableMapping
from typing import Any, TextIO

import structlog

_PRIVATE = frozenset(
    {"email", "name", "phone", "address", "token", "secret", "password", "body", "authorization", "cookie"}
)
_ADDRESS = re.compile(r"[^\s\"'<>()=,;:/]+@[^\s\"'<>()=,;:/]+")


def _hide_private(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    for key in _PRIVATE & event.keys():
        event[key] = "[hidden]"
    return event


def _hide_addresses(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    # A driver's words and a traceback quote the values they stumbled over.
    for key, value in event.items():
        if isinstance(value, str) and "@" in value:
            event[key] = _ADDRESS.sub("[hidden]", value)
    return event


def start(service: str, level: str = "INFO", *, to: TextIO = sys.stdout) -> None:
    """Send this process's logs to `to` as JSON lines that carry `service`."""
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        lambda _logger, _method, event: {"service": service, **event},
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        _hide_private,
    ]
    structlog.configure(
        processors=[
            *shared,
            structlog.processors.format_exc_info,
            _hide_addresses,
            structlog.processors.JSONRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelName(level)),
        logger_factory=structlog.PrintLoggerFactory(to),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(to)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            processor=structlog.processors.JSONRenderer(),
            foreign_pre_chain=[*shared, structlog.processors.format_exc_info, _hide_addresses],
        )
    )
    logging.basicConfig(level=max(logging.WARNING, logging.getLevelName(level)), handlers=[handler], force=True)
    logging.getLogger("nameko.containers").setLevel(logging.ERROR)  # it warns of each greenlet that a stop ends


log = structlog.get_logger()
