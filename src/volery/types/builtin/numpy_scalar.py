"""Scalars of numpy: values of Python's own types, so that they go where those are declared.

They come back as exactly the declared class. A float is rounded to its precision; an int that it
cannot hold exactly, and whatever is beyond its range, is refused.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, Final

import numpy as np

from volery.errors import UnsupportedType
from volery.ir.types import show
from volery.ir.values import Wire
from volery.types.codec import Codec
from volery.types.making import CodecFor
from volery.types.mismatch import mismatch

_PYTHON: Final[dict[str, type]] = {
    "b": bool, "i": int, "u": int, "f": float, "c": complex, "U": str, "S": bytes,
}  # fmt: skip
"""Python's type for each kind of numpy's."""

_HINTS: Final = {
    "datetime64": "declare datetime, and pass its .item(): its unit is not in its type",
    "timedelta64": "declare timedelta, and pass its .item()",
}


class NumpyScalarCodec:
    """Scalars of one class.

    Args:
        cls: the class.
        to_python: converts one to Python's type.
        plain: the codec of that.
    """

    __slots__ = ("_cls", "_plain", "_to_python", "type")

    def __init__(
        self, cls: type[np.generic], to_python: Callable[[Any], Any], plain: Codec
    ) -> None:
        self.type = plain.type
        self._cls: Any = cls
        self._to_python = to_python
        self._plain = plain

    def to_wire(self, value: Any, path: str) -> Wire:
        if type(value) is not self._cls:
            hint = None if value is None else f"pass np.{self._cls.__name__}(...) of it"
            raise mismatch(f"np.{self._cls.__name__}", value, path, hint=hint)
        return self._plain.to_wire(self._to_python(value), path)

    def from_wire(self, wire: Wire, path: str) -> Any:
        value = self._plain.from_wire(wire, path)
        try:
            with np.errstate(over="ignore"):
                made = self._cls(value)
        except OverflowError:
            made = None
        if made is None or _is_lost(value, made):
            raise mismatch(f"{show(self.type)} that np.{self._cls.__name__} holds", value, path)
        return made


def _is_lost(value: Any, made: Any) -> bool:
    """Whether a number is not what was made of it: an int exactly, a float but for its rounding."""
    if isinstance(value, int):
        return not np.isfinite(made) or int(made) != value
    if isinstance(value, float):
        return bool(np.isinf(made)) and not math.isinf(value)
    return isinstance(value, complex) and bool(np.isinf(made)) and not np.isinf(value)


def codec(annotation: Any, codec_for: CodecFor) -> Codec:
    """The codec of an annotation of this family."""
    try:
        kind = np.dtype(annotation)
    except TypeError:
        kind = None
    python = _PYTHON.get(kind.kind) if kind is not None and kind.type is annotation else None
    if python is None or annotation in (np.longdouble, np.clongdouble):
        raise UnsupportedType(
            f"no codec handles np.{annotation.__name__}",
            hint=_HINTS.get(
                annotation.__name__, "declare np.float64, np.int64, ... or Python's own"
            ),
        )
    # str(...) of one of numpy would cut NUL off at the end.
    return NumpyScalarCodec(annotation, "".join if python is str else python, codec_for(python))
