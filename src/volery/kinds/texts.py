"""Inputs as texts: how programs get them that are given no Python values."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any, Final

from volery.data import offload
from volery.errors import TypeMismatch, VoleryError
from volery.ir.types import NONE, STR, ContentType, FrameType, UnionType, show
from volery.types.packing import pack, unpack
from volery.types.written.parsing import parse
from volery.types.written.reading import to_wire
from volery.types.written.showing import to_json, to_text

if TYPE_CHECKING:
    from pathlib import Path

    from volery.ir.types import LiteralType
    from volery.sdk.interface import Port

LONGEST: Final = 100_000
"""Bytes of a text; Linux takes 131,072 in one variable or word."""


def tree_of(each: Port, value: Any) -> Any:
    """A value as JSON; of a file, a directory or a frame that is stored the path."""
    if isinstance(value, os.PathLike):
        return os.fspath(value)  # pyright: ignore[reportUnknownArgumentType, reportUnknownVariableType]
    return to_json(each.codec.type, offload.unpack(pack(each.codec, value)))


def text_of(each: Port, value: Any) -> str | None:
    """A value as a text: a file as its path, all else but texts as JSON; None: there is none.

    Raises:
        TypeMismatch: it is too long, or has a character that no program can be given.
    """
    if value is None:
        return None
    text = value if isinstance(value, str) else to_text(tree_of(each, value))
    if "\0" in text:
        raise TypeMismatch(f"input {each.name} has a NUL, which ends texts that programs are given")
    if len(text.encode(errors="surrogateescape")) > LONGEST:
        raise TypeMismatch(
            f"input {each.name} is longer than the {LONGEST:,} bytes that a program can be given",
            hint="declare it as a File",
        )
    return text


def value_of(each: Port, path: Path, who: str) -> Any:
    """The value of an output that a program has left as a file or a folder.

    Args:
        each: the output.
        path: where it belongs.
        who: has to leave it, for people.

    Raises:
        VoleryError: it is not there.
        TypeMismatch: it is not of the declared type.
    """
    kind, where = each.codec.type, f"$.{each.name}"
    if not path.exists():
        if isinstance(kind, UnionType) and NONE in kind.variants:
            return None
        raise VoleryError(
            f"{who} has ended and has not written the output {each.name} ({show(kind)})",
            hint=f"it belongs into the file {path.name}",
            code="OutputMissing",
        )
    return from_tree(each, str(path) if _is_content(kind) else _tree(kind, path, where))


def from_tree(each: Port, tree: Any) -> Any:
    """The value of an output from its JSON, in which files stand as their paths.

    Raises:
        TypeMismatch: it is not of the declared type.
    """
    wire = to_wire(each.codec.type, tree, f"$.{each.name}")
    return unpack(each.codec, offload.pack(wire))


def _tree(kind: LiteralType, path: Path, where: str) -> Any:
    try:
        text = path.read_text(encoding="utf-8").removesuffix("\n")
    except UnicodeDecodeError as error:
        raise TypeMismatch(
            f"{path.name} is not UTF-8: {error.reason} at byte {error.start}",
            hint="declare the output as a File if it is no text",
            path=where,
        ) from None
    return text if kind == STR else parse(kind, text.strip(), where)


def _is_content(kind: LiteralType) -> bool:
    kinds = kind.variants if isinstance(kind, UnionType) else (kind,)
    return any(isinstance(each, ContentType | FrameType) for each in kinds)
