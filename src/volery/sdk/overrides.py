"""``with_overrides``: adjusts one node, after the call that recorded it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import msgspec

from volery.errors import DefinitionError
from volery.sdk import options, source
from volery.sdk.promise import Step
from volery.sdk.trace import Draft

_LONGEST = 63


def override(draft: Draft, overrides: Mapping[str, Any]) -> None:
    """Adjust a node.

    Args:
        draft: the node.
        overrides: ``node_name`` (made a DNS label), ``retries``, ``environment``.

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
    known = options.KNOWN["with_overrides"]
    options.refuse("with_overrides", overrides.keys() - known, place)
    if "node_name" in overrides:
        draft.id = _label(overrides["node_name"], place)
    given = options.policy(overrides.get("retries"), overrides.get("environment"), place)
    draft.policy = msgspec.structs.replace(
        draft.policy,
        retries=draft.policy.retries if given.retries is None else given.retries,
        environment=given.environment or draft.policy.environment,
    )


def _label(name: object, place: str) -> str:
    """A name as a DNS label: ``My_Node`` is ``my-node``."""
    label = re.sub(r"[^a-z0-9]+", "-", options.text(name, "node_name", place).lower())
    label = label[:_LONGEST].strip("-")
    if not label:
        raise DefinitionError(f"{place}: node_name={name!r} has no letter or digit")
    return label
