"""How errors about values read."""

from __future__ import annotations

import reprlib
from collections.abc import Iterable
from itertools import islice
from typing import Any, Final

from volery.errors import TypeMismatch
from volery.ir.values import EXTENSIONS, Ext

_LONGEST: Final = 200
MOST: Final = 100
"""So many problems of a value are told: a long list of another type is wrong all over."""


class _Short(reprlib.Repr):
    """Bounded also in the work it takes: a large object is never written out and then cut."""

    def __init__(self) -> None:
        super().__init__()
        self.maxlevel = 3
        self.maxstring = self.maxother = self.maxlong = 60

    def repr_bytes(self, x: bytes, level: int) -> str:  # noqa: ARG002 - called by name
        return repr(x[: self.maxstring]) + ("..." if len(x) > self.maxstring else "")

    def repr_instance(self, x: Any, level: int) -> str:
        if isinstance(x, Ext):
            return f"Ext({x.code}, {self.repr_bytes(bytes(x.data), level)})"
        fields = getattr(x, "__dataclass_fields__", None)
        if fields is None or isinstance(x, type):
            return super().repr_instance(x, level)
        name = type(x).__qualname__
        if level <= 0:
            return f"{name}(...)"
        parts = (f"{each}={self.repr1(getattr(x, each), level - 1)}" for each in fields)
        return f"{name}({', '.join(islice(parts, self.maxlist))})"


_short = _Short()


class ConstraintMismatch(TypeMismatch):
    """A value is of its type and breaks its constraint: no other type needs to be tried."""

    def __init__(self, message: str, path: str) -> None:
        super().__init__(message, path=path, code=TypeMismatch.__name__)


class Mismatches(TypeMismatch):
    """Several parts of a value are wrong.

    Args:
        problems: each; the first speaks for all where there is room for one.
    """

    def __init__(self, problems: tuple[TypeMismatch, ...]) -> None:
        first, others = problems[0], len(problems) - 1
        more = f"; {others} more {'is' if others == 1 else 'are'} wrong"
        super().__init__(
            first.message + more, hint=first.hint, path=first.path, code=TypeMismatch.__name__
        )
        self.problems = problems


def together(wrong: Iterable[TypeMismatch]) -> TypeMismatch:
    """One error for all that is wrong, or for the first `MOST` of it."""
    problems = tuple(islice((part for each in wrong for part in apart(each)), MOST))
    return problems[0] if len(problems) == 1 else Mismatches(problems)


def apart(error: TypeMismatch) -> tuple[TypeMismatch, ...]:
    """The inverse of `together`."""
    return error.problems if isinstance(error, Mismatches) else (error,)


def mismatch(expected: str, value: Any, path: str, *, hint: str | None = None) -> TypeMismatch:
    """The error for a value that is not what was expected.

    Args:
        expected: what should stand here, as people write it.
        value: what stands here; only a bounded part of it is shown.
        path: where that is.
        hint: what to do about it.
    """
    if value is None:
        came = "None"
        hint = hint or f"declare {expected} | None if it may be missing"
    else:
        came = f"{preview(value)} ({type(value).__qualname__})"
        if isinstance(value, Ext) and value.code not in EXTENSIONS:
            hint = f"a newer Volery wrote extension {value.code}: upgrade this one"
    return TypeMismatch(f"expected {expected}, got {came}{at(path)}", hint=hint, path=path)


def preview(value: Any) -> str:
    """The beginning of a value's representation, whatever its own ``__repr__`` does."""
    try:
        text = _short.repr(value)
    except Exception:  # noqa: BLE001 - a broken __repr__ must not hide the error
        return f"<{type(value).__qualname__}>"
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}..."


def at(path: str) -> str:
    """Where in a value, as the end of a message; the value as a whole needs no place."""
    return "" if path == "$" else f" at {path}"


def step(path: str, key: Any) -> str:
    """The path of a field or of the value of a key."""
    if type(key) is str and key.isidentifier():
        return f"{path}.{key}"
    return f"{path}[{preview(key)}]"
