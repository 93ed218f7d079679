"""Filters as parameters of a query."""

from __future__ import annotations

from typing import Any

import msgspec

from volery.wire.executions import ExecutionFilter


def parameters(where: msgspec.Struct) -> dict[str, Any]:
    """A filter as parameters, but for what is as it is without them."""
    defaults = msgspec.structs.asdict(type(where)())
    given = msgspec.structs.asdict(where)
    return {
        name: str(value).lower() if isinstance(value, bool) else value
        for name, value in given.items()
        if value != defaults[name]
    }


def execution_parameters(where: ExecutionFilter) -> dict[str, Any]:
    """The same of a filter of executions, where some may come again."""
    found = parameters(where)
    return {
        **found,
        "phases": None,
        "phase": where.phases,
        "labels": None,
        "label": tuple(f"{name}={value}" for name, value in where.labels.items()),
        "inputs": None,
        "input": tuple(
            f"{name}={msgspec.json.encode(value).decode()}" for name, value in where.inputs.items()
        ),
    }
