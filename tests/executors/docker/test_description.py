from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from volery.executors.docker.description import Around, Mount, description, host_description
from volery.executors.docker.settings import DockerSettings
from volery.executors.warm.environment import Environment
from volery.ir.interface import Interface
from volery.ir.placement import Accelerator, ContainerCommand, Placement
from volery.ir.policy import Request
from volery.ir.secret import SecretValue
from volery.ir.specs import Loader
from volery.ir.values import pack
from volery.ir.work import Place, Work

URI = "file:///home/volery/attempts/e1/train/2/invocation.json"
PLACE = Place("shop", "production", Interface(), placement=Placement(image="registry.example/a:1"))
WORK = Work(7, "e1", "train", 2, "flow.fit", Loader("flow", "fit"), pack({}), place=PLACE)
AROUND = Around(
    DockerSettings(
        volumes=("pip:/root/.cache/pip", "/data:/data:ro"), environment={"TZ": "UTC"},
        cap_drop=("ALL",), labels={"team": "a", "tier": "1"},
    ),
    server="s1",
    user="1000:1000",
    environment=(("AWS_REGION", "us-east-1"),),
)  # fmt: skip


def described(work=WORK, around=AROUND, place=PLACE, **more):
    return description(work, place, around, uri=URI, **more)


def limits(requests=None, caps=None, **placement):
    place = Place("p", "d", Interface(), caps=caps, placement=Placement(**placement))
    found = described(msgspec.structs.replace(WORK, requests=requests), place=place)["HostConfig"]
    names = ("NanoCpus", "Memory", "MemorySwap", "ShmSize", "DeviceRequests")
    return {name: found[name] for name in names if name in found}


def test_the_whole_of_a_container():
    place = msgspec.structs.replace(
        PLACE, placement=msgspec.structs.replace(PLACE.placement, labels=(("tier", "2"),))
    )
    work = msgspec.structs.replace(WORK, requests=Request(cpu=0.5, mem=1 << 30))
    mounts = [Mount(Path("/h/blobs"), "/h/blobs"), Mount(Path("/h/s"), "/run/s", read_only=True)]
    assert described(work, place=place, mounts=mounts) == {
        "Image": "registry.example/a:1",
        "Entrypoint": ["python3", "-m", "volery.worker.attempt"],
        "Cmd": [URI],
        "User": "1000:1000",
        "Env": ["AWS_REGION=us-east-1", "TZ=UTC", "HOME=/tmp", f"VOLERY_INVOCATION={URI}"],
        "Labels": {
            "team": "a",
            "tier": "2",
            "volery.server": "s1",
            "volery.project": "shop",
            "volery.domain": "production",
            "volery.execution": "e1",
            "volery.path": "train",
            "volery.attempt": "2",
            "volery.task": "flow.fit",
        },
        "HostConfig": {
            "NetworkMode": "bridge",
            "Init": False,
            "SecurityOpt": ["no-new-privileges"],
            "CapDrop": ["ALL"],
            "LogConfig": {
                "Type": "json-file",
                "Config": {"max-size": "268435456", "max-file": "4"},
            },
            "Mounts": [
                {"Type": "bind", "Source": "/h/blobs", "Target": "/h/blobs", "ReadOnly": False},
                {"Type": "bind", "Source": "/h/s", "Target": "/run/s", "ReadOnly": True},
            ],
            "Binds": ["pip:/root/.cache/pip", "/data:/data:ro"],
            "NanoCpus": 500_000_000,
            "Memory": 1 << 30,
            "MemorySwap": 1 << 30,
        },
    }


def test_a_command_is_what_runs_and_has_the_environment_of_its_task():
    place = msgspec.structs.replace(PLACE, command=ContainerCommand())
    work = msgspec.structs.replace(WORK, environment=(("COLOR", "red"), ("TZ", "CET")))
    found = described(work, place=place, words=["sort", "-r", "/var/inputs/x"])
    assert (found["Entrypoint"], found["Cmd"]) == (["sort"], ["-r", "/var/inputs/x"])
    assert {"COLOR=red", "TZ=CET"} < set(found["Env"])
    assert found["HostConfig"]["Init"] is True


def test_who_reaches_the_storage_gets_what_that_takes_and_nobody_else():
    """A command of any image was given the credentials of the storage."""
    contract = msgspec.structs.replace(PLACE, command=ContainerCommand(contract=True))
    command = msgspec.structs.replace(PLACE, command=ContainerCommand())
    given = ["AWS_REGION=us-east-1" in described(place=each)["Env"] for each in (contract, command)]
    assert given == [True, False]
    wanted = Environment("shop", "production", placement=PLACE.placement)
    assert "AWS_REGION=us-east-1" in host_description(wanted, AROUND, [])["Env"]


def test_a_command_has_its_secrets_as_the_variables_that_it_asks_for():
    """There were none, without a word; pods have them."""
    secrets = (
        SecretValue("db", "password", "quiet", env_var="PASSWORD"),
        SecretValue("db", "key", "still", env_var="KEY", file=True),
        SecretValue("db", "other", "silent"),
    )
    work = msgspec.structs.replace(WORK, secrets=secrets)
    found = described(work, place=msgspec.structs.replace(PLACE, command=ContainerCommand()))
    assert {"PASSWORD=quiet", "KEY=/run/volery/secrets/db/key"} < set(found["Env"])
    assert "silent" not in str(found)
    assert "quiet" not in str(described(work))  # Volery's own program reads the file


def test_a_command_without_words_is_what_the_image_runs():
    found = described(place=msgspec.structs.replace(PLACE, command=ContainerCommand()))
    assert found.keys().isdisjoint({"Entrypoint", "Cmd"})


def test_the_image_of_the_settings_is_that_of_tasks_that_name_none():
    place = msgspec.structs.replace(PLACE, placement=Placement())
    around = Around(DockerSettings(image="base:3"), "s1")
    assert described(around=around, place=place)["Image"] == "base:3"


def test_the_python_of_an_image_may_have_another_name():
    around = Around(DockerSettings(python="/opt/python"), "s1")
    wanted = Environment("shop", "production", placement=PLACE.placement)
    assert described(around=around)["Entrypoint"][0] == "/opt/python"
    assert host_description(wanted, around, [])["Entrypoint"][0] == "/opt/python"


def test_without_a_user_the_image_says_who_it_is():
    found = described(around=Around(DockerSettings(), "s1"))
    assert "User" not in found
    assert found["Env"] == [f"VOLERY_INVOCATION={URI}"]


def test_nobody_else_can_take_the_labels_of_an_attempt():
    place = msgspec.structs.replace(PLACE, placement=Placement(labels=(("volery.server", "x"),)))
    assert described(place=place)["Labels"]["volery.server"] == "s1"


@pytest.mark.parametrize(
    ("given", "found"),
    [
        ({}, {}),
        (
            {"requests": Request(cpu=1.0, mem=100), "caps": Request(cpu=2.0, mem=200)},
            {"NanoCpus": 2_000_000_000, "Memory": 200, "MemorySwap": 200},
        ),
        ({"requests": Request(cpu=0.001)}, {"NanoCpus": 10_000_000}),
        ({"shared_memory": 64}, {"ShmSize": 64}),
        (
            {"requests": Request(mem=100), "shared_memory": 0},
            {"Memory": 100, "MemorySwap": 100, "ShmSize": 100},
        ),
        ({"shared_memory": 0}, {}),
        (
            {"requests": Request(gpu=2)},
            {"DeviceRequests": [{"Count": 2, "Capabilities": [["gpu"]]}]},
        ),
        (
            {"accelerator": Accelerator("nvidia-tesla-t4")},
            {"DeviceRequests": [{"Count": 1, "Capabilities": [["gpu"]]}]},
        ),
        ({"accelerator": Accelerator("tpu-v5", kind="tpu")}, {}),
    ],
)
def test_limits_are_the_caps_or_what_is_requested(given, found):
    assert limits(**given) == found


def test_a_host_ends_with_who_is_attached_and_its_frames_are_kept_nowhere():
    wanted = Environment("shop", "production", placement=PLACE.placement, requests=Request(cpu=1.0))
    found = host_description(wanted, AROUND, [])
    assert found["Entrypoint"] == ["python3", "-m", "volery.worker.host"]
    assert (found["OpenStdin"], found["StdinOnce"]) == (True, True)
    assert found["HostConfig"]["LogConfig"] == {"Type": "none"}
    assert found["HostConfig"]["NanoCpus"] == 1_000_000_000
    assert found["Labels"]["volery.host"] == wanted.digest
    assert "volery.execution" not in found["Labels"]
