"""The compose file and the image: one block per process, one service per image."""

import shutil
import subprocess
from typing import Any

import pytest
import yaml

from deploy.local.parts import SERVICES
from deploy.local.processes import ROOT

COMPOSE = ROOT / "deploy" / "compose.yaml"
DOCKERFILE = (ROOT / "deploy" / "service.Dockerfile").read_text()


@pytest.fixture(scope="module")
def blocks() -> dict[str, dict[str, Any]]:
    return yaml.safe_load(COMPOSE.read_text())["services"]


@pytest.mark.parametrize("service", SERVICES)
def test_each_service_is_built_alone_and_starts_on_its_newest_tables(service: str, blocks: dict[str, dict[str, Any]]):
    block, step = blocks[service], blocks[f"migrate-{service}"]

    assert block["build"]["args"] == {"SERVICE": service}
    assert block["image"] == step["image"] == f"homeward-{service}"
    assert step["command"][-2:] == ["libs.chassis.migrate", service]
    assert block["depends_on"][f"migrate-{service}"] == {"condition": "service_completed_successfully"}


def test_nothing_but_the_product_runs_unless_the_sandbox_is_asked_for(blocks: dict[str, dict[str, Any]]):
    always = {name for name, block in blocks.items() if "profiles" not in block}

    steps = {f"migrate-{service}" for service in SERVICES}
    assert always == {"broker", "database", "gateway", *SERVICES, *steps}
    assert blocks["sandbox"]["profiles"] == ["sandbox"]


def test_no_password_is_written_down():
    secrets = [line for line in COMPOSE.read_text().splitlines() if "PASSWORD" in line or "HOMEWARD_KEYS" in line]

    assert secrets
    assert all(":?" in line for line in secrets)


def test_an_image_holds_libs_and_one_service_and_runs_without_rights():
    copied = [line.split()[-2] for line in DOCKERFILE.splitlines() if line.startswith("COPY") and "--from" not in line]

    assert copied == ["services/${SERVICE}/requirements.txt", "libs", "services/${SERVICE}"]
    assert "--require-hashes" in DOCKERFILE
    assert "\nUSER homeward\n" in DOCKERFILE
    assert "/readyz" in DOCKERFILE


def test_docker_compose_takes_the_file():
    has_compose = shutil.which("docker") and subprocess.run(["docker", "compose", "version"], capture_output=True)
    if not has_compose or has_compose.returncode:
        pytest.skip("Docker's compose plugin is not here")
    given = dict.fromkeys(["HOMEWARD_KEYS", "RABBITMQ_PASSWORD", "POSTGRES_PASSWORD", "PORTAL_URL"], "x")
    told = {**given, "NOTIFICATIONS_SMTP_URL": "smtp://x:25", "PATH": "/usr/local/bin:/usr/bin:/bin"}

    done = subprocess.run(["docker", "compose", "-f", str(COMPOSE), "config", "-q"], env=told, capture_output=True)

    assert done.returncode == 0, done.stderr.decode()
