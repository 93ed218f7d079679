"""What a registry is told when an image is pulled: what ``docker login`` has left for it."""

from __future__ import annotations

from typing import Any


def credentials_for(image: str) -> str:
    """The header that an engine passes on to the registry of an image; empty: nobody has logged in.

    The official client reads the files of ``docker login`` and asks the programs that they name.
    Without it (``pip install 'volery[docker]'``) all registries are asked as nobody.
    """
    try:
        from docker import auth  # it takes 0.3 s to load
    except ImportError:
        return ""
    library: Any = auth
    registry, _ = library.resolve_repository_name(image)
    found = library.load_config().resolve_authconfig(registry)
    return library.encode_header(found).decode() if found else ""
