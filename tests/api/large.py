"""A workflow of many nodes."""

from __future__ import annotations

from volery import workflow
from volery.testing.conformance.backend_flows import one_more


@workflow
def many_sums(value: int) -> int:
    """So many that what is told of it is large."""
    for _ in range(100):
        value = one_more(value=value)
    return value
