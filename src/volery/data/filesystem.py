"""File systems of the library fsspec, for other libraries, over our object stores and settings.

fs = filesystem("s3://bucket")
with fs.open("s3://bucket/name") as file: ...
"""

from __future__ import annotations

import atexit
from functools import cache
from typing import TYPE_CHECKING, Any

from volery.data.places import parts_of
from volery.data.stores import configured, store_of
from volery.errors import ConfigError

if TYPE_CHECKING:
    from obstore.store import ObjectStore


def filesystem(url: str = "file:///") -> Any:
    """The file system of a URL, an `AbstractFileSystem`; it reaches all of the same scheme.

    Args:
        url: of anything in it, such as what `Storage.uri` gives.

    Raises:
        ConfigError: of a URL or an option that cannot be used, or when fsspec is missing.
    """
    scheme, bucket, _ = parts_of(url)
    store_of(scheme, bucket, configured(scheme, bucket))  # says what is wrong with it here
    try:
        from obstore import fsspec
    except ModuleNotFoundError:
        raise ConfigError("fsspec is not installed", hint="pip install fsspec") from None
    _end_with_process()
    base: Any = fsspec.FsspecStore  # fsspec has no types

    class Files(base):
        """A file system whose object stores are ours."""

        def _construct_store(self, bucket: str) -> ObjectStore:
            return store_of(scheme, bucket, configured(scheme, bucket))

    return Files(scheme, skip_instance_cache=True)


@cache
def _end_with_process() -> None:
    """Have fsspec's thread end before the interpreter does.

    It is a daemon: if it comes back from a native call while the interpreter goes down, the whole
    process aborts.
    """
    atexit.register(_end_thread)


def _end_thread() -> None:
    from importlib import import_module

    library: Any = import_module("fsspec.asyn")
    loop, thread = library.loop[0], library.iothread[0]
    if loop is not None and thread is not None and thread.is_alive():
        loop.call_soon_threadsafe(loop.stop)
        thread.join(timeout=1.0)
