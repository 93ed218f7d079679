"""Entities as they are registered: immutable, known by kind, project, domain, name and version."""

from __future__ import annotations

from typing import Any

import msgspec

from volery.ir.interface import Interface
from volery.ir.ref import EntityKind


class EntityKey(msgspec.Struct, frozen=True, gc=False):
    """An entity's identity.

    Without a version it is the newest; of a launch plan the active one, or, for who reads, the
    newest if none is: it is not started then.
    """

    kind: EntityKind
    name: str
    version: str = ""
    project: str = "default"
    domain: str = "development"


class Registration(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is to be registered, all or nothing.

    Attributes:
        bundle: canonical form; its `package` names a package that was put before.
        version: of all of its entities; empty: the digest of the bundle, shortened.
        activate: names of launch plans that become active with it; None: those that ask for it
            (`auto_activate`).
    """

    bundle: bytes
    project: str = "default"
    domain: str = "development"
    version: str = ""
    activate: tuple[str, ...] | None = None


class Registered(msgspec.Struct, frozen=True):
    """What a registration has come to.

    Attributes:
        version: of all of its entities.
        bundle: its digest.
        made: entities that are new.
        same: entities that were there, with the same content.
        activated: names of launch plans that are active now.
    """

    version: str
    bundle: str
    made: tuple[EntityKey, ...] = ()
    same: tuple[EntityKey, ...] = ()
    activated: tuple[str, ...] = ()


class EntityFilter(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Which entities of a kind. None and empty: any.

    Attributes:
        search: a part of the name.
        versions: all versions of each, and not only the newest.
    """

    project: str = ""
    domain: str = ""
    name: str = ""
    search: str = ""
    versions: bool = False


class EntitySummary(msgspec.Struct, frozen=True):
    """A registered version of an entity, in a line.

    Attributes:
        digest: of its spec: versions of equal digest are the same but for the code below them.
        by: who has registered it.
        active: of a launch plan: this version is the active one.
        active_version: of a launch plan: the one that is; empty: none is.
    """

    key: EntityKey
    description: str
    digest: str
    bundle: str
    created: float
    by: str = ""
    active: bool = False
    active_version: str = ""


class Entity(msgspec.Struct, frozen=True):
    """A registered version of an entity, whole.

    Attributes:
        interface: what a caller gives and gets; of a launch plan without its fixed inputs.
        spec: as JSON in canonical form.
        fixed: of a launch plan: its fixed inputs, as JSON by their types.
        defaults: of all inputs that have one, as JSON by their types.
    """

    summary: EntitySummary
    interface: Interface
    spec: Any
    fixed: dict[str, Any] = {}
    defaults: dict[str, Any] = {}
