"""The web UI: files that were built into the package, and its page for any address that is none."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from functools import lru_cache
from hashlib import blake2b
from pathlib import Path
from typing import Any, NamedTuple

from anyio import to_thread

from volery.api.desk import header

App = Callable[[Any, Any, Any], Awaitable[None]]

BUILT = Path(__file__).with_name("ui")
"""Where the build puts them: see ui/ in the sources."""

ELSEWHERE = ("/api", "/healthz", "/readyz", "/metrics")
"""What is no page's address, nor what begins with one of these and ``/``."""

POLICY = "; ".join(  # noqa: FLY002 - a line for each
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self' 'unsafe-inline'",  # the component library writes its variables inline
        "img-src 'self' data: blob:",
        "font-src 'self'",
        "connect-src 'self'",
        "worker-src 'self'",
        "frame-src 'self'",  # decks with their scripts: see `DECK`
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
    )
)

DECK = "deck.html"
"""The file that shows decks whose scripts somebody has allowed to run."""

DECK_POLICY = "; ".join(  # noqa: FLY002 - a line for each
    (
        "sandbox allow-scripts",  # in an origin of its own
        "default-src 'none'",
        "script-src 'unsafe-inline' 'unsafe-eval'",
        "style-src 'unsafe-inline'",
        "img-src data: blob:",
        "font-src data:",
        "frame-ancestors 'self'",
    )
)
FRAMED = {"content-security-policy": DECK_POLICY, "x-frame-options": "SAMEORIGIN"}
NOTHING: Mapping[str, str] = {}

TYPES = {
    ".css": "text/css; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".svg": "image/svg+xml",
    ".woff2": "font/woff2",
}
ENCODINGS = {"br": ".br", "gzip": ".gz"}
"""What a file may have been compressed with, the best first, and how it is called then."""

FOR_EVER = "public, max-age=31536000, immutable"
ASK_AGAIN = "no-cache"

UNBUILT = b"""<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>Volery</title>
<h1>The web UI is not built</h1>
<p>This server runs from sources. <code>make ui</code> builds its pages, for which it needs Node.js
20 or newer; then load this page again. Installed packages have them.</p>
<p>The HTTP API is here all the same: <a href="/api/openapi.json">/api/openapi.json</a>.</p>
</html>
"""


class File(NamedTuple):
    """A file as it is sent."""

    content: bytes
    headers: tuple[tuple[bytes, bytes], ...]
    digest: str


def is_page(method: str, path: str) -> bool:
    """Whether a request is for a page or a file of the UI, which anybody may have."""
    if method not in {"GET", "HEAD"}:
        return False
    return not any(path == each or path.startswith(f"{each}/") for each in ELSEWHERE)


class Pages:
    """An ASGI application before the one with the routes.

    Args:
        app: is asked for whatever is no page.
        folder: with what was built.
    """

    def __init__(self, app: App, folder: Path = BUILT) -> None:
        self._app = app
        self._folder = folder

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "http" and is_page(scope["method"], scope["path"]):
            wants_page = scope["path"] == "/" or "text/html" in (header(scope, b"accept") or "")
            accepted = header(scope, b"accept-encoding") or ""
            file = await to_thread.run_sync(self._found, scope["path"], accepted, wants_page)
            if file:
                scope["path_template"] = "page"
                await _send(file, scope, send)
                return
        await self._app(scope, receive, send)

    def _found(self, path: str, accepted: str, wants_page: bool) -> File | None:  # noqa: FBT001
        index = self._folder / "index.html"
        try:
            built = index.stat().st_mtime_ns  # of another build, all is read anew
        except FileNotFoundError:
            return _file(UNBUILT, ".html", ASK_AGAIN) if wants_page else None
        files = _files(self._folder, built)
        name = path.removeprefix("/")
        if name not in files or name == "index.html":
            if not wants_page:
                return None
            name = "index.html"
        return _read(files, name, accepted, built)


def _read(files: Mapping[str, Path], name: str, accepted: str, built: int) -> File:
    coding = next(
        (word for word, end in ENCODINGS.items() if word in accepted and name + end in files), ""
    )
    return _whole(files[name], coding, built)


@lru_cache(maxsize=4)
def _files(folder: Path, built: int) -> dict[str, Path]:  # noqa: ARG001 - which build it is
    """Every file by its name: nothing else is ever opened."""
    files = (each for each in folder.rglob("*") if each.is_file())
    return {each.relative_to(folder).as_posix(): each for each in files}


@lru_cache(maxsize=1024)
def _whole(path: Path, coding: str, built: int) -> File:  # noqa: ARG001 - which build it is
    source = path.with_name(path.name + ENCODINGS[coding]) if coding else path
    lasts = FOR_EVER if path.parent.name == "assets" else ASK_AGAIN  # those have a digest in them
    more = FRAMED if path.name == DECK else {}
    return _file(source.read_bytes(), path.suffix, lasts, coding, more)


def _file(
    content: bytes, suffix: str, lasts: str, coding: str = "", more: Mapping[str, str] = NOTHING
) -> File:
    digest = f'"{blake2b(content, digest_size=16).hexdigest()}"'
    headers = {
        "content-type": TYPES.get(suffix, "application/octet-stream"),
        "content-security-policy": POLICY,
        "cache-control": lasts,
        "etag": digest,
        "vary": "accept-encoding, accept",
        **more,
    }
    if coding:
        headers["content-encoding"] = coding
    return File(
        content, tuple((key.encode(), value.encode()) for key, value in headers.items()), digest
    )


async def _send(file: File, scope: Any, send: Any) -> None:
    is_known = header(scope, b"if-none-match") == file.digest
    body = b"" if is_known else file.content
    length = () if is_known else ((b"content-length", str(len(body)).encode()),)
    status = 304 if is_known else 200
    headers = [*file.headers, *length]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": b"" if scope["method"] == "HEAD" else body})
