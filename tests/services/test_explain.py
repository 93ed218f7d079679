"""Why something had to run again."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from tests.services.caching import Place

from volery import Cache, File, map_task, task, workflow
from volery.data.current import using
from volery.data.storage import Storage
from volery.errors import ConfigError, NotFound
from volery.sdk.entity import Entity
from volery.services.explain import Explain, Explanation
from volery.store.base import ExecutionRecord


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    with using(Storage((tmp_path / "storage").as_uri())):
        yield Place()


def explained(place: Place, record: ExecutionRecord, path: str = "made") -> Explanation:
    return Explain(place.store).explain(record, path)


def make(cache: Cache | None = Cache(), result: int = 0) -> Entity:
    @task(cache=cache or False)
    def made(x: int, y: int = 0) -> int:
        return result

    return made


def differing(found: Explanation) -> list[str]:
    assert found.cause == "different"
    return [each.part for each in found.differences]


def test_the_first_run_has_nothing_to_be_compared_with(place):
    found = explained(place, place.execution(make(), {"x": 1}))
    assert (found.cause, found.other, found.differences) == ("first", None, ())


def test_a_hit_says_where_its_outputs_come_from(place):
    first, second = (place.execution(make(), {"x": 1}) for _ in range(2))
    found = explained(place, second)
    assert (found.cause, found.source.partition("/")[0]) == ("found", first.id)
    assert explained(place, first).key == found.key


def test_inputs_that_differ_are_named(place):
    place.execution(make(), {"x": 1})
    found = explained(place, place.execution(make(), {"x": 1, "y": 1}))
    assert differing(found) == ["input y"]


def test_code_that_changed_is_named(place):
    place.execution(make(), {"x": 1})
    place.clock.at += 1
    [part] = differing(explained(place, place.execution(make(result=1), {"x": 1})))
    assert part.startswith("constant")
    assert part.endswith("result")


@pytest.mark.parametrize(
    ("cache", "part"), [(Cache(salt="b", version="1"), "salt"), (Cache(version="2"), "version")]
)
def test_settings_that_differ_are_named(place, cache, part):
    place.execution(make(Cache(version="1")), {"x": 1})
    [difference] = explained(place, place.execution(make(cache), {"x": 1})).differences
    assert difference.part == part


def test_types_that_differ_are_named(place):
    version = Cache(version="1")

    @task(cache=version)
    def made(x: int | None, y: int = 0) -> str:
        return "other"

    place.execution(make(version), {"x": 1})
    found = explained(place, place.execution(made, {"x": 1}))
    assert differing(found) == ["types of inputs", "types of outputs"]


def test_the_entry_with_the_fewest_differences_is_compared(place):
    near = place.execution(make(), {"x": 1, "y": 2})
    place.clock.at += 1
    place.execution(make(), {"x": 3, "y": 3})
    found = explained(place, place.execution(make(), {"x": 1, "y": 1}))
    assert found.other.execution == near.id


def test_an_expired_entry_is_known_as_such_though_it_was_replaced(place):
    short = make(Cache(ttl=timedelta(minutes=1)))
    first = place.execution(short, {"x": 1})
    place.clock.at += 3600
    found = explained(place, place.execution(short, {"x": 1}))
    assert (found.cause, found.expired) == ("expired", first.ended + 60)


def test_an_expired_entry_is_known_as_such_while_it_is_there(place):
    @task(cache=Cache(ttl=timedelta(minutes=1)))
    def made(x: int, fails: Path) -> int:
        if fails.exists():
            raise ValueError("now it does")
        return x

    fails = Path.cwd() / "not-there"
    place.execution(made, {"x": 1, "fails": fails})
    at = place.clock.at
    place.clock.at += 3600
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Path, "exists", lambda _: True)
        record = place.execution(made, {"x": 1, "fails": fails})
    found = explained(place, record)
    assert (found.cause, found.expired) == ("expired", at + 60)


@task(cache=True)
def written(folder: str) -> File:
    path = Path(folder) / "file.txt"
    path.write_text("content")
    return File(str(path))


def test_content_that_is_gone_is_told(place, tmp_path):
    place.execution(written, {"folder": str(tmp_path)})
    with using(Storage((tmp_path / "empty").as_uri())):
        orchestrator, execution = place.submit(written, {"folder": str(tmp_path)})
        steps = orchestrator.steps(execution)
        steps["lease"]()
        steps["advance"]()
        assert explained(place, place.store.execution(execution), "written").cause == "gone"
        orchestrator.drain(execution)


def test_equal_work_at_the_same_time_is_told(place):
    (first, one), (second, two) = (place.submit(make(), {"x": 1}) for _ in range(2))
    for each, execution in ((first, one), (second, two)):
        each.steps(execution)["lease"]()
        each.steps(execution)["advance"]()
    place.clock.at += 1
    first.drain(one)
    assert explained(place, place.store.execution(two)).cause == "meanwhile"
    second.drain(two)


def test_an_execution_that_overwrites_says_so(place):
    place.execution(make(), {"x": 1})
    record = place.execution(make(), {"x": 1}, overwrite_cache=True)
    assert explained(place, record).cause == "overwritten"


def test_a_task_without_a_cache_says_so(place):
    assert explained(place, place.execution(make(None), {"x": 1})).cause == "uncached"


# -- maps ------------------------------------------------------------------------------------------


@task(cache=True)
def square(x: int) -> int:
    return x * x


@workflow
def squares(xs: list[int]) -> list[int]:
    return map_task(square)(x=xs)


def test_elements_are_explained_one_by_one(place):
    first = place.execution(squares, {"xs": list(range(150))})
    second = place.execution(squares, {"xs": list(range(100, 250))})
    found = explained(place, second, "n0[7]")
    assert (found.cause, found.source.partition("/")[0]) == ("found", first.id)
    assert differing(explained(place, second, "n0[77]")) == ["input x"]


@pytest.mark.parametrize(
    ("path", "error", "told"),
    [
        ("n0", ConfigError, "name one of its elements, such as n0[0]"),
        ("n0[0:2]", ConfigError, "name one of them, such as n0[0]"),
        ("n0[150]", NotFound, "no node n0[150]"),
        ("n7", NotFound, "did you mean n0"),
        ("n0[x]", NotFound, "no node n0[x]"),
        ("n0]", NotFound, "no node n0]"),
    ],
)
def test_what_is_no_task_is_refused(place, path, error, told):
    record = place.execution(squares, {"xs": list(range(150))})
    if path == "n0[0:2]":
        path = next(each.path for each in place.store.nodes(record.id) if ":" in each.path)
        told = "such as n0[0]"
    with pytest.raises(error) as refused:
        explained(place, record, path)
    assert told in str(refused.value)
