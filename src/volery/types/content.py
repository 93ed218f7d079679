"""Codecs of objects that travel as content: bytes that only their own library understands."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, BinaryIO

import msgspec

from volery.data.content import About, open_content, write_content
from volery.errors import TypeMismatch, VoleryError
from volery.ir.content import MAX_OWN_PREVIEW, Content, content_of_wire, content_to_wire
from volery.ir.types import ContentType, LiteralType, show
from volery.ir.values import Ext, Wire
from volery.types.mismatch import at, mismatch


def content_in(wire: Wire, kind: LiteralType, path: str) -> Content:
    """The content that a wire tree is. Raises TypeMismatch if it is none."""
    try:
        if type(wire) is Ext:
            return content_of_wire(wire)
    except ValueError:
        pass
    raise mismatch(show(kind), wire, path)


def _nothing(_: Any) -> About:
    return {}


def _never(_: Any) -> None:
    return None


class ContentCodec:
    """Objects of one class that are written to a binary file and read from one.

    Objects of subclasses are taken too: where `dump` does not keep what they add, `refuse` says so.

    Args:
        kind: the literal type.
        python: the class, which is checked before writing and after reading.
        dump: writes an object to a file that has ``write`` only.
        load: reads it again from a file with ``read`` and ``seek``.
        about: what else is said of an object: the `format` in which it was written, `facts` (the
            one called ``library`` is told when it cannot be read) and a `preview`, which is left
            out where it is longer than `ir.content.MAX_OWN_PREVIEW`.
        refuse: why an object of the class is not taken, as a hint; None: it is. It is asked before
            writing and after reading.
    """

    __slots__ = ("_about", "_dump", "_load", "_python", "_refuse", "type")

    def __init__(  # noqa: PLR0917 - the order in which they are used
        self,
        kind: ContentType,
        python: type,
        dump: Callable[[Any, BinaryIO], object],
        load: Callable[[BinaryIO], Any],
        about: Callable[[Any], About] = _nothing,
        refuse: Callable[[Any], str | None] = _never,
    ) -> None:
        self.type = kind
        self._python = python
        self._dump = dump
        self._load = load
        self._about = about
        self._refuse = refuse

    def to_wire(self, value: Any, path: str) -> Wire:
        self._check(value, path)
        try:
            about = _with_fitting_preview(self._about(value))
            content = write_content(lambda file: self._dump(value, file), **about)
        except (VoleryError, MemoryError):
            raise
        except Exception as error:
            expected = f"{self._python.__qualname__} that can be stored"
            raise mismatch(expected, value, path, hint=_told(error)) from error
        return content_to_wire(content)

    def from_wire(self, wire: Wire, path: str) -> Any:
        content = content_in(wire, self.type, path)
        if not content.digest:
            raise mismatch(show(self.type), wire, path)
        try:
            with open_content(content) as file:
                value = self._load(file)
        except (VoleryError, MemoryError):
            raise
        except Exception as error:
            hint = _told(error)
            if library := content.facts.get("library"):
                hint += f"; it was written with {library}"
            raise TypeMismatch(
                f"expected {show(self.type)}, got content that cannot be read as one{at(path)}",
                hint=hint,
                path=path,
            ) from error
        self._check(value, path)
        return value

    def _check(self, value: Any, path: str) -> None:
        if not isinstance(value, self._python):
            raise mismatch(self._python.__qualname__, value, path)
        hint = self._refuse(value)
        if hint is not None:
            raise mismatch(show(self.type), value, path, hint=hint)


def _told(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"


def _with_fitting_preview(about: About) -> About:
    """Without the preview if it is no JSON or too long: it decides about nothing."""
    try:
        fits = len(msgspec.json.encode(about.get("preview"))) <= MAX_OWN_PREVIEW
    except (TypeError, ValueError, RecursionError):
        fits = False
    return about if fits else {**about, "preview": None}
