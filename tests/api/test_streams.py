"""Streams over HTTP: events and logs of a real execution."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator

import pytest
from tests.api.served import Served, served
from urllib3.exceptions import ProtocolError

from volery.api import waiting
from volery.testing.conformance.backend_driver import Driver
from volery.testing.conformance.backend_flows import fragile, gated, sums

pytestmark = pytest.mark.keeps_running("threads that answer belong to the server")


@pytest.fixture(scope="module")
def driver(api: Served) -> Driver:
    return Driver(api.server.backend)


@pytest.fixture(scope="module")
def ended(driver: Driver) -> str:
    return driver.run(sums, inputs={"values": [1, 2]}).id


class Stream:
    """An open stream of events."""

    def __init__(self, api: Served, id: str, after: str = "", **headers: str) -> None:
        path = f"{api.url}/api/v1/executions/{id}/events{after}"
        self.answer = api.http.request("GET", path, headers=headers, preload_content=False)
        assert self.answer.headers["content-type"] == "text/event-stream"

    def events(self) -> Iterator[dict[str, object]]:
        id = None
        for line in self.answer:
            name, _, value = line.decode().rstrip("\n").partition(": ")
            if name == "id":
                id = int(value)
            elif name == "data":
                event = json.loads(value)
                assert event["seq"] == id
                yield event


def journal(api: Served, id: str) -> list[dict[str, object]]:
    return api.get(f"/api/v1/executions/{id}/journal").json


def test_the_stream_of_an_execution_that_has_ended_is_its_journal(api, ended):
    found = list(Stream(api, ended).events())
    assert found == journal(api, ended)
    assert (found[-1]["event"], found[-1]["path"]) == ("SUCCEEDED", "")


@pytest.mark.parametrize("how", ["after", "header"])
def test_a_stream_goes_on_behind_what_is_known(api, ended, how):
    lines = journal(api, ended)
    seq = lines[1]["seq"]
    stream = (
        Stream(api, ended, f"?after={seq}")
        if how == "after"
        else Stream(api, ended, **{"last-event-id": str(seq)})
    )
    assert list(stream.events()) == lines[2:]


def test_behind_its_end_a_stream_has_nothing(api, ended):
    seq = journal(api, ended)[-1]["seq"]
    assert list(Stream(api, ended, f"?after={seq}").events()) == []


def test_a_stream_has_what_comes_and_ends_with_the_execution(api, driver):
    id = driver.start(gated).id
    stream = Stream(api, id)
    events = stream.events()
    seen = [next(events)]
    driver.backend.abort(id, "enough")
    seen += events
    assert seen == journal(api, id)
    assert seen[-1]["event"] == "ABORTED"


def test_a_stream_of_nothing_is_a_problem(api):
    assert api.get("/api/v1/executions/none/events").problem == (404, "NotFound", None)


def test_streams_end_with_the_server(tmp_path):
    with served(tmp_path / "home") as api:
        driver = Driver(api.server.backend)
        events = Stream(api, driver.start(gated).id).events()
        next(events)
    list(events)  # it comes to an end


def test_a_stream_ends_when_its_token_is_revoked(tmp_path, monkeypatch):
    monkeypatch.setattr(waiting, "QUIET", 0.05)
    monkeypatch.setattr("volery.api.streaming.QUIET", 0.05)
    with served(tmp_path / "home", asks=True) as api:
        driver = Driver(api.server.backend)
        secret = api.token("watcher")
        events = Stream(api, driver.start(gated).id, authorization=f"Bearer {secret}").events()
        next(events)
        api.backend.revoke_token("watcher")
        list(events)  # it comes to an end


# -- logs -------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def log(ended: str) -> str:
    return f"/api/v1/executions/{ended}/log/text?path=n0"


def test_a_log_is_plain_text(api, log):
    answer = api.get(log)
    assert answer.headers["content-type"].startswith("text/plain")
    assert "summing 2 numbers\n" in answer.body.decode()
    assert "WARNING" in answer.body.decode()


@pytest.mark.parametrize(
    ("asked", "part"),
    [
        ("bytes=0-", slice(None)),
        ("bytes=2-4", slice(2, 5)),
        ("bytes=-3", slice(-3, None)),
        ("bytes=3-99999", slice(3, None)),
        ("bytes=-99999", slice(None)),
    ],
)
def test_a_part_of_a_log_is_its_bytes(api, log, asked, part):
    whole = api.get(log).body
    answer = api.get(log, headers={"range": asked})
    assert answer.status == 206
    assert answer.body == whole[part]
    start, stop, _ = part.indices(len(whole))
    assert answer.headers["content-range"] == f"bytes {start}-{stop - 1}/{len(whole)}"
    assert answer.headers["content-length"] == str(len(answer.body))


@pytest.mark.parametrize("asked", ["bytes=99999-", "bytes=5-2", "bytes=-0"])
def test_a_part_that_is_not_there_is_a_problem(api, log, asked):
    assert api.get(log, headers={"range": asked}).problem[0] == 416


@pytest.mark.parametrize("asked", ["lines=1-2", "bytes=a-b", "bytes=1-2,4-5", "bytes=-"])
def test_a_range_of_another_kind_is_the_whole(api, log, asked):
    assert api.get(log, headers={"range": asked}).status == 200


def test_a_log_that_is_followed_ends_with_its_attempt(api, log):
    assert api.get(f"{log}&follow=true").body == api.get(log).body


def test_a_log_is_followed_for_as_long_as_the_token_holds(tmp_path):
    slow = tmp_path / "slow"
    os.mkfifo(slow)
    with served(tmp_path / "home", asks=True) as api:
        driver = Driver(api.server.backend)
        id = driver.start(fragile, inputs={"file": str(slow)}).id
        driver.until(id, lambda line: (line.path, line.attempt) == ("n1", 1))
        answer = api.http.request(
            "GET",
            f"{api.url}/api/v1/executions/{id}/log/text?path=n1&follow=true",
            headers={"authorization": f"Bearer {api.token('watcher')}"},
            preload_content=False,
            timeout=20,
        )
        assert answer.status == 200
        api.backend.revoke_token("watcher")
        with pytest.raises(ProtocolError):
            answer.read()
        slow.write_text("")
