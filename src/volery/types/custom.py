"""Types that users bring: in terms of a type that is known, or as bytes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, BinaryIO, TypeVar

from volery.data.content import About
from volery.errors import TypeMismatch
from volery.ir.content import Json
from volery.ir.types import ContentType, CustomType, show
from volery.ir.values import Wire
from volery.types.codec import Codec
from volery.types.content import ContentCodec
from volery.types.hints import class_name
from volery.types.making import CodecFor
from volery.types.mismatch import mismatch
from volery.types.registry import register

T = TypeVar("T")


def register_type(
    cls: type[T], *, via: Any, to: Callable[[T], Any], of: Callable[[Any], T]
) -> None:
    """Let tasks take and give objects of a class, in the form of objects of a known type.

    Only objects of exactly this class are taken, and the type is known by the full name of the
    class: a class of the same form is another type. What the functions raise becomes an error that
    says where in a value it happened.

    Args:
        cls: the class.
        via: the type of what stands for an object, as one would annotate it.
        to: gives what stands for an object.
        of: makes the object again.
    """

    def factory(_: Any, codec_for: CodecFor) -> Codec:
        return CustomCodec(cls, codec_for(via), to, of)

    register(lambda annotation: annotation is cls, factory)


def register_content(
    cls: type[T],
    *,
    to_bytes: Callable[[T], bytes],
    from_bytes: Callable[[bytes], T],
    format: str = "",
    preview: Callable[[T], Json] | None = None,
) -> None:
    """Let tasks take and give objects of a class, in the form of bytes of any size.

    As `register_type` in all else.

    Args:
        cls: the class.
        to_bytes: gives the bytes that stand for an object: the same for equal ones, so that they
            are recognized as such.
        from_bytes: makes the object again.
        format: what people call bytes of this form, such as ``wkb``.
        preview: what people are shown of an object: JSON, left out where it is above 8 KiB.
    """

    def dump(value: T, file: BinaryIO) -> None:
        file.write(to_bytes(value))

    def load(file: BinaryIO) -> T:
        return from_bytes(file.read())

    def about(value: T) -> About:
        return {"format": format, "preview": preview and preview(value)}

    def refuse(value: T) -> str | None:
        return None if type(value) is cls else _exactly(cls)

    kind = ContentType(class_name(cls), format)
    codec = ContentCodec(kind, cls, dump, load, about, refuse)

    def factory(_: Any, __: CodecFor) -> Codec:
        return codec

    register(lambda annotation: annotation is cls, factory)


class CustomCodec:
    """Objects of one class, each in the form of an object of another type.

    Args:
        cls: the class.
        base: codec of the other type.
        to: gives the object of the other type.
        of: makes an object of the class of it again.
    """

    __slots__ = ("_base", "_cls", "_of", "_to", "type")

    def __init__(
        self, cls: type, base: Codec, to: Callable[[Any], Any], of: Callable[[Any], Any]
    ) -> None:
        self.type = CustomType(class_name(cls), base.type)
        self._cls = cls
        self._base = base
        self._to = to
        self._of = of

    def to_wire(self, value: Any, path: str) -> Wire:
        self._check(value, path)
        try:
            form = self._to(value)
        except Exception as error:
            raise self._failed(value, error, path) from error
        try:
            return self._base.to_wire(form, path)
        except TypeMismatch as error:
            name = self._cls.__qualname__
            error.message = f"what stands for {name} is no {show(self._base.type)}: {error.message}"
            raise

    def from_wire(self, wire: Wire, path: str) -> Any:
        form = self._base.from_wire(wire, path)
        try:
            value = self._of(form)
        except Exception as error:
            raise self._failed(form, error, path) from error
        self._check(value, path)
        return value

    def _check(self, value: Any, path: str) -> None:
        if type(value) is not self._cls:
            hint = _exactly(self._cls) if isinstance(value, self._cls) else None
            raise mismatch(self._cls.__qualname__, value, path, hint=hint)

    def _failed(self, value: Any, error: Exception, path: str) -> TypeMismatch:
        hint = f"the function that translates it raised {type(error).__name__}: {error}"
        return mismatch(self._cls.__qualname__, value, path, hint=hint)


def _exactly(cls: type) -> str:
    return f"an object of a subclass would come out as {cls.__qualname__}: convert it"
