"""What has no value yet: everything that Python does with values is refused, with a way out."""

from __future__ import annotations

from typing import Any, ClassVar, NoReturn

from volery.errors import PromiseError, VoleryError
from volery.sdk import source

IN_A_TASK = "it is known only when the workflow runs: do this inside a task"
IN_A_TEXT = "build the text in a task; print(p) shows what p is"
TRUTH = (
    "for a choice use conditional(...); join conditions with & and |, each in parentheses; "
    "for `not` write the opposite comparison"
)


class NoAttribute(PromiseError, AttributeError):
    """A `PromiseError` that hasattr and getattr with a default understand, as other code needs."""

    def __init__(self, error: VoleryError) -> None:
        super().__init__(error.message, hint=error.hint, code="PromiseError")


def misuse(what: object, does: str, instead: str = IN_A_TASK) -> PromiseError:
    """The error for a promise that is used as if it were a value, with the line that does it."""
    return PromiseError(f"{what!r} cannot be {does} ({source.show(source.here())})", hint=instead)


def refuses(does: str, instead: str = IN_A_TASK) -> Any:
    """A method that raises the error for its use."""

    def method(self: Opaque | Shown, *_: object) -> NoReturn:
        raise self._refusal(does, instead)  # pyright: ignore[reportPrivateUsage]

    return method


class Shown(str):
    """What print shows of something that has no value yet; not a text to work with."""

    __slots__ = ()

    __format__ = __add__ = __radd__ = __mod__ = refuses("put into a text", IN_A_TEXT)

    def _refusal(self, does: str, instead: str) -> PromiseError:
        return misuse(self, does, instead)


class Opaque:
    """Something that has no value yet: whatever Python can do with values is refused.

    Attributes:
        hint_as_argument: what to do where it is given to a plain call.
    """

    __slots__ = ()

    hint_as_argument: ClassVar[str] = (
        "a promise has its value when its workflow runs: call this in the body of the workflow, or "
        "add it to the workflow with add_entity"
    )

    def _refusal(self, does: str, instead: str) -> PromiseError:
        return misuse(self, does, instead)

    def __str__(self) -> str:
        return Shown(repr(self))

    __bool__ = refuses("tested for truth", TRUTH)
    __eq__ = __ne__ = __lt__ = __le__ = __gt__ = __ge__ = refuses("compared")
    __and__ = __rand__ = __or__ = __ror__ = refuses(
        "used as a condition", "compare it, or use is_true(): p.is_true() & (q > 1)"
    )
    __iter__ = refuses("iterated over", "map_task runs a task for every element; or loop in a task")
    __len__ = refuses("measured with len()")
    __contains__ = refuses("searched with `in`")
    __getitem__ = refuses("indexed")
    __setitem__ = __delitem__ = refuses("changed")
    __format__ = refuses("put into a text", IN_A_TEXT)
    __hash__ = refuses("a key of a dict or a member of a set", "use it as a value")
    __reduce_ex__ = refuses("copied or pickled", "pass it on as it is")
    __await__ = refuses("awaited", "workflows are not async: pass the promise on as it is")
    __call__ = refuses("called")
    __enter__ = __exit__ = refuses("used in a with statement")
    __float__ = __int__ = __complex__ = __index__ = __round__ = __trunc__ = refuses("converted")
    __bytes__ = refuses("converted")
    __add__ = __radd__ = __sub__ = __rsub__ = __mul__ = __rmul__ = refuses("used in arithmetic")
    __truediv__ = __rtruediv__ = __floordiv__ = __rfloordiv__ = refuses("used in arithmetic")
    __mod__ = __rmod__ = __divmod__ = __rdivmod__ = refuses("used in arithmetic")
    __pow__ = __rpow__ = __matmul__ = __rmatmul__ = refuses("used in arithmetic")
    __neg__ = __pos__ = __abs__ = __invert__ = refuses("used in arithmetic")
    __xor__ = __rxor__ = refuses("used in arithmetic")
    __lshift__ = __rlshift__ = refuses("shifted", "order is written from left to right: a >> b")
