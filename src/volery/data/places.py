"""URIs: each names a place.

    file:///folder/name                              this machine
    memory://name                                    this process
    s3://bucket/name                                 S3 and what speaks its protocol
    gs://bucket/name                                 Google Cloud Storage
    az://container/name                              Azure; abfs, abfss and adl are the same
    abfss://container@account.dfs.core.windows.net/name
    https://host/name, http://host/name              for reading

Names in buckets stand as they are; in the others the usual escapes (``%20``) are understood.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple
from urllib.parse import unquote, urlsplit

from volery.errors import ConfigError, suggest

if TYPE_CHECKING:
    from volery.data.place import Place

AZURE: Final = ("az", "abfs", "abfss", "adl")

WEB: Final = ("http", "https")

SCHEMES: Final = ("file", "memory", "s3", "gs", *AZURE, *WEB)


_SIGNED: Final = re.compile(
    r"[?&](sig|signature|token|access_token|x-(amz|goog)-(signature|credential|security-token))=",
    re.IGNORECASE,
)
"""A query with which whoever has the URI gets what it names."""


class Parts(NamedTuple):
    """A URI taken apart.

    Attributes:
        scheme: one of `SCHEMES`.
        bucket: bucket, container or host (with a query if there is one); else empty.
        key: the rest, without a slash at either end.
    """

    scheme: str
    bucket: str
    key: str


def place_of(uri: str, options: Mapping[str, str] | None = None) -> Place:
    """The place that a URI names.

    Args:
        uri: see above.
        options: of the object store; None: those of the settings (see `data.stores`).

    Raises:
        ConfigError: the URI or an option cannot be used.
    """
    from volery.data.place import Place
    from volery.data.stores import configured, store_of

    scheme, bucket, key = parts_of(uri)
    if options is None:
        options = configured(scheme, bucket)
    return Place(store_of(scheme, bucket, options), key, uri)


def parts_of(uri: str) -> Parts:
    """A URI taken apart. Raises ConfigError when it is none, or of an unknown scheme."""
    scheme, separator, rest = uri.partition("://")
    if not separator:
        raise ConfigError(
            f"{uri!r} is no URI", hint="write it like file:///folder or s3://bucket/name"
        )
    match scheme:
        case "file":
            return Parts(scheme, "", str(_path(uri, rest)).strip("/"))
        case "memory":
            return Parts(scheme, "", unquote(rest).strip("/"))
        case "http" | "https":
            return _web(uri, scheme)
        case _ if scheme in SCHEMES:
            return _bucket(uri, scheme, rest)
        case _:
            raise ConfigError(
                f"{uri}: the scheme {scheme!r} is unknown", hint=suggest(scheme, SCHEMES)
            )


def is_uri(text: str) -> bool:
    """Whether a text is a URI of a scheme that we know, rather than a path."""
    return text.partition("://")[0] in SCHEMES and "://" in text


def path_of(uri: str) -> Path | None:
    """The path that a file URI names; None: it is of another scheme."""
    scheme, _, rest = uri.partition("://")
    return _path(uri, rest) if scheme == "file" else None


def _path(uri: str, rest: str) -> Path:
    path = Path(unquote(rest.removeprefix("localhost")))
    if not path.is_absolute():
        raise ConfigError(
            f"{uri}: a file URI has three slashes and the whole path", hint="file:///folder/name"
        )
    return path


def _bucket(uri: str, scheme: str, rest: str) -> Parts:
    bucket, _, key = rest.partition("/")
    if _SIGNED.search(rest):
        raise _credentials(scheme)
    if not bucket:
        raise ConfigError(f"{uri}: the name of the bucket is missing")
    if "@" in bucket and scheme not in AZURE:
        raise _credentials(scheme)
    return Parts(scheme, bucket, key.strip("/"))


def _web(uri: str, scheme: str) -> Parts:
    try:
        url = urlsplit(uri)
        host = url.hostname
    except ValueError as error:
        raise ConfigError(f"{uri}: {error}") from None
    if not host:
        raise ConfigError(f"{uri}: the name of the host is missing")
    if "@" in url.netloc or _SIGNED.search(f"?{url.query}"):
        raise _credentials(scheme)
    query = f"/?{url.query}" if url.query else ""
    return Parts(scheme, url.netloc + query, unquote(url.path).strip("/"))


def _credentials(scheme: str) -> ConfigError:
    return ConfigError(
        f"{scheme}://...: a URI carries no credentials, no signature and no token",
        hint="it stands in records: give them as variables or in the setting `storage_options`",
    )
