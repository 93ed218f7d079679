"""How far executions are: statuses, timelines, cells."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from functools import partial

import pytest
from tests.services import browsed, scoped
from tests.services.test_browsing import browsing_of, start

from volery.engine.model import Phase
from volery.errors import CallError, NotFound
from volery.services.cells import CACHED, MOST_FAILED, RECOVERED, cells_of
from volery.services.engine import Engine
from volery.services.following import MOST_CHANGES, Following
from volery.store.progress import MOST_ASKED, Parts, Progress
from volery.testing.clock import FakeClock
from volery.wire.access import LOCAL, Identity
from volery.wire.progress import ScopeFilter, Timeline

pytestmark = pytest.mark.keeps_running("the workers of the warm engine")

STRANGER = Identity("stranger", "admin", ("elsewhere",))


@pytest.fixture(scope="module")
def following(warm: Engine) -> Iterator[Following]:
    with closing(warm.home.open()) as store:
        sight = browsing_of(warm, store).sight
        yield Following(sight, Progress(store.database), FakeClock(9.0))


def paths(following: Following, id: str, *scopes: str, **more) -> list[str]:
    found = following.statuses(LOCAL, id, ScopeFilter(scopes, **more), 99, "")
    assert found.complete
    return [each.path for each in found.statuses]


# -- statuses ---------------------------------------------------------------------------------


def test_statuses_are_those_of_the_scopes_that_are_open(warm, following):
    id = start(warm, browsed.mapping_sums, {"values": [1.0, 2.0]})
    assert paths(following, id) == []
    warm.drain(id)
    assert paths(following, id) == paths(following, id, "") == ["n0"]
    assert paths(following, id, "n0") == ["n0[0]", "n0[1]"]
    assert paths(following, id, "n0[1]", "", "n0[1]") == ["n0", "n0[1]/n0", "n0[1]/n1"]
    assert paths(following, id, "n9", "]") == []


FOUR_SCOPES = ScopeFilter(("n0[1]", "", "n0", "n0[0]"))


def paged(read, limit):
    """The paths of what is read page behind page."""
    found: list[str] = []
    cursor: str | None = ""
    while cursor is not None:
        page = read(limit, cursor)
        items = page.rows if isinstance(page, Timeline) else page.statuses
        found += [each.path for each in items]
        cursor = page.next
    return found


@pytest.mark.parametrize("limit", [1, 2, 3])
def test_pages_go_through_all_scopes_together(warm, following, limit):
    id = start(warm, browsed.mapping_sums, {"values": [1.0, 2.0]})
    warm.drain(id)
    for ask in (following.statuses, following.timeline):
        read = partial(ask, LOCAL, id, FOUR_SCOPES)
        whole = paged(read, 99)
        assert paged(read, limit) == whole
        assert len(whole) == 7
    assert paged(partial(following.statuses, LOCAL, id, FOUR_SCOPES), limit) == sorted(whole)


def test_a_change_deep_inside_is_one_of_what_can_be_seen(warm, following):
    id = start(warm, browsed.mapping_sums, {"values": [1.0, 2.0]})
    before = following.statuses(LOCAL, id, ScopeFilter(), 99, "").seq
    warm.drain(id)
    assert paths(following, id, since=before) == ["n0"]
    assert paths(following, id, "n0", "n0[0]", since=before) == [
        "n0[0]",
        "n0[0]/n0",
        "n0[0]/n1",
        "n0[1]",
    ]


def test_where_too_much_has_changed_all_is_to_be_asked_for(warm, following):
    values = [float(each) for each in range(MOST_CHANGES // 6)]
    id = start(warm, browsed.mapping_sums, {"values": values})
    before = following.statuses(LOCAL, id, ScopeFilter(), 99, "").seq
    warm.drain(id)
    found = following.statuses(LOCAL, id, ScopeFilter(since=before), 99, "")
    assert (found.complete, found.statuses) == (False, ())
    assert paths(following, id, since=found.seq) == []
    late = following.timeline(LOCAL, id, ScopeFilter(since=before), 99, "")
    assert (late.complete, late.rows) == (False, ())


def test_a_branch_says_which_way_it_went(warm, following):
    for x, arm in ((11, 0), (2, 1)):
        id = start(warm, browsed.choosing, {"x": x})
        warm.drain(id)
        assert following.statuses(LOCAL, id, ScopeFilter(), 99, "").arms == {"n0": arm}


def test_a_launch_plan_names_what_it_has_started(warm, following):
    id = start(warm, browsed.starting, {"a": 1.0})
    warm.drain(id)
    status = following.statuses(LOCAL, id, ScopeFilter(), 99, "").statuses[0]
    assert paths(following, status.child) == ["n0", "n1"]


def test_there_is_a_bound_to_what_is_asked_together(warm, following):
    id = start(warm, browsed.sums, {"a": 1.0})
    warm.drain(id)
    many = tuple(f"n{number}" for number in range(MOST_ASKED))
    assert paths(following, id, *many) == []
    for ask in (following.statuses, following.timeline):
        with pytest.raises(CallError, match="200"):
            ask(LOCAL, id, ScopeFilter((*many, "")), 9, "")


def test_who_may_not_see_an_execution_learns_nothing(warm, following):
    id = start(warm, browsed.sums, {"a": 1.0})
    warm.drain(id)
    for ask in (
        lambda: following.statuses(STRANGER, id, ScopeFilter(), 9, ""),
        lambda: following.timeline(STRANGER, id, ScopeFilter(), 9, ""),
        lambda: following.cells(STRANGER, id, "n0"),
    ):
        with pytest.raises(NotFound, match=f"no execution {id}"):
            ask()


# -- timelines --------------------------------------------------------------------------------


def test_a_timeline_goes_by_when_things_began(warm, following):
    id = start(warm, browsed.chained, {"x": 1})
    warm.drain(id)
    rows = following.timeline(LOCAL, id, ScopeFilter(("", "n0")), 99, "").rows
    assert [row.path for row in rows] == ["n0", "n0/@body", "n0/n0", "n0/n1"]
    assert [len(row.attempts) for row in rows] == [0, 1, 1, 1]
    [attempt] = rows[-1].attempts
    assert attempt.taken is not None
    assert attempt.started is not None
    assert attempt.returned is not None
    assert attempt.started <= attempt.returned
    assert attempt.due is None


# -- elements ---------------------------------------------------------------------------------


def test_elements_that_have_failed_are_told(warm, following):
    id = start(warm, scoped.refusing, {"values": list(range(200))})
    warm.drain(id)
    cells = following.cells(LOCAL, id, "n0")
    failed = tuple(range(0, 200, 3))
    assert (cells.failed, cells.now) == (failed, 9.0)
    assert cells.counts == {"SUCCEEDED": 200 - len(failed), "FAILED": len(failed)}
    assert cells.cells == bytes(3 if index % 3 == 0 else 2 for index in range(200))
    assert all(end - start > 1 for start, end in cells.ranges)
    [status] = following.statuses(LOCAL, id, ScopeFilter(), 99, "").statuses
    assert status.elements == cells.counts


DONE = (Phase.SUCCEEDED, None)


def test_single_elements_count_over_their_range():
    ranges = [(0, 4, DONE), (4, 8, (Phase.SKIPPED, None)), (8, 10, (Phase.SUCCEEDED, "cached"))]
    alone = {
        (Phase.FAILED, None): [1],
        (Phase.RUNNING, None): [5],
        (Phase.SUCCEEDED, "recovered"): [6],
        (Phase.ABORTED, None): [7],
    }
    drawn = cells_of(12, Parts(ranges, alone))
    assert list(drawn.cells) == [2, 3, 2, 2, 0, 1, 2 | RECOVERED, 5, *([2 | CACHED] * 2), 0, 0]
    assert (drawn.failed, drawn.ranges) == ((1, 7), ((0, 4), (8, 10)))
    assert drawn.counts == {
        "SUCCEEDED": 6,
        "FAILED": 1,
        "RUNNING": 1,
        "ABORTED": 1,
        "PENDING": 3,
    }


def test_only_the_first_that_have_failed_are_named():
    drawn = cells_of(5000, Parts([], {(Phase.FAILED, None): list(range(0, 5000, 2))}))
    assert drawn.failed == tuple(range(0, 2 * MOST_FAILED, 2))
    assert drawn.counts["FAILED"] == 2500


def test_a_map_of_unknown_length_has_no_cells():
    assert cells_of(0, Parts([], {})) == (b"", {}, (), ())
