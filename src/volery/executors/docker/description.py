"""From a work to the description of its container: a function, without an engine."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

import msgspec

from volery.ir.invocation import INVOCATION, SECRETS, secret_file
from volery.ir.policy import Request

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from volery.executors.docker.api import Json
    from volery.executors.docker.settings import DockerSettings
    from volery.executors.warm.environment import Environment
    from volery.ir.placement import Placement
    from volery.ir.work import Place, Work

PROGRAM: Final = ("-m", "volery.worker.attempt")
"""Carries out an attempt of a task that is a Python function."""
HOST_PROGRAM: Final = ("-m", "volery.worker.host")
"""Stays, and has a process for each attempt of a Python function."""

SERVER: Final = "volery.server"
HOST: Final = "volery.host"
"""The label of a container that stays: what environment it is for."""
EXECUTION: Final = "volery.execution"
PATH: Final = "volery.path"
ATTEMPT: Final = "volery.attempt"
"""Labels by which a container is known."""

_LOG_FILES: Final = 4
"""What a container prints is kept in so many files, the oldest of which goes first."""
_NANO: Final = 1_000_000_000


class Mount(msgspec.Struct, frozen=True):
    """A folder of the engine's machine that a container sees."""

    source: Path
    target: str
    read_only: bool = False


class Around(msgspec.Struct, frozen=True):
    """What the containers of one executor have in common.

    Attributes:
        server: identity of the server whose attempts they carry out.
        user: of their processes; empty: as the image says.
        environment: variables with which the storage is reached, for who reaches it.
    """

    settings: DockerSettings
    server: str
    user: str = ""
    environment: tuple[tuple[str, str], ...] = ()


def description(
    work: Work,
    place: Place,
    around: Around,
    *,
    uri: str,
    words: Sequence[str] = (),
    mounts: Sequence[Mount] = (),
) -> Json:
    """The container of an attempt, as the Engine API has it.

    Args:
        work: the attempt.
        place: what it needs to know away from the engine's processes.
        around: see `Around`.
        uri: of its invocation.
        words: program and arguments of a command; empty: what the image runs.
        mounts: folders that it sees.
    """
    settings = around.settings
    knows_volery = place.command is None or place.command.contract
    environment = _environment(around) if knows_volery else _variables(around)
    if place.command is None:
        command: Json = {"Entrypoint": [settings.python, *PROGRAM], "Cmd": [uri]}
    else:
        environment.update(work.environment)  # nobody else in there sets them
        environment.update(_secrets(work))
        command = {"Entrypoint": list(words[:1]), "Cmd": list(words[1:])} if words else {}
    environment[INVOCATION] = uri
    described = _described(place.placement, around, environment, mounts)
    described |= command
    described["Labels"] |= identity(work, place, around.server)
    described["HostConfig"] |= {
        # It passes signals on, and takes leave of what nobody waits for; ours does so itself.
        "Init": place.command is not None,
        # Whatever the engine is set up for: only files can be read from the beginning again.
        "LogConfig": {
            "Type": "json-file",
            "Config": {
                "max-size": str(settings.log_size // _LOG_FILES),
                "max-file": str(_LOG_FILES),
            },
        },
        **_resources(work.requests, place.caps, place.placement),
    }
    return described


def host_description(wanted: Environment, around: Around, mounts: Sequence[Mount]) -> Json:
    """The container of a host, which stays for attempts of an environment.

    It ends when nobody is attached any more. What it says is for who is, and kept nowhere.
    """
    described = _described(wanted.placement, around, _environment(around), mounts)
    described |= {
        "Entrypoint": [around.settings.python, *HOST_PROGRAM],
        "Cmd": [],
        "OpenStdin": True,
        "StdinOnce": True,
        "AttachStdin": True,
    }
    described["Labels"] |= {
        SERVER: around.server,
        "volery.project": wanted.project,
        "volery.domain": wanted.domain,
        HOST: wanted.digest,
    }
    described["HostConfig"] |= {
        "LogConfig": {"Type": "none"},
        **_resources(wanted.requests, wanted.caps, wanted.placement),
    }
    return described


def _environment(around: Around) -> dict[str, str]:
    """The variables of a container that reads and writes the documents of attempts itself."""
    return dict(around.environment) | _variables(around)


def _variables(around: Around) -> dict[str, str]:
    """The variables of any container."""
    variables = dict(around.settings.environment)
    if around.user not in ("", "0:0"):
        variables["HOME"] = "/tmp"  # noqa: S108 - the image may not know this user
    return variables


def _secrets(work: Work) -> Iterator[tuple[str, str]]:
    """The variables that a command has asked for, which finds its secrets nowhere else."""
    for each in work.secrets:
        if each.env_var and each.file:
            yield each.env_var, f"{SECRETS}/{secret_file(each.group, each.key)}"
        elif each.env_var:
            yield each.env_var, each.value


def _described(
    placement: Placement, around: Around, environment: Mapping[str, str], mounts: Sequence[Mount]
) -> Json:
    """What any container has."""
    settings = around.settings
    return {
        "Image": placement.image or settings.image,
        **({"User": around.user} if around.user else {}),
        "Env": [f"{name}={value}" for name, value in environment.items()],
        "Labels": {**settings.labels, **dict(placement.labels)},
        "HostConfig": {
            "NetworkMode": settings.network,
            "SecurityOpt": ["no-new-privileges"],
            "CapDrop": list(settings.cap_drop),
            "Mounts": [_mount(each) for each in mounts],
            "Binds": list(settings.volumes),
        },
    }


def image_of(place: Place, settings: DockerSettings) -> str:
    """The image of an attempt; empty: nobody has named one."""
    return place.placement.image or settings.image


def identity(work: Work, place: Place, server: str) -> dict[str, str]:
    """The labels that say whose container it is, and for which attempt."""
    return {
        SERVER: server,
        "volery.project": place.project,
        "volery.domain": place.domain,
        EXECUTION: work.execution,
        PATH: work.path,
        ATTEMPT: str(work.attempt),
        "volery.task": work.task,
    }


def _mount(mount: Mount) -> Json:
    return {
        "Type": "bind",
        "Source": str(mount.source),
        "Target": mount.target,
        "ReadOnly": mount.read_only,
    }


def _resources(requests: Request | None, caps: Request | None, placement: Placement) -> Json:
    """The limits that the kernel holds: what it may use at most, or else what it asks for."""
    caps, requests = caps or Request(), requests or Request()
    cpu, memory = caps.cpu or requests.cpu, caps.mem or requests.mem
    found: Json = {}
    if cpu:
        found["NanoCpus"] = max(round(cpu * _NANO), _NANO // 100)
    if memory:
        found["Memory"] = found["MemorySwap"] = memory  # of both together: no swap
    shared = placement.shared_memory
    if shared is not None and (size := shared or memory):
        found["ShmSize"] = size
    gpus = caps.gpu or requests.gpu or (1 if _wants_gpu(placement) else 0)
    if gpus:
        found["DeviceRequests"] = [{"Count": gpus, "Capabilities": [["gpu"]]}]
    return found


def _wants_gpu(placement: Placement) -> bool:
    accelerator = placement.accelerator
    return accelerator is not None and accelerator.kind == "gpu"
