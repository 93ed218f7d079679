"""Tokens, and the audit: who may do what, and who has done what."""

# ruff: noqa: S608, whatever is put into a statement here is a constant of this file

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import msgspec

from volery.store.database import Cursor
from volery.store.sql_base import SqlBase
from volery.wire.access import AuditLine, Token

_COLUMNS = "name, role, projects, created, expires, revoked, used"

ADD = """
    INSERT INTO tokens (digest, name, role, projects, created, expires)
    VALUES (?, ?, ?, ?, ?, ?)
    ON CONFLICT DO NOTHING"""

ALL = f"SELECT {_COLUMNS} FROM tokens ORDER BY name"

NAMED = f"SELECT {_COLUMNS} FROM tokens WHERE name = ?"

OF_DIGEST = f"SELECT {_COLUMNS} FROM tokens WHERE digest = ?"

REVOKE = "UPDATE tokens SET revoked = ? WHERE name = ? AND revoked IS NULL"

USE = "UPDATE tokens SET used = ? WHERE name = ? AND (used IS NULL OR used < ?)"

ADD_LINE = """
    INSERT INTO audit (at, who, what, subject, project, detail) VALUES (?, ?, ?, ?, ?, ?)"""

LINES = """
    SELECT seq, at, who, what, subject, project, detail FROM audit
    WHERE seq < ? ORDER BY seq DESC LIMIT ?"""

NEWEST = 2**63 - 1
"""Above the `seq` of every line."""


class Tokens(SqlBase):
    """Tokens by name, and by the digest of their secret."""

    def add(self, digest: str, token: Token) -> bool:
        """Keep a new token. False: there is one of this name."""
        projects = None if token.projects is None else _json(token.projects)
        row = (digest, token.name, token.role, projects, token.created, token.expires)
        with self._database.write() as cursor:
            cursor.execute(ADD, row)
            return cursor.rowcount == 1

    def all(self) -> tuple[Token, ...]:
        """Every token that was ever made, by name."""
        return tuple(map(_token, self._all(ALL)))

    def named(self, name: str) -> Token | None:
        row = self._one(NAMED, name)
        return None if row is None else _token(row)

    def of_digest(self, digest: str) -> Token | None:
        """The token of a secret."""
        row = self._one(OF_DIGEST, digest)
        return None if row is None else _token(row)

    def revoke(self, name: str, at: float) -> Token:
        """Revoke a token that there is, unless it is revoked already; returns it."""
        with self._database.write() as cursor:
            cursor.execute(REVOKE, (at, name))
            cursor.execute(NAMED, (name,))
            return _token(cursor.fetchone())

    def use(self, name: str, at: float) -> None:
        """It was used at this time, or later."""
        with self._database.write(lasting=False) as cursor:
            cursor.execute(USE, (at, name, at))


class AuditTable(SqlBase):
    """The audit: lines that are only ever added."""

    def add(self, line: AuditLine) -> None:
        """Add a line; its `seq` is given here."""
        with self._database.write() as cursor:
            add_lines(cursor, [line])

    def lines(self, before: int, limit: int) -> tuple[AuditLine, ...]:
        """Lines with a lower `seq`, newest first."""
        return tuple(AuditLine(*row) for row in self._all(LINES, before, limit))


def add_lines(cursor: Cursor, lines: Iterable[AuditLine]) -> None:
    """Add lines to the audit, within a transaction; each gets its `seq`."""
    rows = ((line.at, line.who, line.what, line.on, line.project, line.detail) for line in lines)
    cursor.executemany(ADD_LINE, rows)


def _json(projects: tuple[str, ...]) -> str:
    return msgspec.json.encode(projects).decode()


def _token(row: Any) -> Token:
    name, role, projects, *times = row
    within = None if projects is None else msgspec.json.decode(projects, type=tuple[str, ...])
    return Token(name, role, within, *times)
