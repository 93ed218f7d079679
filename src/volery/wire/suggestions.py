"""Suggestions: what can be looked for, while somebody types."""

from __future__ import annotations

from typing import Literal

import msgspec

Field = Literal["name", "version", "label", "id", "task", "workflow", "launch_plan"]


class SuggestionQuery(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is being typed.

    Attributes:
        field: ``name``, ``version``, ``label`` and ``id`` of executions that there are; ``task``,
            ``workflow`` and ``launch_plan``: names of those that are registered.
        prefix: what it begins with; of a label ``key``, or ``key=value``.
        project, domain: where; empty: in any.
    """

    field: Field
    prefix: str = ""
    project: str = ""
    domain: str = ""
