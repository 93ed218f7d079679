"""Folders of files: how a program gets its inputs, and leaves its outputs, that knows of no Volery.

One file for each value, by its name: a text as it is, a file as itself, a directory as a folder,
all else as JSON or YAML, where times and their like are texts without quotes. What is None has no
file.
"""

from __future__ import annotations

import json  # not msgspec's: it has no integers beyond 64 bits
import stat
from pathlib import Path
from time import time
from typing import IO, TYPE_CHECKING, Any, Final, Literal

from volery.data import offload
from volery.data.faults import told
from volery.data.names import UNSAFE, check_name, path_inside
from volery.errors import ConfigError, StorageError, TypeMismatch, VoleryError
from volery.ir.failure import Failure
from volery.ir.invocation import Outcome
from volery.ir.types import (
    BOOL,
    NONE,
    STR,
    ContentType,
    FrameType,
    ListType,
    LiteralType,
    PrimitiveType,
    UnionType,
    is_tagged,
    show,
)
from volery.ir.values import CONTENT, Ext, Raw, Wire, join_record, split_record, unpack
from volery.types.written.parsing import parse
from volery.types.written.reading import to_wire
from volery.types.written.showing import to_json, to_text

if TYPE_CHECKING:
    from volery.ir.interface import Output
    from volery.ir.invocation import Invocation

Form = Literal["json", "yaml"]
"""How values are written that are neither text nor a scalar."""

MOST: Final = 512 * 1024 * 1024
"""Bytes of a file with a value that is no file."""


class Unwritten(VoleryError):
    """An output that a program did not write."""


# -- inputs -----------------------------------------------------------------------------------


def lay(invocation: Invocation, folder: Path, form: Form) -> None:
    """Make the inputs files of a folder, which is empty.

    Raises:
        StorageError: they cannot be read or written, or a name would lead out of the folder.
        ConfigError: YAML is asked for and its library is missing.
    """
    record = split_record(invocation.record)
    for each in invocation.interface.inputs:
        if each.name in record:
            check_name(each.name)
            _lay(each.type, record[each.name], folder / each.name, form)


def _lay(kind: LiteralType, value: Raw, target: Path, form: Form) -> None:
    wire = unpack(value)
    if wire is None:
        return
    if isinstance(wire, Ext) and wire.code == CONTENT:
        _fetch(bare(kind), wire, target)
        return
    with told("write", str(target)), target.open("x", encoding="utf-8") as file:
        if isinstance(kind, ListType) and form == "json":
            _write_list(kind, value, file)
            return
        tree = to_json(kind, offload.unpack(value))
        structured = isinstance(tree, list | dict)
        file.write(_yaml().safe_dump(tree) if structured and form == "yaml" else to_text(tree))


def _write_list(kind: ListType, value: Raw, file: IO[str]) -> None:
    """A list, of which only a part is in memory at a time."""
    file.write("[")
    for number, element in enumerate(offload.elements(value)):
        file.write("," if number else "")
        json.dump(to_json(kind.element, offload.unpack(element)), file, ensure_ascii=False)
    file.write("]")


def _fetch(kind: LiteralType, wire: Ext, target: Path) -> None:
    """The bytes of content, brought to their place."""
    path = f"$.{target.name}"
    if isinstance(kind, ContentType) and kind.kind == "directory":
        from volery.types.builtin.directory import DirectoryCodec

        DirectoryCodec(kind.format).from_wire(wire, path).download(to=target)
    else:
        from volery.types.builtin.file import FileCodec

        FileCodec("").from_wire(wire, path).download(to=target)


def bare(kind: LiteralType) -> LiteralType:
    """What an optional type holds; any other type is itself."""
    if isinstance(kind, UnionType) and not is_tagged(kind):
        return next(each for each in kind.variants if each != NONE)
    return kind


# -- outputs ----------------------------------------------------------------------------------


def collect(invocation: Invocation, folder: Path, form: Form) -> Outcome:
    """What a program has left in a folder, as an outcome; what does not fit is its failure.

    Large values and files go to the current storage.

    Raises:
        StorageError: the storage cannot be written to.
        ConfigError: YAML is asked for and its library is missing.
    """
    try:
        values = {
            each.name: offload.pack(_collected(each, folder, form))
            for each in invocation.interface.outputs
        }
    except (TypeMismatch, Unwritten) as error:
        return _failed(error)
    except StorageError as error:
        if error.code != UNSAFE:
            raise
        return _failed(error)
    return Outcome(record=join_record(values), ended=time())


def _failed(error: VoleryError) -> Outcome:
    return Outcome(failure=Failure(error.code, "USER", str(error)), ended=time())


def _collected(output: Output, folder: Path, form: Form) -> Wire:
    kind, where = output.type, f"$.{output.name}"
    check_name(output.name)
    path = path_inside(folder, output.name)
    if not path.exists():
        if isinstance(kind, UnionType) and NONE in kind.variants:
            return None
        left = ", ".join(sorted(each.name for each in folder.iterdir())) or "nothing"
        raise Unwritten(
            f"the command has ended and has not written the output {output.name} ({show(kind)})",
            hint=f"it belongs into the file {output.name} of the output folder; left there: {left}",
            code="OutputMissing",
        )
    if isinstance(bare(kind), ContentType | FrameType):
        return to_wire(kind, str(path), where)
    return to_wire(kind, _tree(bare(kind), _read(path, where), form, where), where)


def _read(path: Path, where: str) -> str:
    """The text of a file, which may be anything: no pipe is waited for."""
    with told("read", str(path)):
        status = path.stat()
        if not stat.S_ISREG(status.st_mode):
            raise TypeMismatch(f"expected a file, and {path.name} is none", path=where)
        if status.st_size > MOST:
            raise TypeMismatch(
                f"{path.name} has {status.st_size:,} bytes, which is too much for a value",
                hint="declare the output as a File",
                path=where,
            )
        data = path.read_bytes()
    try:
        return data.decode()
    except UnicodeDecodeError as error:
        raise TypeMismatch(
            f"{path.name} is not UTF-8: {error.reason} at byte {error.start}",
            hint="declare the output as a File if it is no text",
            path=where,
        ) from None


def _tree(kind: LiteralType, text: str, form: Form, where: str) -> Any:
    """A value as JSON, from the text of its file. One line end behind it does not count."""
    text = text.removesuffix("\n").removesuffix("\r")
    if kind == STR:
        return text
    text = text.strip()
    if kind == BOOL:
        text = text.lower()  # as Python, R and others write it
    if form == "json" or isinstance(kind, PrimitiveType):
        return parse(kind, text, where)
    yaml = _yaml()
    try:
        return json.loads(json.dumps(yaml.safe_load(text), default=str))
    except (yaml.YAMLError, ValueError) as error:
        raise TypeMismatch(f"expected {show(kind)} as YAML: {error}", path=where) from None


def _yaml() -> Any:
    try:
        import yaml
    except ImportError:
        raise ConfigError(
            "values as YAML need a package that is not there", hint="pip install 'volery[yaml]'"
        ) from None
    return yaml
