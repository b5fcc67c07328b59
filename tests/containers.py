"""The broker and the database as containers, where a Docker engine answers."""

import os

BROKER_IMAGE = "rabbitmq:4.1-alpine"
DATABASE_IMAGE = "postgres:18-alpine"
USER = "homeward"
PASSWORD = "homeward"  # the ports are published on this machine, for the length of one test run


def start() -> dict[str, object]:
    """Start both, and give their addresses and the ids to stop them by."""
    os.environ["TESTCONTAINERS_RYUK_DISABLED"] = "true"  # the last test process stops them, not the first to end
    from testcontainers.community.postgres import PostgresContainer
    from testcontainers.core.container import DockerContainer
    from testcontainers.core.wait_strategies import ExecWaitStrategy

    database = PostgresContainer(DATABASE_IMAGE, username=USER, password=PASSWORD, dbname=USER, driver=None)
    database.with_command("postgres -c max_connections=250").start()
    broker = DockerContainer(BROKER_IMAGE).with_exposed_ports(5672)
    broker.with_env("RABBITMQ_DEFAULT_USER", USER).with_env("RABBITMQ_DEFAULT_PASS", PASSWORD)
    broker.waiting_for(ExecWaitStrategy(["rabbitmq-diagnostics", "-q", "check_port_connectivity"])).start()
    host, port = broker.get_container_host_ip(), broker.get_exposed_port(5672)
    return {
        "broker": f"amqp://{USER}:{PASSWORD}@{host}:{port}/",
        "server": database.get_connection_url(),
        "containers": {"broker": broker.get_container_id(), "server": database.get_container_id()},
    }


def add_vhost(container: str, name: str) -> None:
    """Make an empty virtual host in the broker's container."""
    import docker

    broker = docker.from_env().containers.get(container)
    for command in (["add_vhost", name], ["set_permissions", "-p", name, USER, ".*", ".*", ".*"]):
        code, output = broker.exec_run(["rabbitmqctl", "-q", *command])
        assert code == 0, output.decode()


def stop(containers: dict[str, str]) -> None:
    """Remove the containers of that start."""
    if not containers:
        return
    import docker

    for container in containers.values():
        docker.from_env().containers.get(container).remove(force=True, v=True)
