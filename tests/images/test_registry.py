"""Registries: whether they have an image, and images that are pushed there and pulled again."""

from __future__ import annotations

import base64
import json
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest
from tests.images.bases import PIP
from tests.servers.distribution import INSTALL, distribution, program

from volery.errors import Unavailable
from volery.images.making import Making, missing
from volery.images.registry import is_pushed
from volery.sdk.image import ImageSpec


@pytest.fixture
def registry(tmp_path):
    if program() is None:
        pytest.skip(INSTALL)
    with distribution(tmp_path) as host:
        yield host


@pytest.mark.timeout(180)
def test_an_image_is_pushed_once_and_can_be_pulled(docker, registry):
    spec = ImageSpec(
        name="team/tasks", registry=registry, base_image=PIP, volery="", commands=["true"]
    )
    making = Making(lambda _: None, name="docker", network="none", push=True)
    assert missing([spec]) == [spec.tag]
    assert making.make(spec).state == "pushed"
    assert is_pushed(spec.tag)
    assert missing([spec]) == []
    docker("rmi", spec.tag)
    assert making.make(spec).state == "there"
    docker("pull", spec.tag)
    assert docker("run", "--rm", "--network=none", spec.tag, "python", "-c", "print(1)") == "1\n"
    assert making.make(spec.force_push()).state == "pushed"


def test_an_image_that_is_not_there_is_not(registry):
    assert not is_pushed(f"{registry}/nobody/knows:1")


def test_a_registry_that_is_not_reached_is_named_and_nothing_is_called_missing():
    spec = ImageSpec(registry="127.0.0.1:9")
    with pytest.raises(Unavailable, match=r"127\.0\.0\.1:9 is not reached"):
        is_pushed(spec.tag)
    assert missing([spec]) == []


@pytest.fixture
def closed(monkeypatch, tmp_path):
    """A registry that wants a token, which its service gives to who has logged in."""
    seen = []

    class Handler(BaseHTTPRequestHandler):
        def log_message(self, *_):
            pass

        def do_GET(self):
            self._answer()

        def do_HEAD(self):
            self._answer()

        def _answer(self):
            given = self.headers.get("authorization", "")
            seen.append((self.path.partition("?")[0], given))
            body = b""
            if self.path.startswith("/token"):
                allowed = given == "Basic " + base64.b64encode(b"me:hunter2").decode()
                body = json.dumps({"token": "t0ken"} if allowed else {"errors": []}).encode()
                self.send_response(200 if allowed else 401)
            elif given == "Bearer t0ken":
                self.send_response(200)
            else:
                self.send_response(401)
                realm = f"http://127.0.0.1:{server.server_port}/token"
                header = f'Bearer realm="{realm}",service="s",scope="repository:a:pull"'
                self.send_header("www-authenticate", header)
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            if self.command == "GET":
                self.wfile.write(body)

    monkeypatch.setenv("DOCKER_CONFIG", str(tmp_path))
    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield f"127.0.0.1:{server.server_port}", seen
        server.shutdown()
        thread.join()


def test_who_has_logged_in_is_let_in(closed, tmp_path):
    host, seen = closed
    word = base64.b64encode(b"me:hunter2").decode()
    (tmp_path / "config.json").write_text(json.dumps({"auths": {host: {"auth": word}}}))
    assert is_pushed(f"{host}/a:1")
    assert seen[0][1] == "", "a password goes only where it is asked for"
    assert seen[-1] == ("/v2/a/manifests/1", "Bearer t0ken")


def test_who_has_not_is_told_to(closed):
    host, _ = closed
    with pytest.raises(Unavailable, match="answers 401") as caught:
        is_pushed(f"{host}/a:1")
    assert caught.value.hint == f"docker login {host}"
