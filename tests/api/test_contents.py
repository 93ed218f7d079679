"""Content that is put and got by its digest: how much is taken, and what is told when it is not."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import urllib3
from tests.api.served import Reply, Served

from volery.api.operation import LARGEST_BODY
from volery.api.resources import contents
from volery.data.hashing import digest_of

pytestmark = pytest.mark.keeps_running("threads that answer belong to the server")

BYTES = {"content-type": "application/octet-stream"}


def put(api: Served, path: str, body: bytes) -> Reply:
    return api.ask("PUT", path, body=body, headers=BYTES)


def put_in_parts(api: Served, path: str, body: bytes) -> Reply:
    """The same without saying how much it is."""

    def parts() -> Iterator[bytes]:
        for at in range(0, len(body), 1000):
            yield body[at : at + 1000]

    answer = urllib3.PoolManager().request(
        "PUT", api.url + path, body=parts(), headers=BYTES, retries=False, chunked=True
    )
    return Reply(answer.status, answer.headers, answer.data)


def test_content_may_be_larger_than_any_other_body(api):
    body = bytes(range(256)) * (LARGEST_BODY // 256 + 1)
    path = f"/api/v1/content/{digest_of(body)}"
    assert put(api, path, body).status == 204
    assert api.get(path).body == body


@pytest.mark.parametrize("send", [put, put_in_parts])
@pytest.mark.parametrize(
    ("noun", "limit"), [("content", "LARGEST_CONTENT"), ("packages", "LARGEST_PACKAGE")]
)
def test_what_is_larger_than_is_taken_is_refused_with_what_to_do(
    api, monkeypatch, send, noun, limit
):
    monkeypatch.setattr(contents, limit, 5000)
    body = b"x" * 5001
    path = f"/api/v1/{noun}/{digest_of(body)}"
    answer = send(api, path, body)
    assert answer.problem[0] == 413
    assert "5,000 bytes" in answer.json["detail"]
    assert answer.json["hint"]
    assert api.ask("HEAD", path).status == 404


@pytest.mark.parametrize("send", [put, put_in_parts])
def test_as_much_as_is_taken_is_taken(api, monkeypatch, send):
    monkeypatch.setattr(contents, "LARGEST_CONTENT", 5000)
    body = b"y" * 5000
    path = f"/api/v1/content/{digest_of(body)}"
    assert send(api, path, body).status == 204
    assert api.ask("HEAD", path).status == 200


def test_content_that_was_changed_on_its_way_is_not_kept(api):
    path = f"/api/v1/content/{digest_of(b'one')}"
    assert put(api, path, b"two").problem == (422, "AlteredContent", None)
    assert api.ask("HEAD", path).status == 404


@pytest.mark.parametrize("digest", ["x", "0" * 63, "A" * 64])
def test_nothing_else_than_a_digest_names_content(api, digest):
    path = f"/api/v1/content/{digest}"
    assert put(api, path, b"").problem == (400, "CallError", None)
    assert api.get(path).problem == (400, "CallError", None)
