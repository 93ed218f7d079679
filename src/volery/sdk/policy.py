"""From options to the policy of a task or node, and whether that can work."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, cast

from volery.errors import DefinitionError, suggest
from volery.ir.placement import Placement
from volery.ir.policy import Backoff, Caching, Limits, Policy, Request
from volery.sdk import options
from volery.sdk.cache import Cache
from volery.sdk.options import PlacementOptions
from volery.sdk.resources import Resources
from volery.sdk.retry import Retry
from volery.sdk.timeout import limits_of

if TYPE_CHECKING:
    from volery.sdk.entity import Entity
    from volery.sdk.options import PolicyOptions
    from volery.sdk.task import Task

_PLACING = frozenset(PlacementOptions.__annotations__)

Flaw = tuple[str, str | None]
"""What cannot work, and what to do about it."""


def settings(given: PolicyOptions, place: str) -> dict[str, Any]:
    """Fields of the policy that options ask for, those alone.

    Args:
        given: the options. Others than those of a policy are passed over.
        place: the definition that errors are about.

    Raises:
        DefinitionError: a value cannot be used, or two contradict each other.
    """
    fields: dict[str, Any] = {}
    match given.get("retries"):
        case None:
            pass
        case Retry() as retry:
            fields |= {"retries": retry.attempts - 1, "backoff": retry.waits()}
        case number:
            fields["retries"] = options.count(number, "retries", place)
    limits = limits_of(given.get("timeout"), place)
    if limits is not None:
        fields["limits"] = limits
    if given.get("environment") is not None:
        fields["environment"] = _variables(given.get("environment"), place)
    if given.get("priority") is not None:
        fields["priority"] = options.count(given.get("priority"), "priority", place, -options.MOST)
    fields |= _caching(given, place) | _requests(given, place)
    if _PLACING & given.keys():
        from volery.sdk.placement import placing  # most tasks run wherever there is room

        fields |= placing(given, place)
    return fields


def flaws(entity: Entity | None, policy: Policy) -> Iterator[Flaw]:
    """What of the policy of a node, or of a task itself, cannot work.

    Args:
        entity: what the node stands for, or maps; None: a conditional or a gate.
        policy: of the node over that of its task.
    """
    from volery.sdk.task import Task

    if isinstance(entity, Task):
        yield from _task_flaws(cast("Task[..., Any]", entity), policy)
        return
    allowed = {"limits"} if entity is not None else set[str]()
    default = Policy()
    for field in policy.__struct_fields__:
        if field not in allowed and getattr(policy, field) != getattr(default, field):
            owner = entity.signature.owner if entity is not None else "it"
            yield (
                f"{_option(field, policy)}= is for attempts, and {owner} has none",
                "give it to the tasks that it calls",
            )


_OPTIONS = {
    "backoff": "retries", "limits": "timeout", "uncached": "cache", "caps": "limits",
    "image": "container_image", "template": "pod_template_name", "pod": "pod_template",
}  # fmt: skip
"""Options of another name than their field."""


def _option(field: str, policy: Policy) -> str:
    """The option that has given a field of a policy its value."""
    if field == "placement" and policy.placement is not None:
        usual = Placement()
        said = (
            name
            for name in usual.__struct_fields__
            if getattr(policy.placement, name) != getattr(usual, name)
        )
        field = next(said, field)
    return _OPTIONS.get(field, field)


def _task_flaws(task: Task[..., Any], policy: Policy) -> Iterator[Flaw]:
    if policy.retries and policy.backoff and policy.limits:
        yield from _too_late(policy.backoff, policy.limits)
    if policy.requests is not None and policy.caps is not None:
        yield from _above(policy.requests, policy.caps)
    if policy.cache is not None:
        yield from _cache_flaws(task, policy.cache)
    if policy.executor == "process" and task.command() is not None:
        yield (
            f"{task.signature.owner} is a command of an image, which no process carries out",
            'write executor="docker" or executor="kubernetes", or leave it out',
        )


def _too_late(backoff: Backoff, limits: Limits) -> Iterator[Flaw]:
    least = backoff.first * (1.0 - backoff.jitter)
    if limits.total is not None and least >= limits.total:
        yield (
            f"the first wait, {least:g} s, outlasts total=, {limits.total:g} s: no retry comes",
            "make backoff= shorter, or total= longer",
        )


def _above(requests: Request, caps: Request) -> Iterator[Flaw]:
    for name in requests.__struct_fields__:
        low, high = getattr(requests, name), getattr(caps, name)
        if low is not None and high is not None and low > high:
            yield (
                f"it requests {name}={low:g}, more than the limit of {high:g}",
                f"request less, or make the limit of {name} higher",
            )


def _cache_flaws(task: Task[..., Any], cache: Caching) -> Iterator[Flaw]:
    inputs = task.signature.inputs
    if cache.serialize and task.mode:
        yield (
            f"serialize= makes others wait for one attempt, which no {task.mode} task is",
            "leave serialize out, or give it to the tasks that it calls",
        )
    for name in cache.ignored:
        if name not in inputs:
            yield f"the cache is to ignore {name}, which is no input", suggest(name, inputs)
    from volery.types.identity import unidentified

    for name, each in inputs.items():
        path = None if name in cache.ignored else unidentified(each.annotation, name)
        if path is not None:
            yield (
                f"it is cached, but {path} is pickled, and equal objects may have unequal pickles",
                f"annotate {path} with HashMethod, or add {name!r} to ignored_inputs",
            )


def _caching(given: PolicyOptions, place: str) -> dict[str, Any]:
    cache = given.get("cache")
    legacy: dict[str, Any] = {
        field: value
        for name, field in _LEGACY.items()
        if (value := cast("Mapping[str, Any]", given).get(name)) is not None
    }
    match cache:
        case Cache() if legacy:
            raise DefinitionError(
                f"{place}: cache= is a Cache, and {_named(legacy)}= says a part of it again",
                hint="say everything in the Cache",
            )
        case Cache():
            return {"cache": cache.caching(), "uncached": False}
        case True:
            return {"cache": Cache(**legacy).caching(place), "uncached": False}
        case False | None if legacy:
            raise DefinitionError(
                f"{place}: {_named(legacy)}= is given, but outputs are not cached",
                hint="add cache=True",
            )
        case False:
            return {"cache": None, "uncached": True}
        case None:
            return {}
        case _:
            raise DefinitionError(f"{place}: cache= takes True, False or a Cache, got {cache!r}")


_LEGACY = {
    "cache_version": "version",
    "cache_serialize": "serialize",
    "cache_ignore_input_vars": "ignored_inputs",
}


def _named(legacy: Mapping[str, Any]) -> str:
    return next(name for name, field in _LEGACY.items() if field in legacy)


def _requests(given: PolicyOptions, place: str) -> dict[str, Any]:
    both, requests, limits = (
        _resources(given, name, place) for name in ("resources", "requests", "limits")
    )
    if both is not None:
        if requests is not None or limits is not None:
            raise DefinitionError(
                f"{place}: resources= says what requests= and limits= say",
                hint="write pairs of request and limit in resources=, or the other two",
            )
        low, high = both.split()
        return {"requests": low, **({"caps": high} if high != Request() else {})}
    caps = None if limits is None else _single(limits, "limits", place)
    low = caps if requests is None else _single(requests, "requests", place)
    fields = {"requests": low, "caps": caps}  # as in Kubernetes, a limit alone is requested
    return {name: each for name, each in fields.items() if each is not None}


def _single(given: Resources, name: str, place: str) -> Request:
    if given.paired:
        raise DefinitionError(
            f"{place}: {name}= takes single amounts, got {given!r}",
            hint="pairs of request and limit go into resources=",
        )
    return given.split()[0]


def _resources(given: PolicyOptions, name: str, place: str) -> Resources | None:
    value: object = given.get(name)
    if value is None or isinstance(value, Resources):
        return value
    raise DefinitionError(
        f"{place}: {name}= takes Resources, got {value!r}",
        hint=f'write {name}=Resources(cpu="1", mem="500Mi")',
    )


def _variables(value: object, place: str) -> tuple[tuple[str, str], ...]:
    if isinstance(value, Mapping):
        variables = cast("Mapping[object, object]", value)
        if all(isinstance(each, str) for pair in variables.items() for each in pair):
            return tuple(sorted(cast("Mapping[str, str]", value).items()))
    raise DefinitionError(
        f"{place}: environment= takes a dict of strings, got {value!r}",
        hint='write environment={"NAME": "value"}',
    )
