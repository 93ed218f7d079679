"""How our tables are made in a PostgreSQL database, and brought up to date."""

from __future__ import annotations

from volery.errors import StoreError
from volery.store import migrations
from volery.store.postgres_connection import PostgresConnection

DIALECT = "postgres"

LOCKS = 0x566F6C79
"""The space of our advisory locks (the letters Voly): others may use the same database."""

OLDEST_SERVER = 15


def make_ready(connection: PostgresConnection, name: str) -> None:
    """Make our tables, or bring them up to date."""
    _check_server(connection, name)
    if schema_of(connection, name) == migrations.newest(DIALECT):
        return
    with connection.transaction():
        # Two at once would both make it.
        connection.execute("SELECT pg_advisory_xact_lock($1)", (LOCKS,))
        connection.execute("CREATE SCHEMA IF NOT EXISTS volery")
        for migration in migrations.after(schema_of(connection, name), DIALECT):
            take_step(connection, migration)


def take_step(connection: PostgresConnection, migration: migrations.Migration) -> None:
    """Bring a database one version further."""
    connection.execute(migration.script.encode())
    connection.execute("CREATE TABLE IF NOT EXISTS volery (version INTEGER NOT NULL)")
    connection.execute("DELETE FROM volery")
    connection.execute("INSERT INTO volery (version) VALUES ($1)", (migration.version,))


def _check_server(connection: PostgresConnection, name: str) -> None:
    info = connection.info
    if info.server_version < OLDEST_SERVER * 10_000:
        major, minor = divmod(info.server_version, 10_000)
        raise StoreError(
            f"{name} is kept by PostgreSQL {major}.{minor}; Volery needs {OLDEST_SERVER} or newer",
            hint="name a newer server",
        )
    encoding = info.parameter_status("server_encoding")
    if encoding != "UTF8":
        raise StoreError(
            f"{name} keeps text as {encoding}, in which some letters cannot be written",
            hint="make a database with: createdb --template template0 --encoding UTF8 NAME",
        )


def schema_of(connection: PostgresConnection, name: str) -> int:
    """The version of our tables, 0 where there are none."""
    marked, empty = connection.execute("""
        SELECT to_regclass('volery.volery') IS NOT NULL,
               NOT EXISTS (SELECT FROM pg_tables WHERE schemaname = 'volery')
        """).fetchall()[0]
    if not marked and not empty:
        raise StoreError(
            f"{name} has a schema named volery that is another program's",
            hint="name another database",
        )
    if not marked:
        return 0
    ((version,),) = connection.execute("SELECT version FROM volery").fetchall()
    if version > migrations.newest(DIALECT):
        raise StoreError(
            f"{name} has schema {version}; this Volery knows up to {migrations.newest(DIALECT)}",
            hint="a newer Volery has used it: upgrade this one (nothing was changed)",
        )
    return version
