"""The compose file: what it names is there, and what it runs can be run."""

from __future__ import annotations

import json
import re
import shutil
import stat
import subprocess
from pathlib import Path

import pytest
import yaml

from volery.cli.main import volery
from volery.config import settings
from volery.executors.docker.settings import docker_settings

FOLDER = Path(__file__).parents[2] / "deploy"
COMPOSE = yaml.safe_load((FOLDER / "docker-compose.yaml").read_text())
SERVICES = COMPOSE["services"]


@pytest.fixture
def secrets(tmp_path):
    """What the script makes, in a copy of the folder."""
    shutil.copy(FOLDER / "secrets.sh", tmp_path)
    subprocess.run(["sh", tmp_path / "secrets.sh"], check=True, capture_output=True)
    return tmp_path / "secrets"


@pytest.mark.parametrize("name", SERVICES)
def test_a_service_refers_to_what_is_there(name):
    service = SERVICES[name]
    for each in service.get("secrets", []):
        assert (each if isinstance(each, str) else each["source"]) in COMPOSE["secrets"]
    for each in service.get("volumes", []):
        assert each.partition(":")[0] in COMPOSE["volumes"]
    for other, wanted in service.get("depends_on", {}).items():
        if wanted["condition"] == "service_healthy":
            assert "healthcheck" in SERVICES[other]
        else:
            assert SERVICES[other]["restart"] == "no"
    assert service["networks"] == ["volery"]


@pytest.mark.parametrize("name", ["server", "migrate"])
def test_what_runs_is_a_command_with_options_that_there_are(name):
    first, *rest = SERVICES[name]["command"]
    volery.get_command(None, first).make_context(first, rest)


def test_only_the_server_is_reached_and_only_from_this_machine():
    for name, service in SERVICES.items():
        ports = service.get("ports", [])
        assert bool(ports) == (name == "server")
        assert all(each.startswith("127.0.0.1:") for each in ports)


def test_the_server_has_longer_to_end_than_it_takes():
    server = SERVICES["server"]
    grace = float(server["command"][server["command"].index("--grace") + 1])
    assert float(server["stop_grace_period"].removesuffix("s")) > grace + 10


def test_the_socket_of_docker_is_given_only_to_who_asks():
    assert "docker.sock" not in json.dumps(COMPOSE)
    over = yaml.safe_load((FOLDER / "docker-compose.docker.yaml").read_text())["services"]
    assert over.keys() == {"server"}
    assert any("docker.sock" in each for each in over["server"]["volumes"])


def test_containers_of_tasks_reach_the_store_and_what_the_server_lays_out_for_them():
    over = yaml.safe_load((FOLDER / "docker-compose.docker.yaml").read_text())["services"]["server"]
    chosen = settings(environ=over["environment"])
    docker = docker_settings(chosen.docker)
    assert docker.network == f"{COMPOSE['name']}_{SERVICES['s3']['networks'][0]}"
    assert docker.image == SERVICES["server"]["image"], "the Volery of the server"
    (home,) = re.findall(r"VOLERY_HOME=(\S+)", (FOLDER / "image/Dockerfile").read_text())
    assert f"{home}/docker:{home}/docker" in over["volumes"]


def test_the_script_makes_every_secret_and_they_fit_together(secrets):
    assert {f"secrets/{file.name}" for file in secrets.iterdir()} == {
        each["file"] for each in COMPOSE["secrets"].values()
    }
    chosen = settings(folder=secrets, environ={})
    password = (secrets / "postgres_password").read_text()
    postgres = SERVICES["postgres"]["environment"]
    assert chosen.database == (
        f"postgresql://{postgres['POSTGRES_USER']}:{password}@postgres:5432/{postgres['POSTGRES_DB']}"
    )
    (identity,) = json.loads((secrets / "s3.json").read_text())["identities"]
    (key,) = identity["credentials"]
    options = chosen.storage_options["s3"]
    assert options["access_key_id"] == key["accessKey"]
    assert options["secret_access_key"] == key["secretKey"]
    bucket = chosen.storage.removeprefix("s3://")
    assert f's3.bucket.create -name {bucket}"' in SERVICES["bucket"]["command"][0]


def test_secrets_are_others_each_time_and_nobody_else_looks_in(secrets, tmp_path):
    before = (secrets / "postgres_password").read_text()
    assert len(before) >= 40
    assert stat.S_IMODE(secrets.stat().st_mode) == 0o700
    subprocess.run(["sh", tmp_path / "secrets.sh"], check=True, capture_output=True)
    assert (secrets / "postgres_password").read_text() == before, "what is there stays"
    secrets.rename(tmp_path / "old")
    subprocess.run(["sh", tmp_path / "secrets.sh"], check=True, capture_output=True)
    assert (secrets / "postgres_password").read_text() != before
