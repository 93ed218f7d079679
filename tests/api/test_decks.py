"""Decks over HTTP: HTML of users, in answers that can do nothing."""

from __future__ import annotations

import pytest
from tests.api.served import Served, served

from volery.data.decks import LARGEST
from volery.data.storage import Storage
from volery.services.home import Home
from volery.testing.conformance.backend_driver import Driver
from volery.testing.conformance.backend_flows import showing

pytestmark = pytest.mark.keeps_running("threads that answer belong to the server")


@pytest.fixture(scope="module")
def decks(api: Served) -> str:
    """The address of the decks of an attempt."""
    return f"/api/v1/executions/{ran(api)}/decks"


def ran(api: Served) -> str:
    """An execution that has shown something."""
    return Driver(api.server.backend).run(showing, inputs={"value": 7}).id


def test_a_deck_is_a_page_that_a_browser_runs_nothing_of(api, decks):
    answer = api.get(f"{decks}/html?path=showing&name=Numbers")
    assert answer.status == 200
    assert b"<b>7</b><script>alert(1)</script>" in answer.body
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["x-frame-options"] == "DENY"
    assert answer.headers["content-security-policy"] == (
        "sandbox; default-src 'none'; img-src data:; style-src 'unsafe-inline'; "
        "frame-ancestors 'none'"
    )


@pytest.mark.parametrize(
    ("query", "told"),
    [
        ("path=showing&name=Number", "no deck 'Number'"),
        ("path=showing&name=../../1/deck/01-Numbers", "no deck"),
        ("path=showing&name=Numbers&attempt=2", "no attempt 2"),
        ("path=other&name=Numbers", "no node 'other'"),
    ],
)
def test_what_is_not_there_is_a_problem(api, decks, query, told):
    answer = api.get(f"{decks}/html?{query}")
    assert answer.problem[:2] == (404, "NotFound")
    assert told in answer.json["detail"]


def test_decks_of_other_programs_are_shown_in_order(tmp_path):
    with served(tmp_path / "home") as api:
        _show_decks_of_other_programs(api, Home(tmp_path / "home").storage())


def _show_decks_of_other_programs(api: Served, storage: Storage) -> None:
    id = ran(api)
    decks = f"/api/v1/executions/{id}/decks"
    for name in ("deck/02-Second.html", "deck/First.html", "deck/notes.txt", "deck/3-Third.html"):
        storage.put_named(f"{id}/showing/1/{name}", b"<p>")
    storage.put_named(f"{id}/showing/1/deck/9-Huge.html", b" " * (LARGEST + 100_000))
    names = [each["name"] for each in api.get(f"{decks}?path=showing").json]
    assert names == ["Numbers", "Second", "Third", "Huge", "First"]
    answer = api.get(f"{decks}/html?path=showing&name=Huge")
    assert answer.problem[:2] == (422, "DeckError")
    assert "9-Huge.html" in answer.json["hint"]
