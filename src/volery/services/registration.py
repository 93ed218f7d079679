"""Registration: projects, packages and versions of entities, and which launch plans are active."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import BinaryIO, Final, get_args

import msgspec
from msgspec.structs import replace

from volery.clock import Clock
from volery.errors import AlreadyExists, CallError, NotFound, RegistrationError, suggest
from volery.ids import digest
from volery.ir.codec import canonical, digest_of, read_bundle
from volery.ir.difference import differences
from volery.ir.ref import EntityKind, Ref
from volery.ir.specs import Bundle, LaunchPlanSpec
from volery.ir.whole import Spec, owner_of, specs_of
from volery.services.access import Audit, require
from volery.services.bundles import (
    checked_bundle,
    default_values,
    fixed_values,
    listed,
    shown,
)
from volery.services.packages import Packages
from volery.store.base import Store
from volery.store.catalog import Added, Catalog, Known, NewVersions, Position, Version
from volery.wire import entities as wire
from volery.wire.access import AuditLine, Identity
from volery.wire.entities import EntityFilter, EntityKey, EntitySummary, Registered
from volery.wire.page import Page
from volery.wire.projects import NewProject, Project

SHORT: Final = 12
"""Digits of a bundle's digest that make a version."""

KEPT: Final = 16
"""Bundles that stay at hand."""

_ID: Final = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")
_VERSION: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,127}")

Listener = Callable[[EntityKey, LaunchPlanSpec | None], None]
"""Is told which version of a launch plan is active now; None: none is."""


class Resolved(msgspec.Struct, frozen=True):
    """A version of an entity that exists, and its bundle."""

    key: EntityKey
    bundle: str


class Registration:
    """See the module's text.

    Args:
        catalog: what is registered.
        packages: where code is kept.
        store: has the bundles.
        clock: says when.
        audit: of all changes.

    Attributes:
        on_activation: who is told, after it has happened. One that was not told, for a process died
            in between, finds out by itself: see `active`.
    """

    def __init__(
        self, catalog: Catalog, packages: Packages, store: Store, clock: Clock, audit: Audit
    ) -> None:
        self._catalog = catalog
        self._packages = packages
        self._store = store
        self._clock = clock
        self._audit = audit
        self._bundle = lru_cache(KEPT)(self._read)
        self.on_activation: list[Listener] = []

    # -- projects -------------------------------------------------------------------------

    def projects(self, who: Identity) -> tuple[Project, ...]:
        """Those that they may see, by id."""
        return tuple(each for each in self._catalog.projects() if who.may("viewer", each.id))

    def create_project(self, who: Identity, new: NewProject) -> Project:
        """Make a project. See `Backend.create_project`."""
        require(who, "admin", None)
        _check_project(new)
        project = Project(new.id, new.description, new.domains, self._clock.now())
        line = self._audit.line(who, "projects.create", new.id, new.id)
        if not self._catalog.add_project(project, line):
            raise AlreadyExists(f"there is a project {new.id} already")
        return project

    # -- packages -------------------------------------------------------------------------

    def has_package(self, who: Identity, digest: str) -> bool:
        """Whether a package was put before."""
        _require_somewhere(who)
        return self._has_package(digest)

    def put_package(self, who: Identity, digest: str, archive: BinaryIO) -> None:
        """Keep a code package. See `Backend.put_package`."""
        _require_somewhere(who)
        if self._has_package(digest):
            return
        size = self._packages.put(digest, archive)
        self._audit.write(who, "packages.put", digest, detail=f"{size} bytes")
        self._catalog.add_package(digest, size, self._clock.now(), who.name)

    def _has_package(self, digest: str) -> bool:
        """Whether a package is here: it stays for as long as the catalog knows it."""
        return self._catalog.has_package(digest) and self._packages.still_has(digest)

    # -- registering ----------------------------------------------------------------------

    def register(self, who: Identity, registration: wire.Registration) -> Registered:
        """Make entities known. See `Backend.register`."""
        require(who, "operator", registration.project)
        bundle = checked_bundle(registration.bundle)
        specs = specs_of(bundle)
        name = digest(registration.bundle)
        version = registration.version or name[:SHORT]
        self._check_place(registration, version)
        self._check_package(bundle)
        asked = _to_activate(registration, bundle)
        place = (version, registration.project, registration.domain)
        keys = {ref: EntityKey(ref.kind, ref.name, *place) for ref in specs}
        added = self._catalog.add(
            NewVersions(
                project=registration.project,
                domain=registration.domain,
                version=version,
                versions=[
                    Version(ref, digest_of(spec), spec.description) for ref, spec in specs.items()
                ],
                bundle=name,
                data=registration.bundle,
                package=bundle.package,
                at=self._clock.now(),
                by=who.name,
                activate=asked,
                activate_new=_by_themselves(registration, bundle),
            ),
            lambda added: self._lines(who, keys, added),
        )
        if added.taken:
            raise self._taken(version, bundle, added.taken)
        for plan in bundle.launch_plans:
            if plan.name in added.activated:
                self._activated(keys[Ref("launch_plan", plan.name)], plan)
        return Registered(
            version,
            name,
            made=tuple(key for ref, key in keys.items() if ref in added.made),
            same=tuple(key for ref, key in keys.items() if ref not in added.made),
            activated=added.activated,
        )

    def _check_place(self, registration: wire.Registration, version: str) -> None:
        if not _VERSION.fullmatch(version):
            raise RegistrationError(
                f"{version[:200]!r} cannot be a version",
                hint="letters, digits and . _ -, a letter or digit first, at most 128 of them",
            )
        projects = {each.id: each for each in self._catalog.projects()}
        project = projects.get(registration.project)
        if project is None:
            raise NotFound(
                f"there is no project {registration.project}",
                hint=suggest(registration.project, projects),
            )
        if registration.domain not in project.domains:
            raise NotFound(
                f"project {project.id} has no domain {registration.domain}",
                hint=suggest(registration.domain, project.domains),
            )

    def _check_package(self, bundle: Bundle) -> None:
        package = bundle.package
        if package and not self._has_package(package):
            raise NotFound(
                f"the package {package[:SHORT]} of this bundle is not here",
                hint="put it first; volery register does",
            )

    def _taken(self, version: str, bundle: Bundle, taken: dict[Ref, Known]) -> RegistrationError:
        """The error for a version that has other content already, with what differs."""
        specs = specs_of(bundle)
        problems: list[str] = []
        for ref, known in taken.items():
            lines = differences(specs_of(self._bundle(known.bundle))[ref], specs[ref])
            if lines:
                problems.append(f"{owner_of(ref)}\n" + "\n".join(f"   {line}" for line in lines))
        packages = {known.package for known in taken.values()}
        for package in sorted(packages - {bundle.package}):
            problems += self._packages.differences(package, bundle.package)
        return RegistrationError(
            f"version {version} is registered with other content{listed(problems)}",
            tuple(problems),
            hint="a version never changes: choose another, or leave it out to have one made",
        )

    def _lines(
        self, who: Identity, keys: dict[Ref, EntityKey], added: Added
    ) -> Iterator[AuditLine]:
        """What the audit says of a registration."""
        if added.made:
            key = next(iter(keys.values()))
            detail = f"{len(added.made)} entities"
            yield self._audit.line(who, "entities.register", key.version, key.project, detail)
        for name in added.activated:
            yield self._activation(who, keys[Ref("launch_plan", name)])

    # -- reading --------------------------------------------------------------------------

    def entities(
        self, who: Identity, kind: str, where: EntityFilter, limit: int, cursor: str
    ) -> Page[EntitySummary]:
        """Versions of entities. See `Backend.entities`."""
        if where.project:
            require(who, "viewer", where.project)
        found = self._catalog.page(_kind(kind), where, limit + 1, _position(cursor), who.projects)
        shown = found[:limit]
        items = tuple(summary for summary, _ in shown)
        return Page(items, _cursor(shown[-1][1]) if len(found) > limit else None)

    def entity(self, who: Identity, key: EntityKey) -> wire.Entity:
        """A version of an entity, whole. See `EntityKey` for one without a version."""
        require(who, "viewer", key.project, _told(key))
        summary = self._find(key)
        specs = specs_of(self._bundle(summary.bundle))
        spec = specs[Ref(key.kind, key.name)]
        return wire.Entity(
            summary,
            spec.interface,
            msgspec.json.decode(canonical(spec)),
            shown(fixed_values(specs, spec)),
            shown(default_values(spec)),
        )

    def bundle(self, who: Identity, digest: str) -> bytes:
        """A bundle in canonical form, if they may see a project that has it."""
        projects = () if who.projects is None else self._catalog.projects_with(digest)
        if who.projects is not None and not set(projects) & set(who.projects):
            raise NotFound(f"there is no bundle {digest}")
        return self._store.bundle(digest)

    def resolve(self, key: EntityKey) -> Resolved:
        """Which version, and which bundle, a key means.

        Raises:
            NotFound: there is none; the hint names the nearest.
        """
        summary = self._find(key)
        return Resolved(summary.key, summary.bundle)

    def to_start(self, key: EntityKey) -> Resolved:
        """The same for what is to be started, where the newest takes no active one's place.

        Raises:
            NotFound: see `resolve`.
            CallError: it is a launch plan without a version, and none of its versions is active.
        """
        summary = self._find(key)
        if key.kind == "launch_plan" and not key.version and not summary.active:
            raise CallError(
                f"no version of {_told(key)} is active in domain {key.domain} of project"
                f" {key.project}",
                hint=f"volery launch-plans activate {key.name}; or name a version: the newest is"
                f" {summary.key.version}",
                path="$.entity",
            )
        return Resolved(summary.key, summary.bundle)

    def spec(self, resolved: Resolved) -> Spec:
        """The spec of an entity that was resolved."""
        return specs_of(self._bundle(resolved.bundle))[Ref(resolved.key.kind, resolved.key.name)]

    def active(self) -> Iterator[tuple[EntityKey, LaunchPlanSpec]]:
        """Every launch plan that is active now, with its version."""
        for summary in self._catalog.active():
            yield summary.key, self._plan(summary)

    # -- activating -----------------------------------------------------------------------

    def activate(self, who: Identity, key: EntityKey) -> EntitySummary:
        """Make a version of a launch plan the active one. See `Backend.activate`."""
        require(who, "operator", key.project, _told(key))
        _require_plan(key)
        summary = self._find(key) if key.version else self._catalog.newest(key)
        if summary is None:
            raise self._unknown(key)
        plan = self._plan(summary)
        self._catalog.activate(summary.key, self._activation(who, summary.key))
        self._activated(summary.key, plan)
        return replace(summary, active=True, active_version=summary.key.version)

    def deactivate(self, who: Identity, key: EntityKey) -> bool:
        """Have no version active. See `Backend.deactivate`."""
        require(who, "operator", key.project, _told(key))
        _require_plan(key)
        if self._catalog.newest(key) is None:
            raise self._unknown(key)
        line = self._audit.line(who, "launch_plans.deactivate", key.name, key.project)
        if not self._catalog.deactivate(key, line):
            return False
        for listener in self.on_activation:
            listener(replace(key, version=""), None)
        return True

    def _activation(self, who: Identity, key: EntityKey) -> AuditLine:
        detail = f"version {key.version}"
        return self._audit.line(who, "launch_plans.activate", key.name, key.project, detail)

    def _activated(self, key: EntityKey, spec: LaunchPlanSpec) -> None:
        for listener in self.on_activation:
            listener(key, spec)

    # -- finding --------------------------------------------------------------------------

    def _find(self, key: EntityKey) -> EntitySummary:
        found = self._catalog.find(key)
        if found is None:
            raise self._unknown(key)
        return found

    def _unknown(self, key: EntityKey) -> NotFound:
        """The error for an entity that is not there, with what is."""
        place = f"in domain {key.domain} of project {key.project}"
        versions = self._catalog.versions(key) if key.version else []
        if versions:
            return NotFound(
                f"{_told(key)} has no version {key.version} {place}",
                hint=suggest(key.version, versions),
            )
        domains = self._catalog.domains_with(key)
        hint = f"it is in {' and '.join(domains)}" if domains else None
        names = self._catalog.names(key)
        return NotFound(f"there is no {_told(key)} {place}", hint=hint or suggest(key.name, names))

    def _plan(self, summary: EntitySummary) -> LaunchPlanSpec:
        plans = self._bundle(summary.bundle).launch_plans
        return next(each for each in plans if each.name == summary.key.name)

    def _read(self, digest: str) -> Bundle:
        return read_bundle(self._store.bundle(digest))


# -- what comes from outside ------------------------------------------------------------------


def _to_activate(registration: wire.Registration, bundle: Bundle) -> tuple[str, ...]:
    """The launch plans that were named. Raises NotFound: the bundle does not have one."""
    plans = [plan.name for plan in bundle.launch_plans]
    for name in registration.activate or ():
        if name not in plans:
            raise NotFound(f"there is no launch plan {name} among these", hint=suggest(name, plans))
    return registration.activate or ()


def _by_themselves(registration: wire.Registration, bundle: Bundle) -> tuple[str, ...]:
    """The launch plans that become active because they say so."""
    if registration.activate is not None:
        return ()
    return tuple(plan.name for plan in bundle.launch_plans if plan.auto_activate)


def _check_project(new: NewProject) -> None:
    for name, place in ((new.id, "$.id"), *((each, "$.domains") for each in new.domains)):
        if not _ID.fullmatch(name):
            raise CallError(
                f"{name[:100]!r} cannot name a project or a domain",
                hint="lower case letters, digits and - inside, at most 63 of them",
                path=place,
            )
    if not new.domains or len(set(new.domains)) < len(new.domains):
        raise CallError("a project has one domain or more, each once", path="$.domains")


def _require_plan(key: EntityKey) -> None:
    if key.kind != "launch_plan":
        raise CallError(f"only launch plans are active or not, and {_told(key)} is none")


def _require_somewhere(who: Identity) -> None:
    """Packages belong to no project: whoever may register anywhere may put one."""
    require(who, "operator", None if who.projects is None else who.projects[0])


def _kind(text: str) -> EntityKind:
    for kind in get_args(EntityKind):
        if kind == text:
            return kind
    raise CallError(f"{text!r} is no kind of entity", hint=suggest(text, get_args(EntityKind)))


def _told(key: EntityKey) -> str:
    return owner_of(Ref(key.kind, key.name))


def _cursor(position: Position) -> str:
    return f"{position.project}/{position.domain}/{position.name}/{position.serial}"


def _position(cursor: str) -> Position | None:
    if not cursor:
        return None
    match = re.fullmatch(r"([^/]*)/([^/]*)/([^/]*)/([0-9]{1,18})", cursor)
    if match is None:
        raise CallError(
            f"{cursor[:100]!r} is no cursor of entities", hint="take `next` of the page before"
        )
    project, domain, name, serial = match.groups()
    return Position(project, domain, name, int(serial))
