"""Settings: from the command line, then ``VOLERY_*`` variables, then a file, then defaults.

The file is the nearest ``volery.toml``, or ``pyproject.toml`` with a table ``[tool.volery]``, in
the working folder or above it.
"""

from __future__ import annotations

import math
import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Annotated, Any

import msgspec

from volery.durations import read_duration
from volery.errors import ConfigError, suggest


class Smtp(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The mail server that notifications go through.

    Attributes:
        user: whoever sends there; empty: the server asks nobody.
        password_secret: the secret that holds the password, as ``group/key`` or ``key``.
        sender: the address that mails come from.
        starttls: the connection is encrypted before anything is said.
    """

    host: str
    port: Annotated[int, msgspec.Meta(ge=1, le=65535)] = 25
    user: str = ""
    password_secret: str = ""
    sender: str = "volery@localhost"
    starttls: bool = False


class Settings(msgspec.Struct, frozen=True):
    """What a person can set once for all commands.

    Attributes:
        home: folder of the embedded database.
        storage: URL of where large values and files are kept; empty: none is chosen, and the home
            has them (see `Home.storage`).
        storage_options: of object stores, such as ``endpoint``, by scheme (``s3``) or by bucket
            (``s3://bucket``). They may be secret: they are shown nowhere.
        database: URL of a PostgreSQL database that takes the place of the home's.
        server: URL of a Volery server that is asked in place of the home; empty: none.
        token: says to the server who asks; it is shown nowhere.
        public_url: where people reach this server, for links; empty: nobody knows.
        patience: seconds for which a server that is not reached is asked again.
        secrets_folder: where secrets are files, ``group/key``; None: `services.secrets` has one.
        smtp: the mail server for notifications; None: there is none.
        retain: seconds after their end at which a server removes executions; None: it never does.
        webhook_secret: the secret that webhooks are signed with, as ``group/key``; empty: none.
        project, domain: where executions belong that do not say.
        executor: name of the one that carries out attempts that name none themselves.
        executors: names of those that engines here have, that one among them; empty: all.
        docker, kubernetes: how these executors work; see their documentation.
        workers: number of worker processes; None: one for each CPU.
        dynamic_depth: dynamic and eager tasks may lie in each other so deep.
        dynamic_nodes: so many nodes may be in the graph that a dynamic task emits.
    """

    home: Path = Path("~/.volery")
    storage: str = ""
    database: str = ""
    storage_options: dict[str, dict[str, str]] = {}
    server: str = ""
    token: str = ""
    public_url: str = ""
    patience: float = 30.0
    secrets_folder: Path | None = None
    smtp: Smtp | None = None
    webhook_secret: str = ""
    retain: float | None = None
    project: str = "default"
    domain: str = "development"
    executor: str = "process"
    executors: tuple[str, ...] = ()
    docker: dict[str, Any] = {}
    kubernetes: dict[str, Any] = {}
    workers: int | None = None
    dynamic_depth: int = 100
    dynamic_nodes: int = 100_000

    def __repr__(self) -> str:
        shown = [
            f"{name}={'...' if name in _SECRET and value else repr(value)}"
            for name, value in msgspec.structs.asdict(self).items()
        ]
        return f"Settings({', '.join(shown)})"


def settings(
    given: Mapping[str, Any] | None = None,
    *,
    folder: Path | None = None,
    environ: Mapping[str, str] | None = None,
) -> Settings:
    """The settings that hold here.

    Args:
        given: from the command line; None stands for an option that was not given.
        folder: where the search for a file begins; None: the working folder.
        environ: the variables; None: this process's.

    Raises:
        ConfigError: a file or a value cannot be used; says which, and its key.
    """
    merged = {
        **_from_file(folder or Path.cwd()),
        **_from_environment(os.environ if environ is None else environ),
        **{
            key: _read(key, value, f"--{key.replace('_', '-')}")
            for key, value in (given or {}).items()
            if value is not None
        },
    }
    chosen = Settings(**merged)
    return msgspec.structs.replace(chosen, home=chosen.home.expanduser().absolute())


def _text(value: Any) -> str:
    if not isinstance(value, str) or not value:
        raise ValueError("a text")
    return value


def _path(value: Any) -> Path:
    return Path(_text(value)).expanduser()


def _database(value: Any) -> str:
    text = _text(value)
    if not text.startswith(("postgresql://", "postgres://")):
        raise ValueError("the URL of a PostgreSQL database (postgresql://user@host/name)")
    return text


def _period(value: Any) -> float:
    try:
        seconds = read_duration(_text(value)) / 1_000_000
    except ValueError:
        seconds = 0.0
    if seconds <= 0:
        raise ValueError("a duration, such as 12h or 30d")
    return seconds


def _server(value: Any) -> str:
    text = _text(value)
    if not is_server(text):
        raise ValueError("the URL of a server (https://host:port), without user and password")
    return text.rstrip("/")


def is_server(url: str) -> bool:
    """Whether a text may be the URL of a server."""
    from urllib.parse import urlsplit  # who has no server does not need it

    try:
        parts = urlsplit(url)
        return bool(
            parts.scheme in ("http", "https")
            and parts.hostname
            and parts.port != 0  # `port` raises for what is none
            and not (parts.username or parts.password or parts.query or parts.fragment)
        )
    except ValueError:
        return False


def _token(value: Any) -> str:
    text = _text(value)
    if not text.isascii() or not text.isprintable() or " " in text:
        raise ValueError("a token as volery tokens create gives it")
    return text


def _seconds(value: Any) -> float:
    try:
        seconds = float(value) if isinstance(value, (int, float, str)) else -1.0
    except ValueError:
        seconds = -1.0
    if not 0 <= seconds < math.inf:
        raise ValueError("seconds, 0 or more")
    return seconds


def _smtp(value: Any) -> Smtp:
    try:
        given = msgspec.json.decode(value) if isinstance(value, str) else value
        return msgspec.convert(given, Smtp)
    except msgspec.MsgspecError as error:
        keys = ", ".join(Smtp.__struct_fields__)
        raise ValueError(f"a table of {keys} ({error})") from None


def _names(value: Any) -> tuple[str, ...]:
    given = value.split(",") if isinstance(value, str) else value
    try:
        names = tuple(name.strip() for name in given)
    except (AttributeError, TypeError):
        names = ()
    if not all(names) or not names:
        raise ValueError("a list of names")
    return names


def _table(value: Any) -> dict[str, Any]:
    try:
        given = msgspec.json.decode(value) if isinstance(value, str) else value
        return msgspec.convert(given, dict[str, Any])
    except msgspec.MsgspecError:
        raise ValueError("a table (as a variable: JSON)") from None


def _positive(value: Any) -> int:
    try:
        number = int(value) if isinstance(value, (int, str)) else 0
    except ValueError:
        number = 0
    if number < 1 or isinstance(value, bool):
        raise ValueError("a whole number from 1 up")
    return number


def _url(value: Any) -> str:
    text = _text(value)
    return text if "://" in text else Path(text).expanduser().absolute().as_uri()


def _options(value: Any) -> dict[str, dict[str, str]]:
    try:
        given = msgspec.json.decode(value) if isinstance(value, str) else value
        return msgspec.convert(
            {
                place: {key: _option(option) for key, option in table.items()}
                for place, table in given.items()
            },
            dict[str, dict[str, str]],
        )
    except (AttributeError, msgspec.MsgspecError):
        raise ValueError("a table of options for each scheme or bucket") from None


def _option(value: Any) -> Any:
    """Options are texts; a file may write them as what they mean."""
    if isinstance(value, bool):
        return str(value).lower()
    return str(value) if isinstance(value, (int, float)) else value


_SECRET = frozenset({"database", "docker", "kubernetes", "storage_options", "token"})
"""Settings whose values are shown nowhere."""

_READERS: dict[str, Callable[[Any], Any]] = {
    "home": _path,
    "storage": _url,
    "database": _database,
    "storage_options": _options,
    "server": _server,
    "token": _token,
    "public_url": _server,
    "patience": _seconds,
    "secrets_folder": _path,
    "smtp": _smtp,
    "webhook_secret": _text,
    "retain": _period,
    "project": _text,
    "domain": _text,
    "executor": _text,
    "executors": _names,
    "docker": _table,
    "kubernetes": _table,
    "workers": _positive,
    "dynamic_depth": _positive,
    "dynamic_nodes": _positive,
}


def _read(key: str, value: Any, where: str) -> Any:
    try:
        return _READERS[key](value)
    except ValueError as error:
        hidden = key in _SECRET or "@" in str(value)  # a URL may have a password
        got = "what may be secret" if hidden else repr(value)
        raise ConfigError(f"{where}: expected {error}, got {got}") from None


def _from_environment(environ: Mapping[str, str]) -> dict[str, Any]:
    names = {key: f"VOLERY_{key.upper()}" for key in _READERS}
    return {
        key: _read(key, environ[name], f"the variable {name}")
        for key, name in names.items()
        if environ.get(name)
    }


def _from_file(folder: Path) -> dict[str, Any]:
    file, table = _nearest(folder.absolute())
    found: dict[str, Any] = {}
    for key, value in table.items():
        if key not in _READERS:
            raise ConfigError(f"{file}: no setting is named {key!r}", hint=suggest(key, _READERS))
        found[key] = _read(key, _from(file.parent, key, value), f"{file}: {key}")
    return found


def _from(folder: Path, key: str, value: Any) -> Any:
    """A path in a file is meant from where the file is."""
    is_path = (
        key in ("home", "storage", "secrets_folder")
        and isinstance(value, str)
        and "://" not in value
    )
    return str(folder / Path(value).expanduser()) if is_path and value else value


def _nearest(folder: Path) -> tuple[Path, dict[str, Any]]:
    for place in (folder, *folder.parents):
        file = place / "volery.toml"
        if file.is_file():
            return file, _toml(file)
        file = place / "pyproject.toml"
        if file.is_file() and b"tool.volery" in _bytes(file):
            return file, _toml(file).get("tool", {}).get("volery", {})
    return folder, {}


def _toml(file: Path) -> dict[str, Any]:
    import tomllib

    try:
        return tomllib.loads(_bytes(file).decode())
    except ValueError as error:
        raise ConfigError(f"{file}: this is not TOML: {error}") from None


def _bytes(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise ConfigError(f"{file}: cannot be read: {error.strerror}") from None
