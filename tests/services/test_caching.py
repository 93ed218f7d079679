"""The cache: what is not done again, and what is."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from tests.services.caching import Place, Ran

from volery import Cache, File, dynamic, map_task, task, workflow
from volery.data.current import using
from volery.data.storage import Storage
from volery.engine.model import AttemptPhase, Phase
from volery.sdk.entity import Entity
from volery.testing import pictures


@pytest.fixture(autouse=True)
def ran() -> list[Any]:
    """The inputs of whatever runs in this test."""
    Ran.inputs.clear()
    return Ran.inputs


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    with using(Storage((tmp_path / "storage").as_uri())):
        yield Place()


# -- hits ------------------------------------------------------------------------------------------


@task(cache=True)
def square(x: int) -> int:
    Ran.inputs.append(x)
    return x * x


@workflow
def squares(x: int) -> int:
    return square(x=square(x=x))


def test_equal_work_is_not_done_again(place, ran):
    assert place.run(squares, x=3) == 81
    assert ran == [3, 9]
    assert place.run(squares, x=3) == 81
    assert place.run(square, x=9) == 81
    assert ran == [3, 9]


def test_other_inputs_are_other_work(place, ran):
    place.run(square, x=1)
    place.run(square, x=2)
    assert ran == [1, 2]


def test_what_was_found_says_where_it_comes_from(place):
    first = place.execution(squares, {"x": 3})
    second = place.execution(squares, {"x": 3})
    nodes = {each.path: each for each in place.store.nodes(second.id)}
    assert {path: (each.reuse.execution, each.reuse.path) for path, each in nodes.items()} == {
        "n0": (first.id, "n0"),
        "n1": (first.id, "n1"),
    }
    assert place.store.attempts(second.id) == []


@pytest.mark.parametrize("elsewhere", [{"project": "other"}, {"domain": "production"}])
def test_other_projects_and_domains_have_their_own(place, elsewhere, ran):
    place.run(square, x=1)
    place.execution(square, {"x": 1}, **elsewhere)
    assert ran == [1, 1]


def test_overwriting_runs_everything_and_fills_the_cache(place, ran):
    place.run(square, x=1)
    over = place.execution(square, {"x": 1}, overwrite_cache=True)
    assert ran == [1, 1]
    third = place.execution(square, {"x": 1})
    assert ran == [1, 1]
    assert place.store.nodes(third.id)[0].reuse.execution == over.id


@task
def uncached(x: int) -> int:
    Ran.inputs.append(x)
    return x


@workflow
def with_a_cache_here() -> int:
    return uncached(x=1).with_overrides(cache=True)


@workflow
def without_a_cache_here() -> int:
    return square(x=1).with_overrides(cache=False)


def test_a_node_says_whether_its_outputs_are_kept(place, ran):
    for _ in range(2):
        place.run(with_a_cache_here)
        place.run(without_a_cache_here)
        place.run(uncached, x=5)
    assert ran == [1, 1, 5, 1, 5]


# -- what counts -----------------------------------------------------------------------------------


@task(cache=Cache(ignored_inputs=("note",)))
def noted(x: int, note: str) -> int:
    Ran.inputs.append(note)
    return x


def test_ignored_inputs_do_not_count(place, ran):
    place.run(noted, x=1, note="a")
    place.run(noted, x=1, note="b")
    place.run(noted, x=2, note="c")
    assert ran == ["a", "c"]


def make(cache: Cache, result: int = 0) -> Entity:
    @task(cache=cache)
    def made(x: int) -> int:
        Ran.inputs.append(x)
        return result

    return made


def test_salt_and_version_count(place, ran):
    kinds = [Cache(salt="a"), Cache(salt="b"), Cache(version="1"), Cache(version="2")]
    for _ in range(2):
        for each in kinds:
            place.run(make(each), x=1)
    assert ran == [1] * len(kinds)


def test_code_counts_unless_a_version_is_given(place, ran):
    assert [place.run(make(Cache(), result), x=1) for result in (1, 2, 1)] == [1, 2, 1]
    assert len(ran) == 2
    assert [place.run(make(Cache(version="1"), result), x=1) for result in (1, 2)] == [1, 1]


def of_types(takes: Any, gives: Any) -> Entity:
    def made(x: Any) -> Any:
        Ran.inputs.append((takes, gives))
        return x

    made.__annotations__ = {"x": takes, "return": gives}
    return task(cache=Cache(version="1"))(made)


@pytest.mark.parametrize("other", [(int | None, int), (int, int | None)])
def test_types_count_whatever_the_version_says(place, ran, other):
    for _ in range(2):
        for types in ((int, int), other):
            place.run(of_types(*types), x=1)
    assert ran == [(int, int), other]


@task(cache=True)
def size(file: File) -> int:
    text = Path(file).read_text()
    Ran.inputs.append(text)
    return len(text)


def test_files_count_by_their_content(place, tmp_path, ran):
    for name, text in (("a", "one"), ("b", "one"), ("a", "three")):
        (tmp_path / name).write_text(text)
        assert place.run(size, file=File(str(tmp_path / name))) == len(text)
    assert ran == ["one", "three"]


# -- what does not count any more ------------------------------------------------------------------


@task(cache=True)
def fails_first(x: int) -> int:
    Ran.inputs.append(x)
    if len(Ran.inputs) == 1:
        raise ValueError("not yet")
    return x


def test_failures_are_not_kept(place, ran):
    assert place.execution(fails_first, {"x": 1}).phase is Phase.FAILED
    assert [place.run(fails_first, x=1) for _ in range(2)] == [1, 1]
    assert len(ran) == 2


def test_entries_count_as_long_as_they_may(place, ran):
    short = make(Cache(ttl=timedelta(minutes=1)))
    place.run(short, x=1)
    place.clock.at += 59
    place.run(short, x=1)
    assert len(ran) == 1
    place.clock.at += 1
    place.run(short, x=1)
    assert len(ran) == 2


def test_a_shorter_life_counts_for_older_entries_too(place, ran):
    place.run(make(Cache()), x=1)
    place.clock.at += 120
    place.run(make(Cache(ttl=timedelta(minutes=1))), x=1)
    assert len(ran) == 2


@task(cache=True)
def written(x: int, folder: str) -> File:
    Ran.inputs.append(x)
    path = Path(folder) / f"{x}-{len(Ran.inputs)}.txt"
    path.write_text("content")
    return File(str(path))


def test_an_entry_whose_content_is_gone_is_none(place, tmp_path, ran):
    place.run(written, x=1, folder=str(tmp_path))
    place.run(written, x=1, folder=str(tmp_path))
    assert len(ran) == 1
    with using(Storage((tmp_path / "empty").as_uri())):
        place.run(written, x=1, folder=str(tmp_path))
    assert len(ran) == 2


def test_an_entry_counts_in_a_bucket_that_has_had_its_content_for_days(
    place, tmp_path, ran, monkeypatch
):
    monkeypatch.setattr("volery.data.bucket._FRESH", -3600.0)
    with using(Storage(f"memory://{tmp_path}")):
        place.run(written, x=1, folder=str(tmp_path))
        place.run(written, x=1, folder=str(tmp_path))
    assert len(ran) == 1


# -- maps ------------------------------------------------------------------------------------------


@workflow
def mapped(xs: list[int]) -> list[int]:
    return map_task(square)(x=xs)


def test_elements_of_maps_are_kept_one_by_one(place, ran):
    assert place.run(mapped, xs=[1, 2, 3, 4, 5, 6]) == [1, 4, 9, 16, 25, 36]
    ran.clear()
    assert place.run(mapped, xs=[9, 2, 3, 8, 5, 7]) == [81, 4, 9, 64, 25, 49]
    assert sorted(ran) == [7, 8, 9]


def test_ranges_are_cut_where_hits_and_misses_meet(place, ran):
    """Long lists travel in ranges of several elements."""
    place.run(mapped, xs=list(range(200)))
    ran.clear()
    assert place.run(mapped, xs=list(range(100, 400))) == [x * x for x in range(100, 400)]
    assert sorted(ran) == list(range(200, 400))


def test_elements_and_plain_nodes_find_each_other(place, ran):
    place.run(mapped, xs=list(range(150)))
    ran.clear()
    assert [place.run(square, x=x) for x in (0, 77, 149)] == [0, 77 * 77, 149 * 149]
    place.run(square, x=1000)
    assert place.run(mapped, xs=[1000]) == [1_000_000]
    assert ran == [1000]


@task(cache=True, retries=1)
def odd(x: int) -> int:
    Ran.inputs.append(x)
    if x % 2 == 0:
        raise ValueError("even")
    return x


@workflow
def odds(xs: list[int]) -> list[int | None]:
    return map_task(odd, min_success_ratio=0.0)(x=xs)


def test_elements_that_failed_are_tried_by_the_next_execution(place, ran):
    xs = list(range(130))
    assert place.run(odds, xs=xs)[:4] == [None, 1, None, 3]
    ran.clear()
    place.run(odds, xs=xs)
    assert set(ran) == set(range(0, 130, 2))


@task(cache=True)
def long_text(x: int) -> str:
    Ran.inputs.append(x)
    return str(x) * 100_000


@workflow
def long_texts(xs: list[int]) -> list[str]:
    return map_task(long_text)(x=xs)


def test_large_outputs_of_elements_are_found(place, ran):
    xs = list(range(10, 80))
    expected = [str(x) * 100_000 for x in xs]
    assert [place.run(long_texts, xs=xs) == expected for _ in range(2)] == [True, True]
    assert len(ran) == len(xs)


@task(cache=True)
def silent(x: int) -> None:
    Ran.inputs.append(x)


@workflow
def all_silent(xs: list[int]) -> None:
    map_task(silent)(x=xs)


def test_tasks_without_outputs_are_not_done_again(place, ran):
    for _ in range(2):
        place.run(all_silent, xs=list(range(140)))
    assert len(ran) == 140


# -- dynamic tasks ---------------------------------------------------------------------------------


@dynamic(cache=True)
def unrolled(n: int) -> list[int]:
    Ran.inputs.append("unrolled")
    return [square(x=x) for x in range(n)]


def test_a_dynamic_task_is_kept_as_a_whole(place, ran):
    assert [place.run(unrolled, n=3) for _ in range(2)] == [[0, 1, 4], [0, 1, 4]]
    assert ran.count("unrolled") == 1


# -- serialized ------------------------------------------------------------------------------------


@task(cache=Cache(serialize=True))
def alone(x: int) -> int:
    Ran.inputs.append(x)
    return x


@workflow
def twice_at_once(x: int) -> list[int]:
    return [alone(x=x), alone(x=x)]


@workflow
def mapped_alone(xs: list[int]) -> list[int]:
    return map_task(alone)(x=xs)


def test_of_equal_nodes_of_one_workflow_one_runs(place, ran):
    assert place.run(twice_at_once, x=1) == [1, 1]
    assert ran == [1]


def test_of_equal_elements_of_one_map_one_runs(place, ran):
    assert place.run(mapped_alone, xs=[1, 2] * 50) == [1, 2] * 50
    assert sorted(ran) == [1, 2]


def test_of_two_executions_one_runs_and_the_other_waits(place, ran):
    first, one = place.submit(alone, {"x": 1})
    second, two = place.submit(alone, {"x": 1})
    steps = [each.steps(id) for each, id in ((first, one), (second, two))]
    for each in steps:
        each["lease"]()
        each["advance"]()
    assert place.store.attempts(two) == []
    records = [first.drain(one), second.drain(two)]
    assert [place.outputs(alone, each) for each in records] == [1, 1]
    assert ran == [1]


def test_who_waits_runs_when_the_other_fails(place):
    @task(cache=Cache(serialize=True))
    def fails_once(x: int) -> int:
        Ran.inputs.append(x)
        if len(Ran.inputs) == 1:
            raise ValueError("not yet")
        return x

    first, one = place.submit(fails_once, {"x": 1})
    second, two = place.submit(fails_once, {"x": 1})
    for each, id in ((first, one), (second, two)):
        each.steps(id)["lease"]()
        each.steps(id)["advance"]()
    assert first.drain(one).phase is Phase.FAILED
    assert place.outputs(fails_once, second.drain(two)) == 1


def test_who_was_lost_does_not_run_again_what_the_other_has_done_meanwhile(place, ran):
    first, one = place.submit(alone, {"x": 1})
    second, two = place.submit(alone, {"x": 1})
    for each in ("lease", "advance", "launch"):
        first.steps(one)[each]()
    place.store.retire(first.owner)
    assert place.outputs(alone, second.drain(two)) == 1
    second.take_over(one)
    assert place.outputs(alone, second.drain(one)) == 1
    assert ran == [1]
    assert [each.phase for each in place.store.attempts(one)] == [AttemptPhase.LOST]
    pictures.check(place.store, one)


# -- cost ------------------------------------------------------------------------------------------


def test_a_range_is_looked_up_with_one_question(place, monkeypatch):
    """All elements of all ranges that begin at once."""
    asked: list[int] = []
    cached = place.store.cached
    monkeypatch.setattr(
        place.store, "cached", lambda keys, at: asked.append(len(keys)) or cached(keys, at)
    )
    place.run(mapped, xs=list(range(2560)))
    assert sum(asked) == 2560
    assert len(asked) <= 11
