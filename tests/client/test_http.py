"""What a client makes of answers, and of their absence."""

from __future__ import annotations

import io
import time
from collections.abc import Iterator

import msgspec
import pytest
from tests.client.conftest import HANG_UP, Answer

from volery.client import connection
from volery.client.http import HttpBackend
from volery.errors import (
    AlteredContent,
    Busy,
    CallError,
    CompileError,
    ConfigError,
    Forbidden,
    NotFound,
    StoreError,
    TypeMismatch,
    Unauthorized,
    Unavailable,
    VoleryError,
)
from volery.wire.access import NewToken
from volery.wire.entities import EntityFilter, EntityKey
from volery.wire.executions import (
    Event,
    Execution,
    ExecutionFilter,
    NewExecution,
    NodeFilter,
    Signal,
)

KEY = EntityKey("workflow", "flows.sums", "1")
EXECUTION = Execution("mine", KEY, "RUNNING", 0.0)
TOKEN = "vol_secret"


def json(value: object) -> Answer:
    return Answer(body=msgspec.json.encode(value))


def events(*numbers: int, end: str = "", cut: bool = False) -> Answer:
    lines = [Event(each, 0.0, "mine", f"n{each}", 0, "RUNNING") for each in numbers]
    if end:
        lines.append(Event(numbers[-1] + 1, 0.0, "mine", "", 0, end))
    text = b": hello\n\n" + b"".join(
        b"id: %d\nevent: line\ndata: %s\n\n" % (line.seq, msgspec.json.encode(line))
        for line in lines
    )
    return Answer(body=text, headers={"content-type": "text/event-stream"}, cut=cut)


@pytest.fixture
def backend(script) -> Iterator[HttpBackend]:
    opened = HttpBackend(script.url, TOKEN, patience=40.0)
    yield opened
    opened.close()


# -- what is asked -------------------------------------------------------------------------------


def test_the_token_goes_along_and_is_shown_nowhere(backend, script):
    script.answers = [json(EXECUTION)]
    assert backend.execution("mine") == EXECUTION
    [asked] = script.asked
    assert asked.headers["authorization"] == f"Bearer {TOKEN}"
    assert TOKEN not in repr(backend)
    assert TOKEN not in repr(backend._server)
    assert TOKEN not in asked.path


def test_names_are_quoted_and_filters_are_parameters(backend, script):
    script.answers = [json(EXECUTION)]
    backend.execution("../tokens?x")
    script.answers = [json({"items": [], "next": None})]
    where = ExecutionFilter(
        "default", phases=("FAILED", "ABORTED"), labels={"a": "b c"}, inputs={"x": [1]}, since=1.5
    )
    backend.executions(where, 5, "next/page")
    backend.nodes("mine", NodeFilter(scope=""), 5)
    backend.entities("launch_plan", EntityFilter(versions=True), 5)
    found = (
        "project=default&since=1.5&phase=FAILED&phase=ABORTED&label=a%3Db+c&input=x%3D%5B1%5D",
        "limit=5&cursor=next%2Fpage",
    )
    assert [asked.path for asked in script.asked] == [
        "/api/v1/executions/..%2Ftokens%3Fx",
        f"/api/v1/executions?{'&'.join(found)}",
        "/api/v1/executions/mine/nodes?scope=&search=&limit=5",
        "/api/v1/launch-plans?versions=true&limit=5",
    ]


@pytest.mark.parametrize(
    "url", ["localhost:8400", "ftp://host", "https://u:p@host", "https://host:x", "https://", ""]
)
def test_what_is_no_url_of_a_server_is_refused_and_not_shown(url):
    with pytest.raises(ConfigError) as caught:
        HttpBackend(url)
    assert "u:p" not in str(caught.value)


# -- problems ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("status", "error"),
    [
        (404, NotFound),
        (403, Forbidden),
        (401, Unauthorized),
        (429, Busy),
        (422, TypeMismatch),
        (422, AlteredContent),
    ],
)
def test_a_problem_is_the_error_that_it_was_there(backend, script, problem, status, error):
    script.answers = [
        problem(status, error.__name__, "it is so", hint="do that", path="$.inputs.x")
    ]
    with pytest.raises(error) as caught:
        backend.execution("mine")
    found = caught.value
    assert (found.message, found.hint, found.path) == ("it is so", "do that", "$.inputs.x")
    assert found.code == error.__name__
    assert len(script.asked) == 1


def test_all_problems_come_along(backend, script, problem):
    parts = [{"message": "one"}, {"message": "two", "path": "$.x", "hint": "do that"}]
    script.answers = [problem(422, each, problems=parts) for each in ("CompileError", "CallError")]
    with pytest.raises(CompileError) as compiling:
        backend.execution("mine")
    assert compiling.value.problems == ("one", "two")
    with pytest.raises(CallError) as calling:
        backend.execution("mine")
    assert [(each.message, each.path, each.hint) for each in calling.value.problems] == [
        ("one", None, None),
        ("two", "$.x", "do that"),
    ]


@pytest.mark.parametrize(
    ("answer", "error"),
    [((404, "NoSuchMoon"), NotFound), ((418, "suggest"), VoleryError)],
    ids=["not found", "no error here"],
)
def test_a_code_that_is_not_known_here_goes_by_its_status(backend, script, problem, answer, error):
    script.answers = [problem(*answer)]
    with pytest.raises(error) as caught:
        backend.execution("mine")
    assert (type(caught.value), caught.value.code) == (error, answer[1])


@pytest.mark.parametrize(
    "answer",
    [
        Answer(404, b"<html>"),
        Answer(200, b"<html>"),
        Answer(200, b'{"id": 1}'),
        Answer(302, b"", {"location": "http://127.0.0.1:1/"}),
    ],
    ids=["not found", "a page", "something else", "elsewhere"],
)
def test_what_is_no_answer_of_a_server_is_told_as_that(backend, script, answer):
    script.answers = [answer]
    with pytest.raises(VoleryError) as caught:
        backend.execution("mine")
    assert script.url in caught.value.message
    assert caught.value.hint
    assert len(script.asked) == 1


# -- tries ---------------------------------------------------------------------------------------


def test_nobody_there_is_unavailable_in_time(nowhere):
    began = time.monotonic()
    with pytest.raises(Unavailable, match="Connection refused") as caught:
        HttpBackend(nowhere, patience=0.3).execution("mine")
    assert time.monotonic() - began < 30
    assert "volery serve" in (caught.value.hint or "")


def test_whoever_waits_for_it_is_told_why_and_how_long(nowhere, caplog, monkeypatch):
    monkeypatch.setattr(connection, "_SILENCE", 0.0)
    with pytest.raises(Unavailable):
        HttpBackend(nowhere, patience=0.6).execution("mine")
    [told] = caplog.messages
    assert nowhere in told
    assert told.endswith("trying on for 1 s")


@pytest.mark.parametrize("lost", [HANG_UP, Answer(body=b'{"id"', cut=True)], ids=["no", "half"])
def test_what_can_be_asked_twice_is_asked_again(backend, script, problem, lost):
    script.answers = [lost, problem(503, "Unavailable"), json(EXECUTION)]
    assert backend.execution("mine") == EXECUTION
    assert len(script.asked) == 3


def test_an_execution_is_asked_for_again_by_the_same_name(backend, script):
    script.answers = [HANG_UP, json(EXECUTION)]
    backend.execute(NewExecution(KEY))
    first, second = (msgspec.json.decode(asked.body) for asked in script.asked)
    assert first["name"]
    assert first == second


def test_a_relaunch_has_a_name_too(backend, script):
    script.answers = [json(EXECUTION), HANG_UP, json(EXECUTION)]
    backend.relaunch("mine")
    _, first, second = script.asked
    assert first.body == second.body
    assert msgspec.json.decode(first.body)["name"]


@pytest.mark.parametrize(
    "change",
    [
        lambda backend: backend.create_token(NewToken("a")),
        lambda backend: backend.signal("mine", Signal("ship")),
    ],
    ids=["token", "signal"],
)
@pytest.mark.parametrize("code", ["", "Unavailable", "StoreError"], ids=["lost", "now", "database"])
def test_what_must_not_happen_twice_is_asked_once(backend, script, problem, change, code):
    script.answers = [problem(503, code) if code else HANG_UP]
    with pytest.raises((Unavailable, StoreError)):
        change(backend)
    assert len(script.asked) == 1


def test_what_must_not_happen_twice_is_asked_again_where_nothing_has_happened(
    backend, script, problem
):
    """A signal that came while a server began was an error, although nobody had heard it."""
    script.answers = [problem(503, "NotReady"), json(None)]
    backend.signal("mine", Signal("ship"))
    assert len(script.asked) == 2


def test_a_server_that_cannot_now_says_why_in_the_end(script, problem):
    script.answers = [problem(503, "StoreError", "the database is gone")]
    with pytest.raises(StoreError, match="the database is gone"):
        HttpBackend(script.url, patience=2.0).execution("mine")
    assert len(script.asked) > 1


def test_it_waits_as_long_as_the_server_asks(script, problem):
    later = problem(503, "Unavailable")
    script.answers = [Answer(503, later.body, {"retry-after": "1"}), json(EXECUTION)]
    began = time.monotonic()
    HttpBackend(script.url, patience=40.0).execution("mine")
    assert time.monotonic() - began >= 1


def test_health_is_an_answer_also_where_it_is_bad(backend, script):
    check = {"name": "database", "ok": False}
    script.answers = [
        Answer(503, msgspec.json.encode({"ok": False, "checks": [check], "version": "1"}))
    ]
    assert [each.name for each in backend.health().checks if not each.ok] == ["database"]


# -- bytes ---------------------------------------------------------------------------------------


def test_an_upload_begins_anew_with_each_try(backend, script):
    script.answers = [HANG_UP, Answer(201)]
    file = io.BytesIO(b"before" + b"x" * 200_000)
    file.seek(len(b"before"))
    backend.put_package("abc", file)
    assert [len(asked.body) for asked in script.asked] == [200_000, 200_000]
    assert script.asked[1].headers["content-length"] == "200000"


def test_a_download_is_complete_or_begins_anew(backend, script):
    script.answers = [Answer(body=b"ha", cut=True), Answer(body=b"half of it")]
    with backend.open_content("abc") as file:
        assert file.read() == b"half of it"


def test_what_is_there_is_asked_for_without_its_bytes(backend, script):
    script.answers = [Answer(200), Answer(404)]
    assert backend.has_content("abc")
    assert not backend.has_package("abc")
    assert {asked.method for asked in script.asked} == {"HEAD"}


# -- watching ------------------------------------------------------------------------------------


def test_watching_ends_with_the_execution(backend, script):
    script.answers = [events(1, 2, end="FAILED")]
    assert [event.seq for event in backend.watch("mine")] == [1, 2, 3]
    assert len(script.asked) == 1


def test_watching_goes_on_behind_what_was_seen(backend, script, problem):
    script.answers = [
        events(1, 2, cut=True),
        HANG_UP,
        problem(503, "Unavailable"),
        events(3),  # the server is shut down, and ends its streams
        json(EXECUTION),
        events(4, end="SUCCEEDED"),
    ]
    assert [event.seq for event in backend.watch("mine")] == [1, 2, 3, 4, 5]
    watched = [asked.path for asked in script.asked if "events" in asked.path]
    assert [path.rpartition("after=")[2] for path in watched] == ["0", "2", "2", "2", "3"]


def test_watching_an_end_that_was_seen_before_ends_at_once(backend, script):
    ended = msgspec.structs.replace(EXECUTION, phase="SUCCEEDED")
    script.answers = [Answer(body=b""), json(ended), json([])]
    assert list(backend.watch("mine", 9)) == []


def test_watching_what_there_is_not_is_not_found(backend, script, problem):
    script.answers = [problem(404, "NotFound")]
    with pytest.raises(NotFound):
        next(backend.watch("mine"))


def test_watching_a_server_that_stays_away_is_unavailable(script):
    script.answers = [events(1, cut=True), HANG_UP]
    watched = HttpBackend(script.url, patience=0.3).watch("mine")
    assert next(watched).seq == 1
    with pytest.raises(Unavailable):
        next(watched)
