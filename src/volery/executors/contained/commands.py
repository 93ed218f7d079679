"""Commands: works whose container knows nothing of Volery, and finds its inputs in a folder.

What is done with the folders stands in `volery.worker.folders`: in a pod, whose folders the engine
does not see, ``python -m volery.worker.files`` does it.
"""

from __future__ import annotations

from time import time
from typing import TYPE_CHECKING, Final

from volery.data.current import using
from volery.errors import TypeMismatch
from volery.executors.contained.exits import failure_of
from volery.executors.contained.outcomes import result_of
from volery.ir.placement import ContainerCommand
from volery.ir.values import CONTENT, OFFLOADED, Ext, Wire, split_record, unpack
from volery.ir.words import INPUT, PLACES, fill
from volery.ir.work import Result
from volery.types.written.showing import to_json, to_text
from volery.worker import folders

if TYPE_CHECKING:
    from pathlib import Path

    from volery.data.storage import Storage
    from volery.executors.contained.exits import Exit
    from volery.executors.contained.invocations import Written
    from volery.ir.types import LiteralType
    from volery.ir.work import Work

LONGEST: Final = 100_000
"""Bytes of a value in a command line; Linux takes 131,072 in one word."""


def words(work: Work, written: Written) -> list[str]:
    """Program and arguments of a command, its templates filled in; empty: what the image runs.

    An input that is a file or a directory is the path that it has in the container.

    Raises:
        TypeMismatch: an input is too large for a command line.
    """
    command = _command(work)
    record = split_record(work.inputs)
    types = {each.name: each.type for each in written.invocation.interface.inputs}
    folders_and_uri = (command.input_dir, command.output_dir, written.uri)
    places: dict[str, str] = dict(zip(PLACES, folders_and_uri, strict=True))

    def value(field: str) -> str:
        name = field.removeprefix(INPUT)
        if field in places or name not in record:
            return places.get(field, "")
        return _word(types[name], unpack(record[name]), f"{command.input_dir}/{name}")

    return fill(command.words, value)


def _word(kind: LiteralType, wire: Wire, file: str) -> str:
    """A value as a part of a command line."""
    if isinstance(wire, Ext) and wire.code == CONTENT:
        return file
    if not (isinstance(wire, Ext) and wire.code == OFFLOADED):
        text = to_text(to_json(kind, wire))
        if len(text.encode(errors="replace")) <= LONGEST:
            return text
    raise TypeMismatch(
        f"the input {file.rpartition('/')[2]} is too large for a command line",
        hint=f"have the command read it from the file {file}",
    )


def lay(work: Work, written: Written, storage: Storage, folder: Path) -> None:
    """Make the inputs of a command files of a folder of this machine, which is empty.

    Raises:
        StorageError: they cannot be read or written, or a name would lead out of the folder.
    """
    with using(storage):
        folders.lay(written.invocation, folder, _command(work).form)


def collected(  # noqa: PLR0917 - each is another thing, of another type
    work: Work, written: Written, storage: Storage, end: Exit, folder: Path, tail: str = ""
) -> Result:
    """The result of a command that has ended and whose outputs are files of a folder.

    Args:
        work: the attempt.
        written: its invocation.
        storage: takes the outputs.
        end: how the container ended; of one that failed no outputs are read.
        folder: with a file or folder for each output.
        tail: see `outcomes.ended`.

    Raises:
        StorageError: the storage cannot be written to.
    """
    if end.status != 0 or end.code:
        return Result(work.id, None, failure_of(end, work.command, tail), ended=time())
    with using(storage):
        outcome = folders.collect(written.invocation, folder, _command(work).form)
    return result_of(work, storage, outcome)


def _command(work: Work) -> ContainerCommand:
    return work.command or ContainerCommand()
