"""Two servers on one database and one storage, each with a home of its own."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, closing

import pytest
from tests.e2e.storm import PROJECT
from tests.servers.volery import VoleryServer, register, volery_server

from volery.client.http import HttpBackend
from volery.wire.entities import EntityKey
from volery.wire.executions import NewExecution, Signal


@pytest.fixture
def servers(postgres, tmp_path) -> Iterator[list[VoleryServer]]:
    shared = ("--database", postgres.database(), "--storage", (tmp_path / "storage").as_uri())
    with ExitStack() as stack:
        servers = [
            stack.enter_context(volery_server(tmp_path / name, *shared, "--workers", 1))
            for name in ("one", "two")
        ]
        register(PROJECT, tmp_path, "--server", servers[0].url)
        yield servers


def test_what_one_has_begun_the_other_one_shows_and_finishes(servers):
    first, second = servers
    gated = EntityKey("workflow", "errands.gated")
    with closing(HttpBackend(first.url)) as here, closing(HttpBackend(second.url)) as there:
        here.execute(NewExecution(gated, {"x": 1}, name="mine"))
        lines = there.watch("mine")
        seen = [next(lines)]
        while seen[-1].path != "n0":
            seen.append(next(lines))
        first.kill()
        there.signal("mine", Signal("go", 5))
        seen += lines
        assert seen[-1].event == "SUCCEEDED"
        assert there.outputs("mine").values == {"o0": sum(range(1, 9)) + 10}
        assert seen == list(there.events("mine"))


def test_what_one_cannot_finish_before_it_ends_the_other_one_does_at_once(servers):
    first, second = servers
    many = EntityKey("workflow", "errands.errand")
    names = [f"mine-{number}" for number in range(20)]
    with closing(HttpBackend(first.url)) as here, closing(HttpBackend(second.url)) as there:
        for name in names:
            here.execute(NewExecution(many, {"x": 1}, name=name))
        assert first.stop() == 0
        for name in names:
            assert [each.event for each in there.watch(name)][-1] == "SUCCEEDED"
            assert {line.event for line in there.events(name)}.isdisjoint({"LOST"})
