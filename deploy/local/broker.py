"""A RabbitMQ of our own: its node name, ports, data, cookie and epmd are shared with no other broker on the machine."""

import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

import kombu
from amqp.exceptions import AMQPError

from deploy.local.kept import kept_secret
from deploy.local.ports import LOOPBACK, is_open
from deploy.local.processes import Processes

SERVER_PLACES = (  # not /usr/sbin/rabbitmq-server: that wrapper changes user and reads the machine's own configuration
    "/usr/lib/rabbitmq/bin/rabbitmq-server",
    "/usr/lib/rabbitmq/lib/rabbitmq_server-*/sbin/rabbitmq-server",
    "/usr/lib/rabbitmq/sbin/rabbitmq-server",
    "/opt/homebrew/opt/rabbitmq/sbin/rabbitmq-server",
    "/usr/local/opt/rabbitmq/sbin/rabbitmq-server",
    "/opt/rabbitmq/sbin/rabbitmq-server",
)
EPMD_PLACES = ("/usr/lib/erlang/bin/epmd", "/usr/lib/erlang/erts-*/bin/epmd", "/usr/local/lib/erlang/bin/epmd")
USER = "homeward"
BOOT_SECONDS = 120

CONFIGURATION = """\
listeners.tcp.1 = {address}:{port}
default_user = {user}
default_pass = {password}
log.console = true
log.console.level = warning
log.file = false
"""


def lets_in(url: str) -> bool:
    """Whether the broker at `url` takes its user and password."""
    try:
        with kombu.Connection(url, connect_timeout=2) as link:
            link.connect()
    except (OSError, AMQPError):
        return False
    return True


@dataclass(frozen=True)
class BrokerPorts:
    """Where the broker listens: for clients, for other nodes, and its epmd."""

    amqp: int
    nodes: int
    epmd: int


class Broker:
    """One private RabbitMQ node with its data in `folder`."""

    def __init__(self, processes: Processes, folder: Path, ports: BrokerPorts, server: Path) -> None:
        self.processes = processes
        self.server = server
        self.folder = folder
        self.ports = ports

    @property
    def url(self) -> str:
        """The AMQP address of its one user, who may do everything."""
        return f"amqp://{USER}:{self._password()}@{LOOPBACK}:{self.ports.amqp}/"

    def launch(self) -> None:
        """Start epmd and the node, and return at once."""
        self._write_files()
        environment = self._environment()
        running = self.processes.find("epmd")
        if running is None or not running.alive:
            epmd = [str(find_epmd()), "-port", str(self.ports.epmd), "-address", LOOPBACK]
            daemon = self.processes.start("epmd", epmd, env=environment)
            self.processes.until_ready(daemon, lambda: is_open(self.ports.epmd), within=10)
        self.processes.start("broker", [str(self.server)], env=environment)

    def until_ready(self) -> None:
        """Return when the launched node lets its user in; raises StartFailed. Another's node on the port does not."""
        node = self.processes.find("broker")
        assert node is not None, "launch() comes first"
        self.processes.until_ready(node, lambda: lets_in(self.url), within=BOOT_SECONDS)

    def stop(self) -> None:
        """End the node, then the epmd that this broker started."""
        self.processes.stop("broker", within=30)
        self.processes.stop("epmd", within=5)

    def add_vhost(self, name: str) -> str:
        """Make an empty virtual host and give its address."""
        self._control("add_vhost", name)
        self._control("set_permissions", "-p", name, USER, ".*", ".*", ".*")
        return self.url + name

    def remove_vhost(self, name: str) -> None:
        """Remove a virtual host with its exchanges and queues."""
        self._control("delete_vhost", name)

    def _control(self, *arguments: str) -> None:
        program = self.server.with_name("rabbitmqctl")
        subprocess.run([str(program), "-q", *arguments], env=self._environment(), check=True, capture_output=True)

    def _write_files(self) -> None:
        home = self.folder / "home"
        home.mkdir(parents=True, exist_ok=True)
        kept_secret(home / ".erlang.cookie")  # Erlang refuses one that others may read
        configuration = self.folder / "rabbitmq.conf"
        configuration.touch(mode=0o600)
        configuration.write_text(
            CONFIGURATION.format(address=LOOPBACK, port=self.ports.amqp, user=USER, password=self._password())
        )
        (self.folder / "enabled_plugins").write_text("[].\n")
        (self.folder / "rabbitmq-env.conf").write_text("")

    def _environment(self) -> dict[str, str]:
        place = self.folder
        return os.environ | {
            "HOME": str(place / "home"),
            "ERL_EPMD_PORT": str(self.ports.epmd),
            "ERL_EPMD_ADDRESS": LOOPBACK,
            "ERL_CRASH_DUMP": str(place / "erl_crash.dump"),
            "RABBITMQ_NODENAME": "homeward@localhost",
            "RABBITMQ_DIST_PORT": str(self.ports.nodes),
            "RABBITMQ_MNESIA_BASE": str(place / "data"),
            "RABBITMQ_LOG_BASE": str(place / "log"),
            "RABBITMQ_LOGS": "-",
            "RABBITMQ_CONF_ENV_FILE": str(place / "rabbitmq-env.conf"),
            "RABBITMQ_CONFIG_FILE": str(place / "rabbitmq.conf"),
            "RABBITMQ_CONFIG_FILES": str(place / "conf.d" / "*.conf"),
            "RABBITMQ_ADVANCED_CONFIG_FILE": str(place / "advanced.config"),
            "RABBITMQ_GENERATED_CONFIG_DIR": str(place / "generated"),
            "RABBITMQ_SCHEMA_DIR": str(place / "schema"),
            "RABBITMQ_ENABLED_PLUGINS_FILE": str(place / "enabled_plugins"),
            "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": "-kernel inet_dist_use_interface {127,0,0,1}",
            "RUNNING_UNDER_SYSTEMD": "true",  # the script then becomes the node, so the pid we record is the node's
        }

    def _password(self) -> str:
        return kept_secret(self.folder / "password")


def find_server() -> Path | None:
    """The script of an installed RabbitMQ that starts a node as whoever runs it."""
    return _first(SERVER_PLACES)


def find_epmd() -> Path:
    """The Erlang port mapper; raises FileNotFoundError when Erlang has none."""
    found = shutil.which("epmd")
    path = Path(found) if found else _first(EPMD_PLACES)
    if path is None:
        raise FileNotFoundError("RabbitMQ is installed but Erlang's epmd is not: install erlang-base")
    return path


def _first(patterns: tuple[str, ...]) -> Path | None:
    matches = (path for pattern in patterns for path in sorted(Path("/").glob(pattern[1:]), reverse=True))
    return next(matches, None)
