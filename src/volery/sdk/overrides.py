"""``with_overrides``: adjusts one node, after the call that recorded it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, cast

import msgspec

from volery.errors import DefinitionError
from volery.ir.policy import Caching
from volery.sdk import options, source
from volery.sdk.policy import settings
from volery.sdk.promise import Step
from volery.sdk.retry import Retry
from volery.sdk.trace import Draft

if TYPE_CHECKING:
    from volery.sdk.options import NodeOptions

_LONGEST = 63


def override(draft: Draft, overrides: Mapping[str, Any]) -> None:
    """Adjust a node.

    Args:
        draft: the node.
        overrides: see `NodeOptions`.

    Raises:
        DefinitionError: an override is unknown, or its value cannot be used.
    """
    place = f"{draft} ({source.show(source.here())})"
    for name, value in overrides.items():
        if isinstance(value, Step):
            raise DefinitionError(
                f"{place}: {name}= of with_overrides cannot be a promise",
                hint="overrides are fixed when the workflow is compiled; give a plain value",
            )
    options.refuse("with_overrides", overrides, place)
    if "node_name" in overrides:
        draft.id = _label(overrides["node_name"], place)
    retries = overrides.get("retries")
    if isinstance(retries, Retry) and retries.filters:
        raise DefinitionError(
            f"{place}: on= and never= of a Retry belong to the task, for its code knows exceptions",
            hint="give them to @task(retries=...), and the rest to with_overrides",
        )
    fields = settings(cast("NodeOptions", overrides), place)
    if overrides.get("cache") is True and fields["cache"] == Caching():
        fields["cache"] = _own_caching(draft)
    if "placement" in fields and draft.policy.placement is not None:
        fields["placement"] = fields["placement"].over(draft.policy.placement)
    draft.policy = msgspec.structs.replace(draft.policy, **fields)


def _own_caching(draft: Draft) -> Caching | None:
    """What ``cache=True`` stands for: None, as the task says, or else all defaults."""
    cached = draft.entity is not None and draft.entity.policy.cache is not None
    return None if cached else Caching()


def _label(name: object, place: str) -> str:
    """A name as a DNS label: ``My_Node`` is ``my-node``."""
    label = re.sub(r"[^a-z0-9]+", "-", options.text(name, "node_name", place).lower())
    label = label[:_LONGEST].strip("-")
    if not label:
        raise DefinitionError(f"{place}: node_name={name!r} has no letter or digit")
    return label
