"""``Labels`` and ``Annotations``: names with texts that executions carry."""

from __future__ import annotations

from collections.abc import Mapping
from typing import cast

from volery.errors import DefinitionError
from volery.sdk.setting import Setting
from volery.sdk.source import here, show

Pairs = tuple[tuple[str, str], ...]
"""As the IR has them: sorted by name."""


class _Named(Setting, frozen=True):
    """Base of both."""

    values: Mapping[str, str]

    def __post_init__(self) -> None:
        kind = type(self).__name__
        pairs_of(self.values, "values", f"{kind} ({show(here())})")


class Labels(_Named, frozen=True):
    """What executions are found by. A dict does as well.

    Raises:
        DefinitionError: names or values are no strings.
    """


class Annotations(_Named, frozen=True):
    """What is noted about executions, for people and programs. A dict does as well.

    Raises:
        DefinitionError: names or values are no strings.
    """


def pairs_of(given: object, name: str, place: str) -> Pairs:
    """What ``labels=`` or ``annotations=`` says."""
    if isinstance(given, _Named):
        given = given.values
    if given is None:
        return ()
    if isinstance(given, Mapping):
        pairs = cast("Mapping[object, object]", given)
        if all(isinstance(each, str) for pair in pairs.items() for each in pair) and all(pairs):
            return tuple(sorted(cast("Mapping[str, str]", given).items()))
    raise DefinitionError(
        f"{place}: {name}= takes a dict of strings to strings, got {given!r}",
        hint=f'write {name}={{"team": "weather"}}',
    )
