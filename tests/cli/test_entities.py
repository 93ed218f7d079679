"""`volery tasks`, `workflows` and `launch-plans`, on the home and on a server."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.api.served import served

FLOW = '''
from volery import LaunchPlan, task, workflow


@task
def greeted(name: str, loud: bool = False) -> str:
    """Say hello.

    More of it.
    """
    return f"Hello, {name}!"


@workflow
def hello(name: str) -> str:
    return greeted(name=name)


world = LaunchPlan.get_or_create(hello, name="world", fixed_inputs={"name": "world"})
'''


@pytest.fixture(params=["home", "server"])
def registered(request, volery, tmp_path: Path, monkeypatch) -> Iterator[None]:
    """The flow, registered as version v1."""
    (tmp_path / "flow.py").write_text(FLOW)
    if request.param == "home":
        assert volery("register", "flow.py", "--version", "v1").returncode == 0
        yield
        return
    with served(tmp_path / "served") as server:
        monkeypatch.setenv("VOLERY_SERVER", server.url)
        assert volery("register", "flow.py", "--version", "v1").returncode == 0
        yield


def test_lists_have_a_line_for_each(registered, volery, volery_json):
    lines = volery("tasks", "list").stdout.splitlines()
    assert lines[0].split() == ["NAME", "VERSION", "PROJECT", "REGISTERED", "DESCRIPTION"]
    assert lines[1].split()[:3] == ["flow.greeted", "v1", "default/development"]
    assert lines[1].endswith("Say hello.")
    [workflow] = volery_json("workflows", "list")
    assert (workflow["name"], workflow["version"]) == ("flow.hello", "v1")
    assert volery_json("workflows", "list", "--search", "bye") == []
    assert volery_json("workflows", "list", "--domain", "production") == []


def test_get_shows_what_a_caller_needs(registered, volery, volery_json):
    shown = volery("tasks", "get", "flow.greeted").stdout
    assert "version v1 in default/development" in shown
    assert "name  str" in shown
    assert "loud  bool  = false" in shown
    assert "o0  str" in shown
    assert "(fixed)" in volery("launch-plans", "get", "world").stdout
    document = volery_json("launch-plans", "get", "world", "v1")
    assert (document["fixed"], document["active"]) == ({"name": "world"}, False)


def test_a_name_that_is_unknown_is_told_with_the_nearest(registered, volery):
    done = volery("workflows", "get", "flow.helo")
    assert done.returncode == 2
    assert "flow.hello" in done.stderr


def test_versions_are_activated_and_deactivated(registered, volery, volery_json):
    assert volery("launch-plans", "activate", "world").returncode == 0
    [listed] = volery_json("launch-plans", "list")
    assert listed["active"] is True
    assert listed["active_version"] == "v1"
    assert volery("launch-plans", "list").stdout.splitlines()[0].split()[2] == "ACTIVE"
    done = volery("launch-plans", "deactivate", "world")
    assert "world is active no more" in done.stderr
    assert "was not active" in volery("launch-plans", "deactivate", "world").stderr
    assert volery("launch-plans", "activate", "wrld").returncode == 2


def test_an_empty_list_says_how_to_register(volery):
    done = volery("tasks", "list")
    assert done.returncode == 0
    assert "volery register" in done.stderr
