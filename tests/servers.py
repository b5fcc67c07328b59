"""One broker and one database for every test process of this checkout: the first starts them, the last ends them."""

import fcntl
import json
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from deploy.local.backing import PORTS, Backing
from deploy.local.broker import Broker
from deploy.local.container import engine_answers
from deploy.local.ports import choose
from deploy.local.processes import Processes, kernel_start
from tests import containers


class SharedServers:
    """The servers in `folder`, and the list of test processes that use them."""

    def __init__(self, folder: Path, say: Callable[[str], None] = print) -> None:
        self.folder = folder
        self.say = say
        self.broker_url = self.database_url = ""
        self.me = [os.getpid(), kernel_start(os.getpid())]

    def join(self) -> None:
        """Count this process among the users, starting the servers when nobody uses them yet."""
        with self._state() as state:
            users = _living(state.get("users", []))
            if not users:
                self._stop(state)
                state.clear()
                state.update(self._start())
            state["users"] = [*users, self.me]
        self.broker_url, self.database_url = state["broker"], state["server"]

    def leave(self) -> None:
        """End the servers when this process was the last to use them."""
        with self._state() as state:
            state["users"] = [user for user in _living(state.get("users", [])) if user != self.me]
            if not state["users"]:
                self._stop(state)
                state.clear()

    def add_vhost(self, name: str) -> str:
        """The address of a new virtual host; of the only one, where the broker is not ours to change."""
        with self._state() as state:
            if "containers" in state:
                containers.add_vhost(state["containers"]["broker"], name)
                return self.broker_url + name
            broker = self._backing(state["ports"]).broker
            return broker.add_vhost(name) if isinstance(broker, Broker) else broker.url

    def remove_vhost(self, name: str) -> None:
        """Remove a virtual host that add_vhost made, so that its queues cost the others nothing."""
        with self._state() as state:
            broker = None if "containers" in state else self._backing(state["ports"]).broker
            if isinstance(broker, Broker):
                broker.remove_vhost(name)

    def _start(self) -> dict[str, object]:
        given = {"AMQP_URL", "DATABASE_URL"} & set(os.environ)
        if not given and engine_answers():
            return containers.start()
        shutil.rmtree(self.folder / "broker", ignore_errors=True)
        shutil.rmtree(self.folder / "database", ignore_errors=True)
        ports, _ = choose(dict.fromkeys(PORTS, 0))
        backing = self._backing(ports)
        backing.launch()
        backing.until_ready()
        return {"ports": ports, "broker": backing.broker.url, "server": backing.database.url}

    def _stop(self, state: dict[str, object]) -> None:
        containers.stop(state.get("containers", {}))
        for process in reversed(Processes(self.folder).all()):
            Processes(self.folder).stop(process.name)

    def _backing(self, ports: dict[str, int]) -> Backing:
        return Backing(Processes(self.folder), self.folder, ports, self.say)

    @contextmanager
    def _state(self) -> Iterator[dict[str, object]]:
        self.folder.mkdir(parents=True, exist_ok=True)
        path = self.folder / "state.json"
        with (self.folder / "lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            state = json.loads(path.read_text()) if path.exists() else {}
            yield state
            path.write_text(json.dumps(state))


def _living(users: list[list[object]]) -> list[list[object]]:
    return [[pid, started] for pid, started in users if kernel_start(pid) == started]
