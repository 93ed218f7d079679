"""What every request passes, and what every answer carries."""

from __future__ import annotations

import json
import logging
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing

import pytest
from tests.api.served import Served, served

from volery.api import desk, serve
from volery.client.http import HttpBackend
from volery.clock import SystemClock
from volery.services.access import Access, Audit
from volery.store.access import AuditTable, Tokens
from volery.wire.access import LOCAL, NewToken
from volery.wire.projects import NewProject

pytestmark = pytest.mark.keeps_running("threads that answer belong to the server")

NEW = "/api/v1/projects"


@pytest.mark.parametrize("path", ["/healthz", "/api/v1/whoami", "/nowhere", "/api/v1/executions/x"])
def test_every_answer_has_the_strict_headers(api, path):
    headers = api.get(path).headers
    assert headers["content-security-policy"] == "default-src 'none'; frame-ancestors 'none'"
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["x-frame-options"] == "DENY"
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["cache-control"] == "no-store"
    assert "access-control-allow-origin" not in headers
    assert "server" not in headers
    assert len(headers["x-request-id"]) == 16


def test_no_page_of_another_origin_may_read(api):
    asked = {"origin": "https://evil.example", "access-control-request-method": "POST"}
    answer = api.ask("OPTIONS", NEW, headers=asked)
    assert not [name for name in answer.headers if name.startswith("access-control")]


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "127.0.0.1:8400", "localhost:1", "[::1]:8400", "10.1.2.3", "LOCALHOST"]
)
def test_addresses_and_own_names_are_served(api, host):
    assert api.get("/healthz", headers={"host": host}).status == 200


@pytest.mark.parametrize(
    "host", ["evil.example", "localhost.evil.example", "localhost@evil.example", "", "[localhost]x"]
)
def test_a_name_that_somebody_else_chose_is_refused(api, host):
    answer = api.get("/api/v1/whoami", headers={"host": host})
    assert answer.status in {400, 421}  # 400: it is no name at all
    if answer.status == 421:
        assert "--allow-host" in answer.json["hint"]


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
def test_a_page_of_another_origin_may_change_nothing(api, site):
    answer = api.post(NEW, {"id": "mine"}, headers={"sec-fetch-site": site})
    assert answer.problem == (403, "Forbidden", None)
    assert "mine" not in {project.id for project in api.backend.projects()}


@pytest.mark.parametrize(
    "kind",
    ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", ""],
)
def test_a_form_may_change_nothing(api, kind):
    answer = api.ask(
        "POST", NEW, body=b'{"id": "mine"}', headers={"content-type": kind} if kind else {}
    )
    assert answer.problem[0] == 415
    assert "mine" not in {project.id for project in api.backend.projects()}


def test_own_pages_and_programs_may_change_something(api):
    site = {"sec-fetch-site": "same-origin"}
    assert api.post(NEW, {"id": "from-a-page"}, headers=site).status == 201
    assert api.post(NEW, {"id": "from-a-program"}).status == 201


# -- who asks ---------------------------------------------------------------------------------


def test_without_tokens_everybody_on_this_machine_is_an_admin(api):
    assert api.get("/api/v1/whoami").json == {"name": "local", "role": "admin", "projects": None}


@pytest.mark.parametrize(
    "header",
    ["", "Bearer", "Bearer ", "Basic dXNlcjpwYXNz", "Bearer vol_" + "a" * 43, "Bearer é"],
)
def test_whoever_does_not_say_who_they_are_is_asked(guarded, header):
    headers = {"authorization": header.encode().decode("latin-1")} if header else {}
    answer = guarded.get("/api/v1/whoami", headers=headers)
    assert answer.problem == (401, "Unauthorized", None)
    assert answer.headers["www-authenticate"].startswith("Bearer")


def test_a_token_says_who_asks(guarded):
    secret = guarded.token("somebody", "operator", ("demo",))
    for word in ("Bearer", "bearer"):
        answer = guarded.get("/api/v1/whoami", headers={"authorization": f"{word} {secret}"})
        assert answer.json == {"name": "somebody", "role": "operator", "projects": ["demo"]}


def made_elsewhere(running: Served) -> str:
    """The secret of a first token, of which the server was not told."""
    database, clock = running.server.store.database, SystemClock()
    access = Access(Tokens(database), Audit(AuditTable(database), clock), clock)
    return access.create(LOCAL, NewToken("first", "admin")).secret


def test_a_server_that_runs_asks_everybody_once_a_token_was_made_elsewhere(tmp_path):
    with served(tmp_path / "home") as running:
        assert running.get("/api/v1/whoami").json["name"] == "local"
        secret = made_elsewhere(running)
        while (answer := running.get("/api/v1/whoami")).status == 200:
            assert answer.json["name"] == "local"  # it has not looked yet
        assert answer.problem == (401, "Unauthorized", None)
        assert running.get("/api/v1/whoami", token=secret).json["name"] == "first"


def test_a_look_for_tokens_that_failed_is_none(tmp_path, monkeypatch):
    """After it nobody looked for a moment, though the database was back, and all were let in."""
    home = tmp_path / "home"
    home.touch()  # which is no folder
    monkeypatch.setattr(serve, "AGAIN", 0.0)
    with served(home) as running:
        monkeypatch.setattr(serve, "AGAIN", 3600.0)
        assert running.get("/api/v1/whoami").problem == (503, "NotReady", None)
        home.unlink()
        while not running.server.health().ok:
            pass
        made_elsewhere(running)
        assert running.get("/api/v1/whoami").problem == (401, "Unauthorized", None)


def test_nobody_comes_in_without_a_token_once_the_first_one_was_answered(tmp_path, monkeypatch):
    """For a second whoever asked was let in, and a page that opened then never asked for one."""
    monkeypatch.setattr(serve, "AGAIN", 3600.0)
    with served(tmp_path / "home") as running:
        assert running.get("/api/v1/whoami").json["name"] == "local"
        made = running.post("/api/v1/tokens", {"name": "first", "role": "admin"}).json
        assert running.get("/api/v1/whoami").problem == (401, "Unauthorized", None)
        assert running.get("/api/v1/whoami", token=made["secret"]).json["name"] == "first"


def test_the_loop_goes_on_while_the_look_for_tokens_hangs(tmp_path, monkeypatch):
    """It looked by itself, and answered nobody any more, not even who asked for /healthz."""
    monkeypatch.setattr(serve, "AGAIN", 0.0)
    monkeypatch.setattr(desk, "PATIENCE", 0.1)
    with served(tmp_path / "home") as running:
        with running.server.store.database.write("tokens"):
            assert running.get("/api/v1/whoami").problem == (503, "NotReady", None)
            assert running.get("/healthz").json == {"ok": True}
        while (answer := running.get("/api/v1/whoami")).status == 503:
            assert answer.problem == (503, "NotReady", None)  # the look goes on
        assert answer.json["name"] == "local"


def test_what_is_asked_before_it_is_ready_is_done_when_it_is(tmp_path):
    """Also what must not happen twice: clients were told that it cannot be done."""
    home = tmp_path / "home"
    home.touch()  # which is no folder
    with (
        served(home) as running,
        closing(HttpBackend(running.url)) as backend,
        ThreadPoolExecutor() as pool,
    ):
        assert running.post(NEW, {"id": "birds"}).problem == (503, "NotReady", None)
        asked = pool.submit(backend.create_project, NewProject("birds"))
        home.unlink()
        assert asked.result().id == "birds"


def test_a_body_is_not_read_before_it_is_known_who_sends_it(guarded):
    answer = guarded.post(NEW, b"x" * 20_000_000, headers={"content-type": "application/json"})
    assert answer.problem[0] == 401


def test_how_the_server_is_tells_strangers_little(guarded):
    assert guarded.get("/healthz").json == {"ok": True}
    told = guarded.get("/readyz").json
    assert told["ok"]
    assert {(each["detail"], each["hint"]) for each in told["checks"]} == {("", "")}
    assert told["version"] == ""
    assert guarded.get("/readyz", token=guarded.token("watcher")).json["version"]


# -- the log ----------------------------------------------------------------------------------


def test_a_request_is_a_line_of_the_log_without_its_secrets(guarded, caplog):
    secret = guarded.token("logged")
    logging.getLogger("volery").propagate = True
    with caplog.at_level(logging.INFO, logger="volery.http"):
        answer = guarded.get("/api/v1/executions?label=secret=hidden", token=secret)
        guarded.post("/api/v1/signals", {"value": "hidden"}, token=secret)
        guarded.get(f"/api/v1/executions/{secret}?token={secret}", token=secret)
    [record] = [
        each
        for each in caplog.records
        if getattr(each, "request", "") == answer.headers["x-request-id"]
    ]
    assert record.getMessage() == "GET /api/v1/executions"
    assert (record.status, record.who) == (200, "logged")
    told = json.dumps([vars(each) for each in caplog.records], default=str)
    assert secret not in told
    assert "hidden" not in told
