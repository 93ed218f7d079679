"""The catalog: projects, code packages, versions of entities, and which launch plans are active.

Lines of the audit go in together with the changes that they tell of.
"""
# ruff: noqa: S608, whatever is put into a statement here is a constant of this file

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from typing import Any

import msgspec

from volery.ir.ref import EntityKind, Ref
from volery.store import statements as sql
from volery.store.access import add_lines
from volery.store.database import Cursor
from volery.store.sql_base import SqlBase
from volery.wire.access import AuditLine
from volery.wire.entities import EntityFilter, EntityKey, EntitySummary
from volery.wire.projects import Project

PROJECTS = """
    SELECT p.id, p.description, d.domain, p.created
    FROM projects AS p JOIN domains AS d ON d.project = p.id
    ORDER BY p.id, d.place"""

ADD_PROJECT = """
    INSERT INTO projects (id, description, created) VALUES (?, ?, ?) ON CONFLICT DO NOTHING"""

ADD_DOMAIN = "INSERT INTO domains (project, domain, place) VALUES (?, ?, ?)"

ADD_PACKAGE = """
    INSERT INTO packages (digest, size, created, author) VALUES (?, ?, ?, ?)
    ON CONFLICT DO NOTHING"""

HAS_PACKAGE = "SELECT 1 FROM packages WHERE digest = ?"

OF_VERSION = """
    SELECT kind, name, digest, package, bundle FROM entities
    WHERE project = ? AND domain = ? AND version = ?"""

NO_LONGER_NEWEST = """
    UPDATE entities SET newest = 0
    WHERE kind = ? AND project = ? AND domain = ? AND name = ? AND newest = 1"""

ADD_ENTITY = """
    INSERT INTO entities (
        kind, project, domain, name, version, digest, bundle, package, description, created, author,
        newest
    ) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 1)"""

ACTIVATE = """
    INSERT INTO active_plans (project, domain, name, version) VALUES (?, ?, ?, ?)
    ON CONFLICT (project, domain, name) DO UPDATE SET version = excluded.version
    WHERE active_plans.version <> excluded.version"""

DEACTIVATE = "DELETE FROM active_plans WHERE project = ? AND domain = ? AND name = ?"

ACTIVE = "SELECT version FROM active_plans WHERE project = ? AND domain = ? AND name = ?"

_ENTITIES = """
    SELECT e.kind, e.name, e.version, e.project, e.domain, e.description, e.digest, e.bundle,
           e.created, e.author, COALESCE(a.version, ''), e.serial
    FROM entities AS e
    LEFT JOIN active_plans AS a
        ON a.kind = e.kind AND a.project = e.project AND a.domain = e.domain AND a.name = e.name"""

ALL_ACTIVE = f"""{_ENTITIES}
    WHERE a.version = e.version AND e.kind = 'launch_plan'
    ORDER BY e.project, e.domain, e.name"""

_KEY = "e.kind = ? AND e.project = ? AND e.domain = ? AND e.name = ?"

ENTITY = f"{_ENTITIES} WHERE {_KEY} AND e.version = ?"

NEWEST = f"{_ENTITIES} WHERE {_KEY} AND e.newest = 1"

NAMES = """
    SELECT name FROM entities
    WHERE kind = ? AND project = ? AND domain = ? AND newest = 1 ORDER BY name LIMIT ?"""

VERSIONS = f"SELECT e.version FROM entities AS e WHERE {_KEY} ORDER BY e.serial DESC LIMIT ?"

DOMAINS_WITH = """
    SELECT domain FROM entities
    WHERE kind = ? AND project = ? AND name = ? AND newest = 1 ORDER BY domain"""

PROJECTS_WITH_BUNDLE = "SELECT DISTINCT project FROM entities WHERE bundle = ?"


class Position(msgspec.Struct, frozen=True, array_like=True):
    """Where a page of entities ended."""

    project: str
    domain: str
    name: str
    serial: int


class Known(msgspec.Struct, frozen=True):
    """What a version of an entity is: the digest of its spec, its bundle and its package."""

    digest: str
    bundle: str
    package: str


class Version(msgspec.Struct, frozen=True):
    """A version of an entity that is to be registered: the digest of its spec."""

    ref: Ref
    digest: str
    description: str


class NewVersions(msgspec.Struct, frozen=True):
    """What is registered together.

    Attributes:
        bundle: digest of `data`, which is its canonical form.
        package: digest of the code package; empty: there is none.
        activate: launch plans that become active.
        activate_new: those that do if they are new.
    """

    project: str
    domain: str
    version: str
    versions: Sequence[Version]
    bundle: str
    data: bytes
    package: str
    at: float
    by: str
    activate: Sequence[str] = ()
    activate_new: Sequence[str] = ()


class Added(msgspec.Struct, frozen=True):
    """What has become of them.

    Attributes:
        made: what is new.
        activated: launch plans of which this version is active now.
        taken: what has this version, with other content; then nothing was changed.
    """

    made: frozenset[Ref] = frozenset()
    activated: tuple[str, ...] = ()
    taken: dict[Ref, Known] = {}


Telling = Callable[[Added], Iterable[AuditLine]]
"""What the audit says of versions that were added."""


class Catalog(SqlBase):
    """See the module's text."""

    # -- projects -------------------------------------------------------------------------

    def projects(self) -> tuple[Project, ...]:
        """All of them, by id."""
        found: dict[str, Project] = {}
        for id, description, domain, created in self._all(PROJECTS):
            before = found[id].domains if id in found else ()
            found[id] = Project(id, description, (*before, domain), created)
        return tuple(found.values())

    def add_project(self, project: Project, *lines: AuditLine) -> bool:
        """Keep a new project. False: there is one of this id, and nothing was changed."""
        with self._database.write(_lock(project.id)) as cursor:
            cursor.execute(ADD_PROJECT, (project.id, project.description, project.created))
            if cursor.rowcount != 1:
                return False
            places = enumerate(project.domains)
            cursor.executemany(ADD_DOMAIN, [(project.id, name, place) for place, name in places])
            add_lines(cursor, lines)
        return True

    # -- packages -------------------------------------------------------------------------

    def add_package(self, digest: str, size: int, at: float, by: str) -> None:
        """Know that a package is stored; nothing happens when it is known."""
        with self._database.write() as cursor:
            cursor.execute(ADD_PACKAGE, (digest, size, at, by))

    def has_package(self, digest: str) -> bool:
        """Whether it is known that a package is stored."""
        return self._one(HAS_PACKAGE, digest) is not None

    # -- registering ----------------------------------------------------------------------

    def add(self, new: NewVersions, told: Telling = lambda _: ()) -> Added:
        """Keep versions of entities with their bundle: all of them, or nothing."""
        place = (new.project, new.domain)
        with self._database.write(_lock(new.project)) as cursor:
            known = _of_version(cursor, (*place, new.version))
            taken = {
                each.ref: known[each.ref]
                for each in new.versions
                if each.ref in known and not _is_same(each, new.package, known[each.ref])
            }
            if taken:
                return Added(taken=taken)
            made = [each for each in new.versions if each.ref not in known]
            if made:
                cursor.execute(sql.PUT_BUNDLE, (new.bundle, new.data))
                keys = [(each.ref.kind, *place, each.ref.name) for each in made]
                cursor.executemany(NO_LONGER_NEWEST, keys)
                cursor.executemany(ADD_ENTITY, [_row(each, new) for each in made])
            refs = frozenset(each.ref for each in made)
            by_themselves = [name for name in new.activate_new if Ref("launch_plan", name) in refs]
            activated = tuple(dict.fromkeys([*new.activate, *by_themselves]))
            cursor.executemany(ACTIVATE, [(*place, name, new.version) for name in activated])
            added = Added(refs, activated)
            add_lines(cursor, told(added))
        return added

    def activate(self, key: EntityKey, *lines: AuditLine) -> bool:
        """Make a version that exists the active one. False: it was; the lines are kept as well."""
        with self._database.write(_lock(key.project)) as cursor:
            cursor.execute(ACTIVATE, (key.project, key.domain, key.name, key.version))
            changed = cursor.rowcount == 1
            add_lines(cursor, lines)
        return changed

    def deactivate(self, key: EntityKey, *lines: AuditLine) -> bool:
        """Have no version active any more. False: none was, and nothing was changed."""
        with self._database.write(_lock(key.project)) as cursor:
            cursor.execute(DEACTIVATE, (key.project, key.domain, key.name))
            if cursor.rowcount != 1:
                return False
            add_lines(cursor, lines)
        return True

    # -- reading --------------------------------------------------------------------------

    def find(self, key: EntityKey) -> EntitySummary | None:
        """A version of an entity; for a key without a version see `EntityKey`."""
        version = key.version or self._active(key)
        named = (key.kind, key.project, key.domain, key.name)
        row = self._one(ENTITY, *named, version) if version else self._one(NEWEST, *named)
        return None if row is None else _summary(row)

    def newest(self, key: EntityKey) -> EntitySummary | None:
        """The newest version of an entity, active or not."""
        row = self._one(NEWEST, key.kind, key.project, key.domain, key.name)
        return None if row is None else _summary(row)

    def _active(self, key: EntityKey) -> str:
        if key.kind != "launch_plan":
            return ""
        row = self._one(ACTIVE, key.project, key.domain, key.name)
        return row[0] if row else ""

    def active(self) -> tuple[EntitySummary, ...]:
        """All active launch plans, by project, domain and name."""
        return tuple(map(_summary, self._all(ALL_ACTIVE)))

    def page(
        self,
        kind: EntityKind,
        where: EntityFilter,
        limit: int,
        after: Position | None = None,
        within: Collection[str] | None = None,
    ) -> list[tuple[EntitySummary, Position]]:
        """A part of the list of entities: by project, domain and name; versions newest first.

        Args:
            kind: of the entities.
            where: which of them.
            limit: so many at most.
            after: they come after this one.
            within: only in these projects; None: in all.
        """
        conditions = list(_conditions(kind, where, after, within))
        values = [value for _, given in conditions for value in given]
        statement = " AND ".join(condition for condition, _ in conditions)
        order = "e.project, e.domain, e.name, e.serial DESC"
        found = self._all(f"{_ENTITIES} WHERE {statement} ORDER BY {order} LIMIT ?", *values, limit)
        return [(_summary(row), Position(row[3], row[4], row[1], row[-1])) for row in found]

    def names(self, key: EntityKey, limit: int = 1000) -> list[str]:
        """Names of entities of the same kind, project and domain."""
        return [name for (name,) in self._all(NAMES, key.kind, key.project, key.domain, limit)]

    def versions(self, key: EntityKey, limit: int = 1000) -> list[str]:
        """Versions of an entity, newest first."""
        named = (key.kind, key.project, key.domain, key.name)
        return [version for (version,) in self._all(VERSIONS, *named, limit)]

    def domains_with(self, key: EntityKey) -> list[str]:
        """The domains of the project that have an entity of this kind and name."""
        return [name for (name,) in self._all(DOMAINS_WITH, key.kind, key.project, key.name)]

    def projects_with(self, bundle: str) -> set[str]:
        """The projects in which something of a bundle is registered."""
        return {project for (project,) in self._all(PROJECTS_WITH_BUNDLE, bundle)}


def _lock(project: str) -> str:
    """The name, for `Database.write`, of what is registered in a project."""
    return f"catalog {project}"


def _of_version(cursor: Cursor, version: tuple[str, str, str]) -> dict[Ref, Known]:
    cursor.execute(OF_VERSION, version)
    return {
        Ref(kind, name): Known(digest, bundle, package or "")
        for kind, name, digest, package, bundle in cursor.fetchall()
    }


def _is_same(version: Version, package: str, known: Known) -> bool:
    """Whether it is what is there: the same spec, on the same code."""
    return version.digest == known.digest and package == known.package


def _row(version: Version, new: NewVersions) -> tuple[object, ...]:
    return (
        version.ref.kind,
        new.project,
        new.domain,
        version.ref.name,
        new.version,
        version.digest,
        new.bundle,
        new.package or None,
        version.description,
        new.at,
        new.by,
    )


def _conditions(
    kind: EntityKind,
    where: EntityFilter,
    after: Position | None,
    within: Collection[str] | None,
) -> Iterable[tuple[str, list[Any]]]:
    """Conditions with their values, so that each page is read off an index."""
    yield "e.kind = ?", [kind]
    for column in ("project", "domain", "name"):
        if value := getattr(where, column):
            yield f"e.{column} = ?", [value]
    if within is not None:
        yield f"e.project IN ({', '.join('?' * len(within))})", sorted(within)
    if not where.versions:
        yield "e.newest = 1", []
    if where.search:
        yield "lower(e.name) LIKE ? ESCAPE '!'", [f"%{_literal(where.search.lower())}%"]
    if after is None:
        return
    if where.project and where.domain and where.name:
        yield "e.serial < ?", [after.serial]
    else:
        key = [after.project, after.domain, after.name]
        yield "(e.project, e.domain, e.name) >= (?, ?, ?)", key
        yield (
            "((e.project, e.domain, e.name) > (?, ?, ?) OR e.serial < ?)",
            [*key, after.serial],
        )


def _literal(text: str) -> str:
    """Text in which LIKE finds no wildcards."""
    for special in "!%_":
        text = text.replace(special, f"!{special}")
    return text


def _summary(row: Any) -> EntitySummary:
    kind, name, version, project, domain, *rest, active, _ = row
    return EntitySummary(
        EntityKey(kind, name, version, project, domain),
        *rest,
        active=active == version,
        active_version=active,
    )
