"""Projects, and the domains in them."""

from __future__ import annotations

import msgspec

DOMAINS = ("development", "staging", "production")
"""What a project has unless it says otherwise."""


class NewProject(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A project to be made. `id`: lower case letters, digits and ``-``, up to 63 of them."""

    id: str
    description: str = ""
    domains: tuple[str, ...] = DOMAINS


class Project(msgspec.Struct, frozen=True):
    """A project. The project ``default`` is always there."""

    id: str
    description: str
    domains: tuple[str, ...]
    created: float
