"""Object stores: made of options, and kept.

Options are texts: those of the library obstore for the store (``endpoint``, ``region``,
``access_key_id``, ...), those of its HTTP client (`CLIENT`), and how often and how long to try
again (`RETRY`). They come from the setting ``storage_options``, by scheme or by bucket, and from
the variables that the tools of each cloud read (``AWS_...``, ``GOOGLE_...``, ``AZURE_...``).
"""

from __future__ import annotations

import os
import threading
from collections.abc import Mapping
from datetime import timedelta
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from volery.errors import ConfigError

if TYPE_CHECKING:
    from obstore.store import ObjectStore, RetryConfig

CLIENT: Final = frozenset(
    {
        "allow_http",
        "allow_invalid_certificates",
        "connect_timeout",
        "http1_only",
        "http2_only",
        "pool_idle_timeout",
        "pool_max_idle_per_host",
        "proxy_ca_certificate",
        "proxy_excludes",
        "proxy_url",
        "read_timeout",
        "root_certificate",
        "timeout",
        "user_agent",
    }
)
"""Options of the HTTP client, such as ``timeout = "60s"`` of one request."""

RETRY: Final = frozenset({"max_retries", "retry_timeout"})
"""How many times a request is tried again, and for how many seconds."""

_VARIABLES: Final = ("AWS_", "GOOGLE_", "AZURE_")

_Pairs: TypeAlias = tuple[tuple[str, str], ...]

_making = threading.Lock()


def store_of(scheme: str, bucket: str, options: Mapping[str, str]) -> ObjectStore:
    """The object store of a bucket; the same one each time, for it keeps connections.

    Raises ConfigError for options that it does not know or cannot use.
    """
    variables = tuple((k, v) for k, v in sorted(os.environ.items()) if k.startswith(_VARIABLES))
    with _making:
        return _store(scheme, bucket, tuple(sorted(options.items())), variables)


def configured(scheme: str, bucket: str) -> dict[str, str]:
    """The options that the settings give a bucket: those of its scheme, then its own."""
    if not bucket:  # this machine and this process have none
        return {}
    from volery.config import settings

    options = settings().storage_options
    return {**options.get(scheme, {}), **options.get(f"{scheme}://{bucket}", {})}


_NO_CERTIFICATES: Final = "No CA certificates were loaded"
"""What the library says, whether or not the address begins with https."""


@lru_cache(maxsize=64)
def _store(scheme: str, bucket: str, options: _Pairs, variables: _Pairs) -> ObjectStore:
    # The library reads the variables itself; they are here because with others it is another store.
    given = dict(options)
    retries = _retries(scheme, {key: given.pop(key) for key in RETRY & given.keys()})
    client = {key: given.pop(key) for key in CLIENT & given.keys()}
    endpoint = given.get("endpoint", dict(variables).get("AWS_ENDPOINT_URL", ""))
    if scheme == "http" or endpoint.startswith("http://"):  # who writes so has allowed it
        client.setdefault("allow_http", "true")
    # A request carries up to 8 MiB, many at a time: lines are slow, dead hosts are not waited for.
    client = {"timeout": "300s", "connect_timeout": "5s", **client}
    try:
        return _made(scheme, bucket, given, {"client_options": client, "retry_config": retries})
    except Exception as error:
        if not isinstance(error, ValueError) and not type(error).__module__.startswith("obstore"):
            raise
        if _NO_CERTIFICATES in str(error):
            raise ConfigError(
                f"{scheme}://{bucket}: this machine or image knows no certificate authorities",
                hint="install their certificates, as by apt-get install ca-certificates",
            ) from None
        reason = str(error).split("\n", 1)[0]
        raise ConfigError(
            f"{scheme}://{bucket}: {reason}",
            hint="check the setting `storage_options` and the variables of this object store",
        ) from None


def _made(scheme: str, bucket: str, own: dict[str, str], network: dict[str, Any]) -> ObjectStore:
    from obstore import store

    config: Any = own
    match scheme:
        case "s3":
            return store.S3Store(bucket, config=config, **network)
        case "gs":
            return store.GCSStore(bucket, config=config, **network)
        case "az" | "abfs" | "abfss" | "adl":
            container, _, host = bucket.partition("@")
            if host:
                config = {"account_name": host.partition(".")[0], **own}
            return store.AzureStore(container, config=config, **network)
        case _ if own:
            raise ValueError(f"no option is named {min(own)!r}")
        case "file":
            return store.LocalStore("/")
        case "memory":
            return store.MemoryStore()
        case _:
            return store.HTTPStore(f"{scheme}://{bucket}", **network)


def _retries(scheme: str, given: dict[str, str]) -> RetryConfig:
    try:
        return {
            "max_retries": int(given.get("max_retries", 10)),
            "retry_timeout": timedelta(seconds=float(given.get("retry_timeout", 60))),
            "backoff": {
                "init_backoff": timedelta(milliseconds=100),
                "max_backoff": timedelta(seconds=5),
                "base": 2,
            },
        }
    except (ValueError, OverflowError) as error:
        raise ConfigError(f"{scheme}: max_retries and retry_timeout are numbers: {error}") from None
