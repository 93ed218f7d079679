"""How a PostgreSQL database is reached."""

from __future__ import annotations

import select
from contextlib import ExitStack
from typing import Any

from psycopg import Connection, OperationalError, RawCursor
from psycopg.conninfo import conninfo_to_dict

from volery.store.postgres_errors import PATIENCE, named, unreachable

# Our tables are in a schema of their own, since others may use the same database.
#
# Without statistics, which a table has only some time after it has grown, the planner takes small
# tables for smaller than they soon are, and reads them whole; every statement of ours has an index.
# A process that is stopped in the midst of a transaction loses it, so that others need not wait.
_SESSION = f"""
    SET search_path TO volery;
    SET client_encoding TO 'UTF8';
    SET enable_seqscan TO off;
    SET plan_cache_mode TO force_generic_plan;
    SET jit TO off;
    SET lock_timeout TO '{PATIENCE:.0f}s';
    SET idle_in_transaction_session_timeout TO '{PATIENCE / 2:.0f}s'"""

_DEFAULTS = {
    "connect_timeout": 10,
    "fallback_application_name": "volery",
    "keepalives_idle": 30,  # a host that has vanished is noticed while nothing is asked of it
    "tcp_user_timeout": 30_000,  # and, in milliseconds, while something is
}

PostgresConnection = Connection[tuple[Any, ...]]


def connect(url: str) -> PostgresConnection:
    """A connection whose statements concern our tables.

    Raises:
        StoreError: there is no database, or it lets nobody in by this name.
    """
    options: dict[str, Any] = {**_DEFAULTS, **conninfo_to_dict(url)}
    try:
        connection = Connection.connect(**options, autocommit=True, cursor_factory=RawCursor)
    except OperationalError as error:
        raise unreachable(named(url), error) from error
    with ExitStack() as on_failure:
        on_failure.callback(connection.close)
        connection.execute(_SESSION.encode())
        on_failure.pop_all()
    return connection


def is_addressed(connection: PostgresConnection) -> bool:
    """Whether the server has said something that nobody has read yet.

    On a connection that waits for nothing this means that it hangs up, most likely.
    """
    poll = select.poll()
    poll.register(connection.fileno(), select.POLLIN)
    return bool(poll.poll(0))
