"""Options of definitions: how they are checked, and which of them are still to come."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import Enum
from typing import Final, Literal, TypeVar, cast

from volery.errors import DefinitionError, suggest
from volery.ir.nodes import Policy

E = TypeVar("E", bound=Enum)
Taker = Literal["task", "workflow", "launch plan", "with_overrides", "map_task"]

KNOWN: Final[Mapping[Taker, frozenset[str]]] = {
    "task": frozenset({"retries", "environment", "docs", "deprecated", "pickle_untyped"}),
    "workflow": frozenset({"failure_policy", "docs"}),
    "launch plan": frozenset({"name", "default_inputs", "fixed_inputs"}),
    "with_overrides": frozenset({"node_name", "retries", "environment"}),
    "map_task": frozenset({"concurrency", "min_successes", "min_success_ratio"}),
}

_RESOURCES = frozenset({
    "accelerator", "cache", "cache_ignore_input_vars", "cache_serialize", "cache_version",
    "container_image", "interruptible", "limits", "pod_template", "requests", "resources",
    "shared_memory", "task_config", "timeout",
})  # fmt: skip
LATER: Final[Mapping[Taker, frozenset[str]]] = {
    "task": _RESOURCES | {
        "annotations", "deck_fields", "disable_deck", "enable_deck", "execution_mode", "executor",
        "isolation", "labels", "node_dependency_hints", "pod_template_name", "secret_requests",
        "task_resolver",
    },
    "workflow": frozenset({
        "default_options", "interruptible", "max_parallelism", "on_failure", "pickle_untyped",
    }),
    "launch plan": frozenset({
        "annotations", "auth_role", "auto_activate", "concurrency", "labels", "max_parallelism",
        "notifications", "overwrite_cache", "raw_output_data_config", "schedule",
        "security_context", "trigger",
    }),
    "with_overrides": _RESOURCES | {"aliases"},
    "map_task": frozenset({"metadata", "run_all_sub_nodes"}),
}  # fmt: skip
"""Names that belong to the public surface and that this version refuses."""


def refuse(taker: Taker, given: Iterable[str], place: str) -> None:
    """Refuse options that `taker` does not know.

    Args:
        taker: what takes the options.
        given: the names that it was given beyond those it knows.
        place: the definition that the error is about.
    """
    for name in given:
        if name in LATER[taker]:
            raise DefinitionError(
                f"{place}: {name}= is not available yet in this version", hint=f"leave {name}= out"
            )
        valid = sorted(KNOWN[taker] | LATER[taker])
        raise DefinitionError(f"{place}: {taker} has no option {name}=", hint=suggest(name, valid))


def policy(retries: object, environment: object, place: str) -> Policy:
    """The policy that options ask for; None leaves an option to the layer below."""
    return Policy(
        retries=None if retries is None else count(retries, "retries", place),
        environment=() if environment is None else _variables(environment, place),
    )


def count(value: object, name: str, place: str, least: int = 0) -> int:
    """A whole number of at least `least`."""
    if type(value) is not int or value < least:
        raise DefinitionError(
            f"{place}: {name}= takes a whole number of at least {least}, got {value!r}"
        )
    return value


def flag(value: object, name: str, place: str) -> bool:
    """True or False."""
    if type(value) is not bool:
        raise DefinitionError(f"{place}: {name}= takes True or False, got {value!r}")
    return value


def ratio(value: object, name: str, place: str) -> float:
    """A number from 0 to 1."""
    if type(value) not in (int, float) or not 0 <= cast("float", value) <= 1:
        raise DefinitionError(f"{place}: {name}= takes a number from 0 to 1, got {value!r}")
    return float(cast("float", value))


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


def _variables(value: object, place: str) -> tuple[tuple[str, str], ...]:
    if isinstance(value, Mapping):
        variables = cast("Mapping[object, object]", value)
        if all(isinstance(each, str) for pair in variables.items() for each in pair):
            return tuple(sorted(cast("Mapping[str, str]", value).items()))
    raise DefinitionError(
        f"{place}: environment= takes a dict of strings, got {value!r}",
        hint='write environment={"NAME": "value"}',
    )
