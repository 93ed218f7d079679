"""``SQLTask``: a query, whose inputs are bound as parameters and never become its text."""

from __future__ import annotations

import re
from collections.abc import Generator, Mapping, Sequence
from contextlib import AbstractContextManager, closing, contextmanager
from typing import TYPE_CHECKING, Any, ClassVar, Final, Literal, Protocol, Unpack
from urllib.parse import urlsplit

from volery.errors import ConfigError, DefinitionError, suggest
from volery.kinds.kind import Declared, Kind
from volery.sdk.context import current_context
from volery.sdk.secret import Secret
from volery.sdk.setting import Setting
from volery.sdk.source import here, show
from volery.types.frames.classes import is_frame
from volery.types.structured_dataset import StructuredDataset

if TYPE_CHECKING:
    from volery.sdk.options import TaskOptions

RESULTS: Final = "results"
"""The name of the output."""

Style = Literal["named", "pyformat"]
"""How drivers mark parameters: ``:x``, or ``%(x)s``, where a per cent sign is written twice."""

_FIELD: Final = re.compile(r"\{\{\s*\.?\s*inputs\.(\w+)\s*\}\}")
_TOKEN: Final = re.compile(
    rf"{_FIELD.pattern}|'(?:[^']|'')*'|\"(?:[^\"]|\"\")*\"|--[^\n]*|/\*.*?\*/|[^'\"{{/-]+|.",
    re.DOTALL,
)


class Cursor(Protocol):
    """The part of a cursor of Python's database API that is used."""

    description: Sequence[Sequence[Any]] | None

    def fetchall(self) -> Sequence[Sequence[Any]]: ...


class Connection(Protocol):
    """The part of a connection of Python's database API that is used."""

    def cursor(self) -> Any: ...
    def commit(self) -> None: ...
    def close(self) -> None: ...


class Database(Protocol):
    """Where a query runs: `DBConfig`, `SQLite3Config`, or a class of one's own.

    Attributes:
        style: how its driver marks parameters.
        secrets: what it needs.
    """

    @property
    def style(self) -> Style: ...
    @property
    def secrets(self) -> Sequence[Secret]: ...

    def connect(self) -> AbstractContextManager[Connection]:
        """A connection of the attempt's own."""
        ...


class DBConfig(Setting, frozen=True):
    """A database by its URL: ``postgresql://user@host/name`` or ``sqlite:///path/of/file.db``.

    Args:
        url: without a password, which would stand in the code for everybody to see.
        secret: the password.

    Raises:
        DefinitionError: a value cannot be used.
    """

    url: str
    secret: Secret | None = None

    def __post_init__(self) -> None:
        place = f"DBConfig ({show(here())})"
        parts = urlsplit(str(self.url))
        if parts.scheme not in _STYLES:
            raise DefinitionError(
                f"{place}: url= begins with {' or '.join(f'{each}://' for each in _STYLES)}",
                hint="a class with connect(), style and secrets does for other databases",
            )
        if parts.password is not None:
            raise DefinitionError(
                f"{place}: url= has a password in it",
                hint='leave it out, and write secret=Secret("database", "password")',
            )
        if not isinstance(self.secret, Secret | None):  # pyright: ignore[reportUnnecessaryIsInstance]
            raise DefinitionError(f"{place}: secret= takes a Secret")

    @property
    def style(self) -> Style:
        return _STYLES[urlsplit(self.url).scheme]

    @property
    def secrets(self) -> Sequence[Secret]:
        return () if self.secret is None else (self.secret,)

    @contextmanager
    def connect(self) -> Generator[Connection]:
        parts = urlsplit(self.url)
        if parts.scheme == "sqlite":
            import sqlite3

            with closing(sqlite3.connect(parts.path.removeprefix("/"))) as connection:
                yield connection
            return
        try:
            import psycopg
        except ImportError:
            raise ConfigError(
                "PostgreSQL needs its driver, which is not there",
                hint="pip install 'volery[postgres]'",
            ) from None
        secret = self.secret
        password = secret and current_context().secrets.get(secret.group, secret.key)
        with psycopg.connect(self.url, password=password) as opened:
            yield opened


_STYLES: Final[dict[str, Style]] = {
    "postgresql": "pyformat",
    "postgres": "pyformat",
    "sqlite": "named",
}


class SQLTask(Kind):
    """A query. Its rows are a table, the output ``results``.

    ``{{ .inputs.x }}`` stands for an input. It is bound as a parameter of the statement: whatever
    its value is, it stays a value, so it stands without quotes, and never for a table or a column.

    Args:
        name: of the task.
        query_template: the statement.
        task_config: the database: a `DBConfig`, or an object like it (see `Database`).
        inputs: names and types: ``kwtypes(since=date)``.
        outputs: ``kwtypes(results=...)`` with `StructuredDataset` (the default) or a class of
            frames; ``{}``: the statement gives no rows.
        options: as those of ``@task``.

    Raises:
        DefinitionError: something cannot be used: an input that the query has not, or that is not
            declared, or stands in quotes.
    """

    carried: ClassVar[str] = "sql"

    def __init__(
        self,
        name: str,
        query_template: str,
        task_config: Database,
        *,
        inputs: Mapping[str, Any] | None = None,
        outputs: Mapping[str, Any] | None = None,
        **options: Unpack[TaskOptions],
    ) -> None:
        declared = Declared(type(self).__name__, name)
        declared.sign(inputs, {RESULTS: StructuredDataset} if outputs is None else outputs)
        _check_outputs(declared)
        self.database = _database(declared, task_config)
        self.query = _query(declared, query_template)
        self._statement = _statement(declared, self.query, self.database.style)
        asked = [*(options.get("secret_requests") or ()), *self.database.secrets]
        super().__init__(declared, {**options, "secret_requests": asked} if asked else options)

    @property
    def content(self) -> Mapping[str, object]:
        return {"query": self.query, "database": self.database}

    def execute(self, **inputs: Any) -> Any:
        with self.database.connect() as connection:
            cursor = connection.cursor()
            cursor.execute(self._statement, {name: _bound(each) for name, each in inputs.items()})
            results = self._results(cursor) if self.signature.outputs else None
            connection.commit()
        return results

    def _results(self, cursor: Cursor) -> Any:
        if cursor.description is None:
            raise DefinitionError(
                f"task {self.name}: the statement gives no rows", hint="declare outputs={}"
            )
        names = [str(column[0]) for column in cursor.description]
        if len(set(names)) < len(names):
            raise DefinitionError(
                f"task {self.name}: two columns have one name: {', '.join(names)}",
                hint='give one another name: SELECT a.id, b.id AS "other"',
            )
        dataset = StructuredDataset(dataframe=_table(names, cursor.fetchall()))
        annotation = self.signature.outputs[RESULTS].annotation
        return dataset.open(annotation).all() if is_frame(annotation) else dataset


def _table(names: Sequence[str], rows: Sequence[Sequence[Any]]) -> Any:
    try:
        from volery.types.frames.arrow import pa
    except ImportError:
        raise ConfigError(
            "tables need a package that is not there", hint="pip install 'volery[frames]'"
        ) from None
    columns = list(zip(*rows, strict=True)) or [()] * len(names)
    return pa.table({name: list(column) for name, column in zip(names, columns, strict=True)})


def _bound(value: Any) -> Any:
    """A value as drivers take it: a file by its path."""
    return str(value) if hasattr(value, "__fspath__") else value


def _check_outputs(declared: Declared) -> None:
    outputs = declared.signature.outputs
    if not outputs:
        return
    annotation = outputs[RESULTS].annotation if list(outputs) == [RESULTS] else None
    base = getattr(annotation, "__origin__", annotation)  # behind Annotated
    if not (base is StructuredDataset or is_frame(annotation)):
        raise declared.error(
            "outputs= of a query is one table called results, or nothing",
            "write outputs=kwtypes(results=StructuredDataset), or outputs={}",
        )


def _database(declared: Declared, given: object) -> Database:
    if isinstance(given, type) or not all(
        hasattr(given, each) for each in ("connect", "style", "secrets")
    ):
        raise declared.error(
            f"task_config= takes a database, got {given!r}",
            'write task_config=DBConfig("postgresql://ada@db.example.org/weather")',
        )
    database: Any = given
    return database


def _query(declared: Declared, given: object) -> str:
    if not isinstance(given, str) or not given.strip():
        raise declared.error(f"query_template= takes a statement, got {given!r}")
    return given


def _statement(declared: Declared, query: str, style: Style) -> str:
    """The query with marks for its parameters."""
    inputs = declared.signature.inputs
    used: set[str] = set()

    def written(token: re.Match[str]) -> str:
        text = token[0]
        if token[1] is None:
            inner = _FIELD.search(text)
            if inner is not None and not text.startswith(("--", "/*")):
                raise declared.error(
                    f"the query has {inner[0]} in quotes, where it would be a text like any other",
                    "take the quotes away: the value is bound",
                )
            return text.replace("%", "%%") if style == "pyformat" else text
        if token[1] not in inputs:
            raise declared.error(
                f"the query has {text}, and there is no input {token[1]}",
                suggest(token[1], inputs),
            )
        used.add(token[1])
        return f":{token[1]}" if style == "named" else f"%({token[1]})s"

    statement = _TOKEN.sub(written, query)
    for name in inputs:
        if name not in used:
            raise declared.error(
                f"the query does not use the input {name}", f"write {{{{ .inputs.{name} }}}} in it"
            )
    if not inputs and style == "pyformat":
        return query
    return statement
