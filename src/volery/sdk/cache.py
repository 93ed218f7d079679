"""``Cache``: outputs of a task are kept, and equal work is not done again."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, cast

from volery.errors import DefinitionError
from volery.ir.policy import Caching
from volery.sdk import options
from volery.sdk.setting import Setting
from volery.sdk.source import here, show

if TYPE_CHECKING:
    from volery.sdk.options import Duration


class Cache(Setting, frozen=True):
    """What counts as equal work, and for how long.

    Args:
        version: of the code. None: a fingerprint of the task's function and of everything of the
            project that it uses.
        serialize: of equal work at the same time one runs, and the others wait for its outputs.
        ignored_inputs: names of inputs that do not count, or one name.
        salt: any text that is to count, too.
        ttl: outputs count no longer than this: a timedelta, or seconds. None: always.

    Raises:
        DefinitionError: a value cannot be used.
    """

    version: str | None = None
    serialize: bool = False
    ignored_inputs: str | tuple[str, ...] = ()
    salt: str = ""
    ttl: Duration | None = None

    def __post_init__(self) -> None:
        self.caching(f"Cache ({show(here())})")

    def caching(self, place: str = "Cache") -> Caching:
        """The same as the IR has it."""
        return Caching(
            version="" if self.version is None else _version(self.version, place),
            serialize=options.flag(self.serialize, "serialize", place),
            ignored=_names(self.ignored_inputs, place),
            salt=options.text(self.salt, "salt", place),
            ttl=None if self.ttl is None else options.seconds(self.ttl, "ttl", place),
        )


def _version(value: object, place: str) -> str:
    version = options.text(value, "version", place)
    if not version:
        raise DefinitionError(
            f"{place}: version= is empty", hint="leave it out, and the code itself is the version"
        )
    return version


def _names(value: object, place: str) -> tuple[str, ...]:
    match value:
        case str():
            return (value,)
        case tuple() | list():
            names = cast("Sequence[object]", value)
            return tuple(options.text(each, "ignored_inputs", place) for each in names)
        case _:
            raise DefinitionError(
                f"{place}: ignored_inputs= takes names of inputs, got {value!r}",
                hint='write ignored_inputs=("name",)',
            )
