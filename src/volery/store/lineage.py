"""Traces: where values were taken and made, read from the journal of each family."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Any, NamedTuple

import msgspec

from volery.ir.ref import Ref
from volery.store.sql_base import SqlBase
from volery.wire.entities import EntityKey

# Of families that go on, those of which nothing is new are passed over.
PENDING = """
    SELECT e.id, e.traced FROM executions AS e
    WHERE e.child = 0 AND e.traced >= 0
      AND (SELECT MAX(seq) FROM journal WHERE root = e.id) > e.traced
    ORDER BY e.serial LIMIT ?"""

TRACED = "SELECT traced FROM executions WHERE id = ?"

# Whoever comes second does nothing: the first has written the same.
GO_ON = "UPDATE executions SET traced = ? WHERE id = ? AND traced = ?"

ADD_USE = """
    INSERT INTO uses (
        execution, path, made, name, digest, telling, at, entity_kind, entity_name, reused, uri,
        preview, sources, type, size
    ) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
    ON CONFLICT DO NOTHING"""

ADD_CONTENT = "INSERT INTO contents (bytes, digest) VALUES (?, ?) ON CONFLICT DO NOTHING"

ADD_READER = """
    INSERT INTO readers (execution, path, reader_execution, reader_path) VALUES (?, ?, ?, ?)
    ON CONFLICT DO NOTHING"""

COLUMNS = """
    u.execution, u.path, u.made, u.name, u.digest, u.telling, u.at, u.entity_kind, u.entity_name,
    u.reused, u.uri, u.preview, u.sources, u.type, u.size, e.project, e.domain, e.version,
    e.bundle"""
"""What `kept` takes, of `uses` as u and `executions` as e."""

USES = f"""
    SELECT {COLUMNS}
    FROM uses AS u JOIN executions AS e ON e.id = u.execution"""  # noqa: S608 - of this file

AT = f"{USES} WHERE u.execution = ? AND u.path = ? AND u.made = ? ORDER BY u.name LIMIT ?"

BELOW = f"""{USES}
    WHERE u.execution = ? AND u.path >= ? AND u.path < ? AND u.made = ?
    ORDER BY u.path, u.name LIMIT ?"""

MADE_BEFORE = f"""{USES}
    WHERE u.digest = ? AND u.made = 1 AND u.at <= ? ORDER BY u.at DESC LIMIT ?"""

TAKEN_SINCE = f"""{USES}
    WHERE u.digest = ? AND u.made = 0 AND u.at >= ? AND u.sources = ? ORDER BY u.at LIMIT ?"""

OF_URI = f"{USES} WHERE u.uri = ? AND u.uri <> '' ORDER BY u.at DESC LIMIT ?"

_VALUES = "SELECT path, name, made, digest, at FROM uses"

VALUES_AT = f"{_VALUES} WHERE execution = ? AND path = ?"

VALUES_BELOW = f"{_VALUES} WHERE execution = ? AND path >= ? AND path < ? ORDER BY at"

DIGESTS = "SELECT digest FROM contents WHERE bytes = ?"

READERS = """
    SELECT reader_execution, reader_path FROM readers
    WHERE execution = ? AND path = ? ORDER BY reader_execution, reader_path LIMIT ?"""


class Source(msgspec.Struct, frozen=True, array_like=True, omit_defaults=True):
    """Where a value comes from.

    Attributes:
        path: of the node execution that has it.
        name: of its input or output; ``*``: any of them.
        made: it is an output there.
        execution: empty: the same one.
        below: it is at the children of `path`, and not there.
        until: it was there at this time; None: at any.
    """

    path: str
    name: str
    made: bool = True
    execution: str = ""
    below: bool = False
    until: float | None = None


PIECE = 5_000
"""So many uses are written at once."""

NONE = msgspec.msgpack.encode(())
"""No sources, as they are kept."""


class Kept(msgspec.Struct, frozen=True, kw_only=True):
    """A value at a node execution, as it is kept. See `wire.lineage.Use`.

    Attributes:
        entity: what has run there.
        telling: values that mean the same are the same, and not alike by chance.
        content: digest of the bytes, where `digest` is another.
        sources: what it comes from; none: from all that was taken there or, taken, from nobody.
        type: of the value, for people; empty: it was not written down.
        size: bytes of what is kept elsewhere, or is content.
        key: the entity, with what its execution is pinned to; only of what was found.
    """

    execution: str
    path: str
    made: bool
    name: str
    digest: str
    at: float
    entity: Ref | None = None
    telling: bool = False
    reused: bool = False
    uri: str = ""
    preview: str = ""
    content: str = ""
    sources: tuple[Source, ...] = ()
    type: str = ""
    size: int | None = None
    project: str = ""
    key: EntityKey | None = None


class Value(NamedTuple):
    """A value at a node execution, as far as it tells where others come from."""

    path: str
    name: str
    made: bool
    digest: str
    at: float


class Traces(SqlBase):
    """Keeps what was traced, and finds it."""

    # -- writing --------------------------------------------------------------------------

    def pending(self, limit: int) -> list[tuple[str, int]]:
        """Roots of families with lines that were not read, and the last that was; oldest first."""
        return [(root, seq) for root, seq in self._all(PENDING, limit)]

    def traced(self, root: str) -> int | None:
        """The last line of a family that was read, -1: of all; None: there is no such family."""
        row = self._one(TRACED, root)
        return None if row is None else row[0]

    def write(self, root: str, before: int, after: int, uses: Iterable[Kept]) -> bool:
        """Keep what some lines of a family have told.

        They may be very many, and are written piece by piece; with the last one it is noted that
        the lines were read.

        Args:
            root: the family.
            before: the last line that was read before.
            after: the last that was read now; -1: there will be no more.
            uses: what they have told.

        Returns:
            False: somebody else was first, and has written the same.
        """
        rest = iter(uses)
        piece = list(islice(rest, PIECE))
        while len(piece) == PIECE:
            if not self._write(root, before, before, piece):
                return False
            piece = list(islice(rest, PIECE))
        return self._write(root, before, after, piece)

    def _write(self, root: str, before: int, after: int, uses: Sequence[Kept]) -> bool:
        with self._database.write() as cursor:
            cursor.execute(GO_ON, (after, root, before))
            if cursor.rowcount != 1:
                return False
            cursor.executemany(ADD_USE, map(_row, uses))
            # In one order, so that no two wait for each other.
            contents = sorted({(use.content, use.digest) for use in uses if use.content})
            cursor.executemany(ADD_CONTENT, contents)
            cursor.executemany(ADD_READER, sorted(set(_readers(uses))))
        return True

    # -- finding --------------------------------------------------------------------------

    def at(self, execution: str, path: str, limit: int, *, made: bool) -> list[Kept]:
        """What a node execution has made, or taken."""
        return self._uses(AT, execution, path, int(made), limit)

    def below(self, execution: str, path: str, limit: int, *, made: bool) -> list[Kept]:
        """The same of all node executions below it, at any depth."""
        found: list[Kept] = []
        for first, end in (("/", "0"), ("[", "\\")):  # each is followed by the other in ASCII
            rest = limit - len(found)
            found += self._uses(BELOW, execution, path + first, path + end, int(made), rest)
        return found

    def values(self, execution: str, scope: str) -> list[Value]:
        """All at a scope and below it."""
        at, below = self._database.read(
            (VALUES_AT, (execution, scope)),
            (VALUES_BELOW, (execution, f"{scope}/", f"{scope}0")),  # what follows / in ASCII
        )
        rows = (*at, *below)
        return [Value(path, name, bool(made), *rest) for path, name, made, *rest in rows]

    def made_before(self, digest: str, at: float, limit: int) -> list[Kept]:
        """Where a value was made, the latest first."""
        return self._uses(MADE_BEFORE, digest, at, limit)

    def taken_since(self, digest: str, at: float, limit: int) -> list[Kept]:
        """Where a value was taken that comes from nobody who is known, the earliest first."""
        return self._uses(TAKEN_SINCE, digest, at, NONE, limit)

    def of_uri(self, uri: str, limit: int) -> list[Kept]:
        """Where content that others keep was taken or made, the latest first."""
        return self._uses(OF_URI, uri, limit)

    def digests(self, content: str) -> list[str]:
        """What values of this digest, or content whose bytes have it, are known by."""
        return [content, *(digest for (digest,) in self._all(DIGESTS, content))]

    def readers(self, execution: str, path: str, limit: int) -> list[tuple[str, str]]:
        """Node executions that have something that comes from this one."""
        return [(execution, path) for execution, path in self._all(READERS, execution, path, limit)]

    def _uses(self, statement: str, *values: object) -> list[Kept]:
        return list(map(kept, self._all(statement, *values)))


_sources = msgspec.msgpack.Decoder(tuple[Source, ...]).decode


def _row(use: Kept) -> tuple[Any, ...]:
    """The values of `ADD_USE`."""
    return (
        use.execution,
        use.path,
        int(use.made),
        use.name,
        use.digest,
        int(use.telling),
        use.at,
        use.entity and use.entity.kind,
        use.entity and use.entity.name,
        int(use.reused),
        use.uri,
        use.preview,
        msgspec.msgpack.encode(use.sources),
        use.type,
        use.size,
    )


def _readers(uses: Iterable[Kept]) -> Iterator[tuple[str, str, str, str]]:
    """The values of `ADD_READER`. Elements of maps are many, and known by their paths."""
    for use in uses:
        for source in use.sources:
            if not use.path.endswith("]"):
                yield source.execution or use.execution, source.path, use.execution, use.path


def kept(row: tuple[Any, ...]) -> Kept:
    """From the columns of `USES`."""
    execution, path, made, name, digest, telling, at, kind, entity, reused, *rest = row
    uri, preview, sources, type_, size, project, domain, version, bundle = rest
    key = None
    if kind is not None:
        key = EntityKey(kind, entity, version or bundle[:_SHORT], project, domain)
    return Kept(
        execution=execution,
        path=path,
        made=bool(made),
        name=name,
        digest=digest,
        at=at,
        entity=None if kind is None else Ref(kind, entity),
        telling=bool(telling),
        reused=bool(reused),
        uri=uri,
        preview=preview,
        sources=_sources(sources),
        type=type_,
        size=size,
        project=project,
        key=key,
    )


_SHORT = 12
"""Digits of its bundle that stand for the version of what is not registered."""
