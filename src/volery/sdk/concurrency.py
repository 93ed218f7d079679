"""``ConcurrencyPolicy``: how many executions of a launch plan may run at once."""

from __future__ import annotations

import enum

from volery.ir.specs import Concurrency
from volery.sdk import options
from volery.sdk.setting import Setting
from volery.sdk.source import here, show


class ConcurrencyLimitBehavior(enum.Enum):
    """What becomes of an execution too many.

    SKIP refuses it, QUEUE lets it wait for its turn, REPLACE aborts the oldest one for it.
    """

    SKIP = "skip"
    QUEUE = "queue"
    REPLACE = "replace"


class ConcurrencyPolicy(Setting, frozen=True):
    """How many executions of a launch plan may run at once, and what becomes of one too many.

    Raises:
        DefinitionError: a value cannot be used.
    """

    max_concurrency: int
    behavior: ConcurrencyLimitBehavior = ConcurrencyLimitBehavior.SKIP

    def __post_init__(self) -> None:
        place = f"ConcurrencyPolicy ({show(here())})"
        options.count(self.max_concurrency, "max_concurrency", place, 1)
        options.one_of(self.behavior, ConcurrencyLimitBehavior, "behavior", place)

    def concurrency(self) -> Concurrency:
        """The same as the IR has it."""
        return Concurrency(self.max_concurrency, self.behavior.value)
