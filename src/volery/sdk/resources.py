"""``Resources``: what an attempt needs of a machine, as Kubernetes writes it."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from typing import Any, Final, cast

import msgspec

from volery.errors import DefinitionError
from volery.ir.policy import Request
from volery.sdk.setting import Setting
from volery.sdk.source import here, show

Amount = str | int | float
Amounts = Amount | tuple[Amount, Amount] | list[Amount] | None

_FACTORS: Final = {
    **{letter: 1000**power for power, letter in enumerate(("", "k", "M", "G", "T", "P", "E"))},
    **{f"{letter}i": 1024**power for power, letter in enumerate("KMGTPE", 1)},
}
_ENDLESS: Final = 2**63
"""No machine has as much of anything, and no record keeps it."""
_QUANTITY: Final = re.compile(r"(\d{1,20}(?:\.\d*)?(?:[eE][+-]?\d+)?|\.\d+)(\w*)")


class Resources(Setting, frozen=True):
    """Amounts; None: nothing is said. As ``resources=`` each may be a pair: request and limit.

    Args:
        cpu: processors: ``"500m"``, ``"1"`` or a number, which need not be whole.
        mem: bytes: ``"500Mi"``, ``"1G"`` or a number.
        gpu: devices.
        ephemeral_storage: bytes on a disk that need not outlast the attempt.

    Raises:
        DefinitionError: an amount cannot be read.
    """

    cpu: Amounts = None
    mem: Amounts = None
    gpu: Amounts = None
    ephemeral_storage: Amounts = None

    def __post_init__(self) -> None:
        self.split(f"Resources ({show(here())})")

    @property
    def paired(self) -> bool:
        """Whether some amount says a request and a limit."""
        return any(isinstance(each, tuple | list) for each in msgspec.structs.astuple(self))

    def split(self, place: str = "Resources") -> tuple[Request, Request]:
        """What is requested, and the limits that pairs say."""
        pairs = {name: _pair(getattr(self, name), name, place) for name in self.__struct_fields__}
        low, high = (
            Request(**{name: amount(pair[index], name, place) for name, pair in pairs.items()})
            for index in (0, 1)
        )
        return low, high


def _pair(value: object, name: str, place: str) -> tuple[object, object]:
    if not isinstance(value, tuple | list):
        return value, None
    pair = tuple(cast("tuple[object, ...] | list[object]", value))
    if len(pair) != 2:
        raise DefinitionError(
            f"{place}: {name}= takes an amount, or a request and a limit, got {value!r}",
            hint=f'write {name}=("1", "2")',
        )
    return pair


def amount(value: object, name: str, place: str) -> Any:
    """An amount as a number: whole, unless it is of processors.

    Raises:
        DefinitionError: it cannot be read.
    """
    if value is None:
        return None
    factors = {"m": 1e-3, "": 1} if name == "cpu" else {"": 1} if name == "gpu" else _FACTORS
    number = _number(value, factors)
    if number is None or number >= _ENDLESS or (name == "gpu" and number != int(number)):
        raise DefinitionError(f"{place}: {name}= takes {_EXAMPLES[name]}, got {value!r}")
    return float(number) if name == "cpu" else math.ceil(number)


_EXAMPLES: Final = {
    "cpu": 'processors, such as "500m" or 2',
    "mem": 'bytes, such as "500Mi" or "2G"',
    "gpu": "a whole number of devices",
    "ephemeral_storage": 'bytes, such as "10Gi"',
    "shared_memory": 'True, or bytes such as "2Gi"',
}


def _number(value: object, factors: Mapping[str, float]) -> float | None:
    if isinstance(value, int | float) and not isinstance(value, bool):
        return value if 0 <= value < math.inf else None
    match = _QUANTITY.fullmatch(value.strip()) if isinstance(value, str) else None
    if match is None or match[2] not in factors:
        return None
    factor = factors[match[2]]
    return int(match[1]) * factor if match[1].isdigit() else float(match[1]) * factor
