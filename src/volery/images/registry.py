"""Whether an image is in a registry: one request for its manifest, and one for a token if need be.

https://distribution.github.io/distribution/spec/api
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any, Final
from urllib.parse import urlencode, urlsplit

import msgspec
import urllib3

from volery.errors import Unavailable

_ACCEPT: Final = ", ".join(
    f"application/vnd.{kind}+json"
    for kind in (
        "oci.image.manifest.v1",
        "oci.image.index.v1",
        "docker.distribution.manifest.v2",
        "docker.distribution.manifest.list.v2",
    )
)
_TIMEOUT: Final = urllib3.Timeout(connect=5.0, read=20.0)
_PARAMETER: Final = re.compile(r'(\w+)="([^"]*)"')
_HERE: Final = ("localhost", "127.0.0.1", "[::1]", "::1")


def is_pushed(reference: str) -> bool:
    """Whether a registry has an image.

    Args:
        reference: with the registry's host before the first slash.

    Raises:
        Unavailable: the registry is not reached, or does not say.
    """
    host, _, rest = reference.partition("/")
    name, _, tag = rest.rpartition(":")
    scheme = "http" if urlsplit(f"//{host}").hostname in _HERE else "https"
    url = f"{scheme}://{host}/v2/{name}/manifests/{tag}"
    pool = urllib3.PoolManager(timeout=_TIMEOUT, retries=False)
    try:
        status, challenge = _head(pool, url, {})
        if status == HTTPStatus.UNAUTHORIZED:
            status, _ = _head(pool, url, _authorized(pool, challenge, host))
    except urllib3.exceptions.HTTPError as error:
        raise Unavailable(f"the registry {host} is not reached: {error}") from None
    finally:
        pool.clear()
    if status in (HTTPStatus.OK, HTTPStatus.NOT_FOUND):
        return status == HTTPStatus.OK
    raise Unavailable(
        f"the registry {host} does not say whether it has {rest}: it answers {status}",
        hint=f"docker login {host}",
    )


def _head(pool: Any, url: str, headers: Mapping[str, str]) -> tuple[int, str]:
    response = pool.request("HEAD", url, headers={"accept": _ACCEPT, **headers})
    return response.status, response.headers.get("www-authenticate", "")


def _authorized(pool: Any, challenge: str, host: str) -> dict[str, str]:
    """The header that a registry asks for; empty: nobody has logged in there."""
    known = _login(host)
    if not challenge.lower().startswith("bearer"):
        return known
    asked: dict[str, str] = dict(_PARAMETER.findall(challenge))
    realm: str = asked.pop("realm", "")
    parts = urlsplit(realm)
    if parts.scheme != "https" and parts.hostname not in _HERE:
        return {}  # passwords go nowhere in the clear
    response = pool.request("GET", f"{realm}?{urlencode(asked)}", headers=known)
    try:
        found = msgspec.json.decode(response.data, type=dict[str, Any])
    except msgspec.MsgspecError:
        return {}
    token = found.get("token") or found.get("access_token")
    return {"authorization": f"Bearer {token}"} if token else {}


def _login(host: str) -> dict[str, str]:
    """What ``docker login`` has left for a registry."""
    try:
        from docker import auth  # it takes 0.3 s to load
    except ImportError:
        return {}
    library: Any = auth
    found = library.load_config().resolve_authconfig(host)
    if not found or not found.get("username"):
        return {}
    user, password = found["username"], found.get("password") or ""
    return dict(urllib3.make_headers(basic_auth=f"{user}:{password}"))
