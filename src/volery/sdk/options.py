"""Options of definitions: how they are checked, and which of them are still to come."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from enum import Enum
from typing import TYPE_CHECKING, Final, Literal, Protocol, TypedDict, TypeVar

from volery.errors import DefinitionError, suggest

if TYPE_CHECKING:
    from datetime import timedelta

    from volery.ir.placement import Accelerator
    from volery.sdk.cache import Cache
    from volery.sdk.concurrency import ConcurrencyPolicy
    from volery.sdk.deck import DeckField
    from volery.sdk.labels import Annotations, Labels
    from volery.sdk.manner import Notifies
    from volery.sdk.pod_template import PodTemplate
    from volery.sdk.resources import Resources
    from volery.sdk.retry import Retry
    from volery.sdk.reuse import ReusePolicy
    from volery.sdk.schedule import CronSchedule, FixedRate
    from volery.sdk.secret import Secret
    from volery.sdk.timeout import Timeout

    Duration = timedelta | float
    """A timedelta, or a number of seconds."""

MOST: Final = 2**31 - 1
"""The highest number that an option takes: databases keep no more."""
E = TypeVar("E", bound=Enum)
Taker = Literal["task", "workflow", "launch plan", "with_overrides", "map_task"]


class Tagged(Protocol):
    """What says which image is meant, such as an `ImageSpec`."""

    @property
    def tag(self) -> str:
        """The image's name, as its engine or registry knows it."""
        ...


class PlacementOptions(TypedDict, total=False):
    """Where attempts run, and in what. None says nothing.

    Attributes:
        executor: what carries them out: ``process``, ``docker``, ``kubernetes`` or that of a
            plugin.
        isolation: ``container``: not in a worker process of the engine's machine, but in a
            container, where no `executor` says otherwise one of Docker's; ``process``: in a worker.
        container_image: of the container.
        code: ``package``: a container fetches the code as it was registered; ``image``: the image
            has it.
        interruptible: they may run where they can be taken away at any time, which costs less.
        accelerator: a device, see `volery.accelerators`.
        shared_memory: of ``/dev/shm``: an amount such as ``"2Gi"``; True: as much as memory.
        pod_template: what their pods have besides.
        pod_template_name: a template that the administrator of the executor has set up.
        labels, annotations: of their containers and pods.
        reuse: containers stay for further attempts.
    """

    executor: str | None
    isolation: Literal["process", "container"] | None
    container_image: str | Tagged | None
    code: Literal["package", "image"] | None
    interruptible: bool | None
    accelerator: Accelerator | None
    shared_memory: Literal[True] | str | int | None
    pod_template: PodTemplate | None
    pod_template_name: str | None
    labels: Labels | Mapping[str, str] | None
    annotations: Annotations | Mapping[str, str] | None
    reuse: ReusePolicy | None


class PolicyOptions(PlacementOptions, total=False):
    """How attempts are carried out. None says nothing. The others are `PlacementOptions`.

    Attributes:
        retries: further attempts after a failure of the function.
        timeout: how long an attempt may run.
        cache: whether, or how, outputs are kept for equal work.
        cache_version, cache_serialize, cache_ignore_input_vars: as in a `Cache`, with
            ``cache=True``.
        requests, limits: what an attempt needs of a machine, and what it may use at most.
        resources: both at once, in pairs.
        environment: environment variables that are set while an attempt runs.
        priority: among attempts that wait, higher ones are taken first.
    """

    retries: int | Retry | None
    timeout: Duration | Timeout | None
    cache: bool | Cache | None
    cache_version: str | None
    cache_serialize: bool | None
    cache_ignore_input_vars: tuple[str, ...] | None
    requests: Resources | None
    limits: Resources | None
    resources: Resources | None
    environment: Mapping[str, str] | None
    priority: int | None


class TaskOptions(PolicyOptions, total=False):
    """Options of tasks; the others are those of `PolicyOptions`.

    Attributes:
        docs: replaces the description in the docstring.
        deprecated: what to use instead; workflows that use the task warn with it.
        secret_requests: secrets that it needs; without one of them no attempt starts.
        enable_deck: True: decks are made for each attempt; False: none are kept, nor those that it
            makes itself, which are otherwise.
        deck_fields: which are made; None: one of each `DeckField`.
        pickle_untyped: pickle what no codec handles: ``Any``, classes of which nothing is known,
            parameters and outputs without annotation. Others are handled as always.
    """

    docs: str | None
    deprecated: str
    secret_requests: Sequence[Secret] | None
    enable_deck: bool | None
    deck_fields: Sequence[DeckField] | None
    pickle_untyped: bool


class NodeOptions(PolicyOptions, total=False):
    """What ``with_overrides`` takes; the others are those of `PolicyOptions`.

    Attributes:
        node_name: id of the node, made a DNS label.
    """

    node_name: str


class PlanOptions(TypedDict, total=False):
    """How executions of a launch plan begin, and how they are carried out.

    Attributes:
        max_parallelism: most attempts under way at once in one; None: as the workflow says.
        concurrency: how many executions may run at once.
        overwrite_cache: they look nothing up in the cache, and fill it.
        schedule: when it starts by itself, while it is active.
        notifications: who is told how they end.
        labels, annotations: of each of them.
        auto_activate: registering the launch plan makes it active.
        executor: carries out what names no executor itself: ``process``, ``docker``, ...
    """

    max_parallelism: int | None
    concurrency: ConcurrencyPolicy | None
    overwrite_cache: bool
    schedule: CronSchedule | FixedRate | None
    notifications: Sequence[Notifies] | None
    labels: Labels | Mapping[str, str] | None
    annotations: Annotations | Mapping[str, str] | None
    auto_activate: bool
    executor: str | None


KNOWN: Final[Mapping[Taker, frozenset[str]]] = {
    "task": frozenset(TaskOptions.__annotations__),
    "workflow": frozenset(
        {"failure_policy", "docs", "on_failure", "max_parallelism", "timeout", "interruptible"}
    ),
    "launch plan": frozenset({"name", "default_inputs", "fixed_inputs"})
    | PlanOptions.__annotations__.keys(),
    "with_overrides": frozenset(NodeOptions.__annotations__),
    "map_task": frozenset({"concurrency", "min_successes", "min_success_ratio"}),
}

LATER: Final[Mapping[Taker, frozenset[str]]] = {
    "task": frozenset({
        "execution_mode", "node_dependency_hints", "task_config", "task_resolver",
    }),
    "workflow": frozenset({"default_options", "pickle_untyped"}),
    "launch plan": frozenset({
        "auth_role", "raw_output_data_config", "security_context", "trigger",
    }),
    "with_overrides": frozenset({"aliases", "task_config"}),
    "map_task": frozenset({"metadata", "run_all_sub_nodes"}),
}  # fmt: skip
"""Names that belong to the public surface and that this version refuses."""


def refuse(taker: Taker, given: Iterable[str], place: str) -> None:
    """Refuse options that `taker` does not know.

    Args:
        taker: what takes the options.
        given: the names that it was given.
        place: the definition that the error is about.
    """
    for name in given:
        if name in KNOWN[taker]:
            continue
        if name in LATER[taker]:
            raise DefinitionError(
                f"{place}: {name}= is not available yet in this version", hint=f"leave {name}= out"
            )
        valid = sorted(KNOWN[taker] | LATER[taker])
        raise DefinitionError(f"{place}: {taker} has no option {name}=", hint=suggest(name, valid))


def count(value: object, name: str, place: str, least: int = 0) -> int:
    """A whole number from `least` to `MOST`."""
    if type(value) is int and least <= value <= MOST:
        return value
    bound = f"most {MOST}" if type(value) is int and value > MOST else f"least {least}"
    raise DefinitionError(f"{place}: {name}= takes a whole number of at {bound}, got {value!r}")


def flag(value: object, name: str, place: str) -> bool:
    """True or False."""
    if type(value) is not bool:
        raise DefinitionError(f"{place}: {name}= takes True or False, got {value!r}")
    return value


def at_least(value: object, least: float, name: str, place: str) -> float:
    """A number of at least `least`."""
    number = _number(value)
    if not least <= number < math.inf:
        raise DefinitionError(
            f"{place}: {name}= takes a number of at least {least:g}, got {value!r}"
        )
    return number


LONGEST: Final = 100 * 365.25 * 24 * 3600
"""Seconds of the longest duration that anybody can mean."""


def seconds(value: object, name: str, place: str, *, zero: bool = False) -> float:
    """A duration in seconds; 0 where `zero` allows it."""
    from datetime import timedelta

    number = value.total_seconds() if isinstance(value, timedelta) else _number(value)
    if 0 < number <= LONGEST or (zero and number == 0):
        return number
    if LONGEST < number < math.inf:
        raise DefinitionError(f"{place}: {name}= is more than 100 years, got {value!r}")
    least = "0 or more" if zero else "more than 0"
    raise DefinitionError(
        f"{place}: {name}= takes a timedelta or a number of seconds, {least}, got {value!r}",
        hint=f"leave {name}= out where there is no limit" if number == 0 else None,
    )


def ratio(value: object, name: str, place: str) -> float:
    """A number from 0 to 1."""
    number = _number(value)
    if not 0 <= number <= 1:
        raise DefinitionError(f"{place}: {name}= takes a number from 0 to 1, got {value!r}")
    return number


def _number(value: object) -> float:
    """A number; what is none becomes NaN, which is neither more nor less than anything."""
    return float(value) if isinstance(value, int | float) and type(value) is not bool else math.nan


def text(value: object, name: str, place: str) -> str:
    """A string."""
    if not isinstance(value, str):
        raise DefinitionError(f"{place}: {name}= takes a string, got {value!r}")
    return value


def one_of(value: object, kind: type[E], name: str, place: str) -> E:
    """A member of an enum."""
    if not isinstance(value, kind):
        choices = " or ".join(map(str, kind))
        raise DefinitionError(f"{place}: {name}= takes {choices}, got {value!r}")
    return value
