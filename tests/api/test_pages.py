"""The web UI's files: who gets what, how long it may be kept, and what a page may do."""

from __future__ import annotations

import asyncio
import gzip
from pathlib import Path
from typing import Any

import pytest

from volery.api.pages import Pages, is_page

CONTENT = b"<!doctype html><title>Volery</title>" * 40


@pytest.fixture
def built(tmp_path: Path) -> Path:
    """A folder as the build leaves it."""
    assets = tmp_path / "ui/assets"
    assets.mkdir(parents=True)
    (assets.parent / "index.html").write_bytes(CONTENT)
    (assets.parent / "index.html.gz").write_bytes(gzip.compress(CONTENT))
    (assets / "index-1a2b.js").write_bytes(b"go()")
    (assets / "index-1a2b.js.br").write_bytes(b"brotli")
    (assets / "index-1a2b.js.gz").write_bytes(b"gzip")
    (tmp_path / "secret").write_text("nobody's business")
    return assets.parent


class Answered:
    """What an ASGI application has answered."""

    def __init__(self, messages: list[dict[str, Any]]) -> None:
        start, *parts = messages
        self.status = start["status"]
        self.headers = {name.decode(): value.decode() for name, value in start["headers"]}
        self.body = b"".join(each["body"] for each in parts)


async def beyond(scope: Any, receive: Any, send: Any) -> None:
    """Stands for the routes."""
    await send({"type": "http.response.start", "status": 404, "headers": []})
    await send({"type": "http.response.body", "body": b"no page"})


def ask(folder: Path, path: str, method: str = "GET", **headers: str) -> Answered:
    given = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    scope = {"type": "http", "method": method, "path": path, "headers": given}
    messages: list[dict[str, Any]] = []

    async def send(message: dict[str, Any]) -> None:
        messages.append(message)

    asyncio.run(Pages(beyond, folder)(scope, None, send))
    return Answered(messages)


@pytest.mark.parametrize("path", ["/", "/executions", "/executions/mine/node", "/a/b/c?d"])
def test_any_address_is_answered_with_the_page(built, path):
    answer = ask(built, path, accept="text/html,*/*")
    assert (answer.status, answer.body) == (200, CONTENT)
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert answer.headers["cache-control"] == "no-cache"


def test_whoever_wants_no_page_is_told_that_there_is_none(built):
    assert ask(built, "/nowhere", accept="application/json").body == b"no page"
    assert ask(built, "/assets/gone-0000.js", accept="*/*").body == b"no page"
    assert ask(built, "/", method="POST", accept="text/html").body == b"no page"


@pytest.mark.parametrize(
    "path", ["/api", "/api/v1/executions", "/healthz", "/readyz", "/metrics", "/api/openapi.json"]
)
def test_routes_are_no_pages(built, path):
    assert not is_page("GET", path)
    assert ask(built, path, accept="text/html").body == b"no page"


def test_files_with_a_digest_in_their_names_are_kept_for_ever(built):
    answer = ask(built, "/assets/index-1a2b.js")
    assert answer.body == b"go()"
    assert answer.headers["content-type"] == "text/javascript; charset=utf-8"
    assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"


@pytest.mark.parametrize(
    ("accepted", "coding", "body"),
    [("gzip, br", "br", b"brotli"), ("gzip", "gzip", b"gzip"), ("identity", None, b"go()")],
)
def test_what_was_compressed_by_the_build_is_sent_so(built, accepted, coding, body):
    answer = ask(built, "/assets/index-1a2b.js", accept_encoding=accepted)
    assert (answer.headers.get("content-encoding"), answer.body) == (coding, body)
    assert "accept-encoding" in answer.headers["vary"]


def test_what_somebody_has_is_not_sent_again(built):
    known = ask(built, "/").headers["etag"]
    answer = ask(built, "/", if_none_match=known)
    assert (answer.status, answer.body) == (304, b"")


def test_the_head_alone_can_be_asked_for(built):
    answer = ask(built, "/", method="HEAD")
    assert (answer.headers["content-length"], answer.body) == (str(len(CONTENT)), b"")


@pytest.mark.parametrize("path", ["/../secret", "/assets/../../secret", "//etc/passwd", "/%2e%2e/"])
def test_nothing_but_what_was_built_is_ever_sent(built, path):
    assert ask(built, path).body == b"no page"
    assert ask(built, path, accept="text/html").body == CONTENT


def test_another_build_is_seen_by_a_server_that_runs(built):
    assert ask(built, "/").body == CONTENT
    (built / "index.html").write_bytes(b"newer")
    assert ask(built, "/").body == b"newer"


def test_without_a_build_it_says_how_to_make_one(tmp_path):
    answer = ask(tmp_path / "ui", "/")
    assert answer.status == 200
    assert b"make ui" in answer.body
    assert ask(tmp_path / "ui", "/assets/index-1a2b.js").body == b"no page"


@pytest.mark.keeps_running("threads that answer belong to the server")
def test_a_page_may_run_its_own_scripts_and_needs_no_token(guarded):
    answer = guarded.get("/", headers={"accept": "text/html"})
    assert answer.status == 200
    policy = answer.headers["content-security-policy"]
    assert "script-src 'self';" in policy
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["x-frame-options"] == "DENY"
    assert guarded.get("/api/v1/whoami").status == 401
