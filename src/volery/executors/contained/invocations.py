"""Invocations: what a container is given, in the storage of its execution."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import msgspec

from volery._version import __version__
from volery.data.current import using
from volery.ir.interface import Interface
from volery.ir.invocation import CONTRACT, Code, Invocation, MapPart
from volery.ir.specs import SecretRef
from volery.ir.work import Place
from volery.types.written.sending import sent
from volery.worker.records import LOG

if TYPE_CHECKING:
    from volery.data.storage import Storage
    from volery.ir.work import Work


class Written(NamedTuple):
    """An invocation that is in the storage, at a URI."""

    uri: str
    invocation: Invocation


def folder_of(work: Work) -> str:
    """The folder of an attempt among the named objects of the storage."""
    return f"{work.execution}/{work.path}/{work.attempt}"


def outcome_name(work: Work) -> str:
    """The name of the outcome of an attempt, there."""
    return f"{folder_of(work)}/outcome.json"


def log_name(work: Work) -> str:
    """The name of what an attempt has printed, there, if it was kept."""
    return f"{folder_of(work)}/{LOG}"


def files_name(work: Work) -> str:
    """The folder for the files that an attempt leaves, there."""
    return f"{folder_of(work)}/files"


def invocation_of(work: Work, storage: Storage, *, heartbeat: bool = False) -> Invocation:
    """The invocation of a work; one that has no place says nothing of its interface.

    Args:
        work: the attempt.
        storage: of its execution, as the container reaches it.
        heartbeat: nobody sees the process, so that it has to say that it lives.

    Raises:
        StorageError: a value that was offloaded cannot be read.
    """
    place = work.place or Place("", "", Interface())
    folder = folder_of(work)
    with using(storage):
        inputs = sent(place.interface.inputs, work.inputs, work.over)
    return Invocation(
        execution=work.execution,
        path=work.path,
        attempt=work.attempt,
        token=place.token,
        task=work.task,
        interface=place.interface,
        inputs=inputs,
        record=work.inputs,
        outputs=storage.named_uri(files_name(work)),
        outcome=storage.named_uri(outcome_name(work)),
        mode=work.mode,
        code=_code_of(work, place, storage),
        heartbeat=storage.named_uri(f"{folder}/heartbeat.json") if heartbeat else "",
        expires=place.expires,
        limit=work.limit,
        environment=work.environment,
        secrets=tuple(
            SecretRef(each.key, each.group, each.env_var, each.file) for each in work.secrets
        ),
        storage=storage.url,
        part=None if work.elements is None else MapPart(work.elements, work.over),
        recovers=work.recovers,
        most_nodes=work.most_nodes,
        version=__version__,
        contract=CONTRACT,
    )


def write(work: Work, storage: Storage, *, heartbeat: bool = False) -> Written:
    """Put the invocation of a work into the storage; to do it again does no harm.

    See `invocation_of` for the arguments. Raises StorageError when it cannot be written as well.
    """
    invocation = invocation_of(work, storage, heartbeat=heartbeat)
    name = f"{folder_of(work)}/invocation.json"
    storage.put_named(name, msgspec.json.encode(invocation))
    return Written(storage.named_uri(name), invocation)


def _code_of(work: Work, place: Place, storage: Storage) -> Code:
    package = "" if place.placement.code == "image" else place.package
    uri = storage.uri(package) if package else ""
    return Code(work.loader, package, uri, work.interface)
