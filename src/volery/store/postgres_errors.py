"""What people are told when PostgreSQL refuses something. No message has a password in it."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager

from psycopg import Error, IntegrityError, ProgrammingError
from psycopg.conninfo import conninfo_to_dict

from volery.errors import StoreError
from volery.store.moves import IllegalMove

PATIENCE = 60.0
"""Seconds that a transaction waits for another process's; ours last milliseconds."""

_LOOK = "see whether the server runs, and what it reports"

_PROBLEMS = {
    "": ("lost the connection; whether it has kept the last change is not known", _LOOK),
    "25": ("is for reading only", "name the server that may be written to"),
    "42": ("does not allow it, or is not as Volery made it", "ask whoever runs the server"),
    "53": ("has no more room or connections", _LOOK),
    "55": (
        f"was held by another process for more than {PATIENCE:.0f} s",
        "see which process that is, and whether it is stopped",
    ),
    "57": ("was shut down, and has undone the last change", _LOOK),
}
"""What people are told, by class of SQLSTATE: after the name of the database, and as the hint."""


def named(url: str) -> str:
    """A database as messages name it. Raises StoreError where this is no URL of one."""
    try:
        parts = conninfo_to_dict(url)
    except ProgrammingError:
        parts = {}
    if not parts or not url.startswith(("postgresql://", "postgres://")):
        raise StoreError(
            "this is no URL of a PostgreSQL database",  # it may hold a password, and is not shown
            hint="it looks like postgresql://user:password@host:5432/database",
        )
    user = f"{parts['user']}@" if "user" in parts else ""
    port = f":{parts['port']}" if "port" in parts else ""
    return f"postgresql://{user}{parts.get('host', '')}{port}/{parts.get('dbname', '')}"


@contextmanager
def explained(name: str) -> Generator[None]:
    """The one place where errors of PostgreSQL become ours."""
    try:
        yield
    except IntegrityError as error:
        raise IllegalMove(f"{name}: a rule of the schema was broken: {error}") from error
    except Error as error:
        problem, hint = _PROBLEMS.get((error.sqlstate or "")[:2], ("cannot be used", None))
        raise StoreError(f"{name} {problem} ({error})", hint=hint) from error


def unreachable(name: str, error: Error) -> StoreError:
    """The error for a database that could not be connected to."""
    return StoreError(
        f"{name} cannot be connected to ({error})",
        hint="see whether the server runs, and whether the URL names its host, a user with the"
        " right password, and a database that exists",
    )
