"""Sensors: tasks that wait until something is there."""

from __future__ import annotations

import asyncio
import inspect
import os
from collections.abc import Awaitable, Mapping
from typing import TYPE_CHECKING, Any, ClassVar, Final, Unpack, get_type_hints

from volery.data import remote
from volery.errors import RecoverableError, TypeMismatch
from volery.kinds.kind import Declared, Kind
from volery.sdk import options
from volery.sdk.entity import Entity
from volery.sdk.interface import Port
from volery.sdk.retry import Retry
from volery.sdk.timeout import Timeout
from volery.types.packing import pack_constant

if TYPE_CHECKING:
    from volery.sdk.options import Duration, TaskOptions

OFTEN: Final = 60.0
"""Seconds between two looks."""


class NotYet(RecoverableError):
    """What a sensor waits for is not there yet."""


class BaseSensor(Kind):
    """A task that ends when what it looks for is there. Subclasses say how to look: see `poke`.

    Each look is an attempt of its own, and between them nothing runs: no process is held, and an
    engine that is started anew goes on waiting. An exception in a look ends the sensor, unless
    ``retries=Retry(on=...)`` names it: then it means "not yet".

    Args:
        name: of the task.
        interval: between looks, a timedelta or seconds.
        given: options, as those of ``@task``. `timeout` counts all looks and the waits between
            them; without it the sensor waits for ever. A `Retry` replaces `interval`.

    Raises:
        DefinitionError: something cannot be used.
    """

    carried: ClassVar[str] = "sensor"

    def __init__(
        self,
        name: str,
        *,
        interval: Duration = OFTEN,
        **given: Unpack[TaskOptions],
    ) -> None:
        declared = Declared(type(self).__name__, name)
        declared.sign(self._inputs(declared), None)
        self._with_defaults(declared)
        every = options.seconds(interval, "interval", declared.place)
        retries = given.get("retries")
        if retries is None:
            retries = Retry(options.MOST, backoff=every, factor=1, max_backoff=every, on=NotYet)
        timeout = given.get("timeout")
        if timeout is not None and not isinstance(timeout, Timeout):
            timeout = Timeout(total=options.seconds(timeout, "timeout", declared.place))
        super().__init__(declared, {**given, "retries": retries, "timeout": timeout})

    def poke(self, *args: Any, **inputs: Any) -> bool | Awaitable[bool]:
        """Look whether it is there; may be async. Its parameters are the inputs of the task."""
        raise NotImplementedError

    async def execute(self, **inputs: Any) -> None:
        looked = self.poke(**inputs)
        found: object = await looked if isinstance(looked, Awaitable) else looked
        if type(found) is not bool:
            raise TypeMismatch(
                f"task {self.name}: poke() gave {found!r}", hint="return True or False"
            )
        if not found:
            raise NotYet(f"{self.name} has not found it yet")

    def run(self, arguments: Mapping[str, Any]) -> Any:
        """On the engine, which waits between the looks."""
        return Entity.run(self, arguments)

    @property
    def content(self) -> Mapping[str, object]:
        return {}

    def _inputs(self, declared: Declared) -> dict[str, Any]:
        poke = type(self).poke
        if poke is BaseSensor.poke:
            raise declared.error(
                "nothing says how to look", "write async def poke(self, ...) -> bool"
            )
        hints = get_type_hints(poke, include_extras=True)
        inputs: dict[str, Any] = {}
        for name, each in list(inspect.signature(poke).parameters.items())[1:]:
            if each.kind not in (each.POSITIONAL_OR_KEYWORD, each.KEYWORD_ONLY):
                raise declared.error(f"parameter {each} of poke() cannot be an input")
            if name not in hints:
                raise declared.error(
                    f"parameter {name} of poke() has no annotation",
                    f"say its type, such as {name}: str",
                )
            inputs[name] = hints[name]
        return inputs

    def _with_defaults(self, declared: Declared) -> None:
        inputs = declared.signature.inputs
        for name, each in inspect.signature(type(self).poke).parameters.items():
            if name in inputs and each.default is not each.empty:
                known = inputs[name]
                try:
                    default = pack_constant(known.codec, each.default)
                except TypeMismatch as error:
                    raise declared.error(f"default of {name}: {error.message}") from None
                declared.default(Port(name, known.annotation, known.codec, default))


class FileSensor(BaseSensor):
    """Waits until a file or a folder is there, by its path or URI: ``sensor(path="s3://...")``."""

    async def poke(self, path: str) -> bool:
        """Look whether it is there."""
        return await asyncio.to_thread(_exists, path)


def _exists(path: str) -> bool:
    return remote.exists(path) if "://" in path else os.path.exists(path)  # noqa: PTH110 - of a text
