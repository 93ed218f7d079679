"""Plain codecs: those whose values can be their own wire form, so that bulk is not walked.

A list of a million floats is handed on as it is after one look at the set of its types. A codec
says so by a method ``plain(values) -> bool``; codecs of containers ask for it here.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Any

from volery.types.codec import Codec


def plainness(codec: Codec) -> Callable[[Collection[Any]], bool]:
    """The test whether all of some values are their own wire form, in both directions."""
    return getattr(codec, "plain", _only_empty)


def _only_empty(values: Collection[Any]) -> bool:
    return not values
