"""File systems of the library fsspec, for other libraries, over our object stores and settings.

fs = filesystem("s3://bucket")
with fs.open("s3://bucket/name") as file: ...

Everything happens in the thread that asks. What the library obstore offers for fsspec answers in
threads of its own, and a process that ends during one of those answers aborts.
"""

from __future__ import annotations

from typing import Any

from volery.data.places import parts_of
from volery.data.stores import configured, store_of
from volery.errors import ConfigError


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
        from volery.data.object_files import ObjectFiles
    except ModuleNotFoundError:
        raise ConfigError("fsspec is not installed", hint="pip install fsspec") from None
    return type("Files", (ObjectFiles,), {"protocol": scheme})()
