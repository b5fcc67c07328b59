"""RabbitMQ in a container, for a machine with a Docker engine and no RabbitMQ of its own."""

import os
import secrets
import shutil
import subprocess
from pathlib import Path

from deploy.local.kept import kept_secret
from deploy.local.ports import LOOPBACK, is_open
from deploy.local.processes import StartFailed, wait_for

IMAGE = "rabbitmq:4.1-alpine"
USER = "homeward"
START_SECONDS = 180  # the first start pulls the image


def engine_answers() -> bool:
    """Whether a Docker engine is there and answers."""
    if not shutil.which("docker"):
        return False
    try:
        return subprocess.run(["docker", "version"], capture_output=True, timeout=10).returncode == 0
    except subprocess.TimeoutExpired:
        return False


class ContainerBroker:
    """One RabbitMQ container; `folder` keeps its name and password, a volume of that name its data."""

    def __init__(self, folder: Path, port: int = 0) -> None:
        self.folder = folder
        self.port = port

    @property
    def url(self) -> str:
        """The AMQP address of its one user, who may do everything."""
        return f"amqp://{USER}:{kept_secret(self.folder / 'password')}@{LOOPBACK}:{self.port}/"

    @property
    def name(self) -> str:
        """The container's name, and its volume's."""
        return f"homeward-{kept_secret(self.folder / 'container', lambda: secrets.token_hex(4))}"

    def launch(self) -> None:
        """Start the container and return when the engine has taken it."""
        self.stop()
        environment = {"RABBITMQ_DEFAULT_USER": USER, "RABBITMQ_DEFAULT_PASS": kept_secret(self.folder / "password")}
        command = ["docker", "run", "--detach", "--name", self.name, "--hostname", "homeward"]
        command += ["--publish", f"{LOOPBACK}:{self.port}:5672", "--volume", f"{self.name}:/var/lib/rabbitmq"]
        command += [part for name in environment for part in ("--env", name)]
        subprocess.run(
            [*command, IMAGE],
            env=os.environ | environment,
            check=True,
            stdout=subprocess.DEVNULL,
            timeout=START_SECONDS,
        )

    def until_ready(self) -> None:
        """Return when the container accepts clients; raises StartFailed."""
        ready = ["docker", "exec", self.name, "rabbitmq-diagnostics", "-q", "check_port_connectivity"]
        listening = wait_for(
            lambda: is_open(self.port) and subprocess.run(ready, capture_output=True).returncode == 0,
            within=START_SECONDS,
        )
        if not listening:
            logs = subprocess.run(["docker", "logs", "--tail", "25", self.name], capture_output=True, text=True)
            raise StartFailed(f"the container {self.name} did not become ready.\n{logs.stdout}{logs.stderr}")

    def stop(self) -> None:
        """End the container, if one was made; its data stays."""
        if (self.folder / "container").exists():
            subprocess.run(["docker", "stop", "--time", "30", self.name], capture_output=True, check=False)
            subprocess.run(["docker", "rm", "--force", self.name], capture_output=True, check=False)

    def forget(self) -> None:
        """Remove the data of a container that was made."""
        if (self.folder / "container").exists():
            subprocess.run(["docker", "volume", "rm", "--force", self.name], capture_output=True, check=False)
