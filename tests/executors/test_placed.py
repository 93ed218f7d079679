"""Executors behind one: each work goes where it belongs, and none keeps the others waiting."""

from __future__ import annotations

import socket
from itertools import pairwise
from threading import Timer
from time import monotonic

import pytest

from volery.errors import ConfigError
from volery.executors import known
from volery.executors.base import Started
from volery.executors.inline import InlineExecutor
from volery.executors.placed import HOPELESS, MOST_FAILED, PlacedExecutor
from volery.executors.placing import Only
from volery.ir.failure import Failure
from volery.ir.specs import Loader
from volery.ir.values import EMPTY
from volery.ir.work import Call, CallEnded, Ref, Result, Work
from volery.testing.conformance.executor import UnlimitedExecutorConformance
from volery.testing.conformance.executor_calls import CallsConformance
from volery.testing.conformance.executor_tasks import double, work

DONE = EMPTY


class TestTheDefaultOfTwo(UnlimitedExecutorConformance):
    @pytest.fixture
    def executor(self, start):
        placed = PlacedExecutor({"process": start, "other": start}, "process")
        placed.lasts_on("other")  # opens it
        yield placed
        placed.close()


class TestCallsOfTheDefaultOfTwo(CallsConformance):
    @pytest.fixture
    def executor(self, start):
        placed = PlacedExecutor({"other": start, "process": start}, "process")
        placed.lasts_on("other")
        yield placed
        placed.close()


class Scripted:
    """An executor whose works end when a test says so, from any thread."""

    def __init__(self, *, lasts=False, room=5):
        self.lasts = lasts
        self.taken = []
        self.aborted = []
        self.answered = []
        self.closed = 0
        self._room = room
        self._events = []
        self._mine, self._theirs = socket.socketpair()
        self.bell = self._mine.fileno()

    def room(self):
        return self._room

    def launch(self, works):
        self.taken += works

    def abort(self, ids):
        self.aborted += ids

    def answer(self, ends):
        self.answered += ends

    def tell(self, event):
        self._events.append(event)
        self._theirs.send(b"!")

    def poll(self, timeout, news=None):
        events, self._events = self._events, []
        if events:
            self._mine.recv(4096)
        return events

    def close(self):
        self.closed += 1
        self._mine.close()
        self._theirs.close()


def to(executor, id):
    return Work(id, "run", f"n{id}", 1, "task", Loader("m", "a"), EMPTY, executor=executor)


@pytest.fixture
def cluster():
    made = Scripted(lasts=True)
    yield made
    if not made.closed:
        made.close()


@pytest.fixture
def place(start, cluster):
    """A function that makes one of worker processes and what is given, which is closed."""
    made = []

    def make(**openers):
        openers = {"process": start, "cluster": lambda: cluster, **openers}
        made.append(PlacedExecutor(openers, "process"))
        return made[-1]

    yield make
    for each in made:
        each.close()


def fails(*errors):
    """What opens an executor, after it has raised these errors."""
    left = list(errors)

    def open_it():
        if left:
            raise left.pop(0)
        return Scripted()

    return open_it


def test_a_work_goes_to_the_executor_that_it_names(place, cluster):
    placed = place()
    here = work(double, x=4)
    placed.launch([to("cluster", 1_000_001), here, to("cluster", 1_000_002)])
    assert [each.id for each in cluster.taken] == [1_000_001, 1_000_002]
    cluster.tell(Result(1_000_002, DONE))
    ended = set()
    while len(ended) < 2:
        ended |= {each.id for each in placed.poll(10) if isinstance(each, Result)}
    assert ended == {here.id, 1_000_002}


def test_an_abort_and_an_answer_go_where_the_work_is(place, cluster):
    placed = place()
    placed.launch([to("cluster", 1), to("cluster", 2)])
    end = CallEnded(2, "call", DONE)
    placed.abort([1, 77])
    placed.answer([end, CallEnded(77, "call", DONE)])
    assert (cluster.aborted, cluster.answered) == ([1], [end])
    cluster.tell(Result(1, DONE))
    assert [each.id for each in placed.poll(10)] == [1]
    placed.abort([1])
    assert cluster.aborted == [1], "it is over"


def test_events_of_all_kinds_come_through(place, cluster):
    placed = place()
    placed.launch([to("cluster", 1)])
    events = [Started(1, 5.0), Call(1, "call", Ref("task", "t"), b"", EMPTY), Result(1, DONE)]
    for event in events:
        cluster.tell(event)
    assert placed.poll(10) == events


def test_a_bell_and_news_end_the_wait(place, cluster):
    placed = place()
    placed.launch([to("cluster", 1)])
    assert placed.lasts_on("process") is False  # opens it, and it is what is waited for
    reading, writing = socket.socketpair()
    with reading, writing:
        bell = Timer(0.05, cluster.tell, [Result(1, DONE)])
        began = monotonic()
        bell.start()
        assert [each.id for each in placed.poll(50, reading.fileno())] == [1]
        writing.send(b"!")
        assert placed.poll(50, reading.fileno()) == []
        assert monotonic() - began < 25
        bell.join()


def test_news_end_the_wait_before_anything_is_open(place):
    reading, writing = socket.socketpair()
    with reading, writing:
        writing.send(b"!")
        began = monotonic()
        assert place().poll(50, reading.fileno()) == []
        assert monotonic() - began < 25


def test_each_has_room_of_its_own(place, cluster):
    placed = place(broken=fails(*[ConfigError("no")] * 99))
    rooms = placed.rooms()
    assert (rooms["cluster"], rooms["broken"]) == (1, 1), "one goes ahead"
    placed.launch([to("cluster", 1), to("broken", 2), work(double, x=1)])
    rooms = placed.rooms()
    assert rooms["cluster"] == 5
    assert rooms["broken"] == 0
    assert rooms["process"] == placed.room()


def test_what_cannot_be_opened_fails_its_works_and_no_others(place):
    error = ConfigError("no daemon at unix:///nowhere", hint="start it")
    placed = place(broken=fails(error))
    here = work(double, x=1)
    placed.launch([to("broken", 1_000_001), here, to("broken", 1_000_002)])
    results = {}
    while len(results) < 3:
        results |= {each.id: each for each in placed.poll(10) if isinstance(each, Result)}
    assert results[here.id].failure is None
    failure = results[1_000_001].failure
    assert failure == results[1_000_002].failure
    assert (failure.code, failure.kind, failure.retryable) == (
        "ExecutorUnavailable",
        "SYSTEM",
        True,
    )
    assert failure.message == (
        "the executor broken cannot be used here: no daemon at unix:///nowhere\n  hint: start it"
    )


def test_it_is_tried_again_after_a_while(place, monkeypatch):
    monkeypatch.setattr("volery.executors.placed.AGAIN", 0.0)
    placed = place(broken=fails(OSError("away"), OSError("still away")))
    for _ in range(2):
        placed.launch([to("broken", 1)])
        (result,) = placed.poll(0)
        assert "OSError" in result.failure.message
        assert placed.rooms()["broken"] == 1
    placed.launch([to("broken", 1)])
    assert placed.poll(0) == []
    assert placed.rooms()["broken"] == 5


def test_where_there_is_no_hope_works_are_told_so_before_they_wait_for_nothing(place, monkeypatch):
    monkeypatch.setattr("volery.executors.placed.AGAIN", 0.0)
    placed = place(broken=fails(*[OSError("away")] * 99))
    for id in range(MOST_FAILED):
        placed.launch([to("broken", id)])
    assert placed.rooms()["broken"] == HOPELESS


def test_a_work_for_what_the_engine_does_not_have_fails(place):
    placed = place()
    placed.launch([to("elsewhere", 1)])
    (result,) = placed.poll(0)
    assert "setting executors" in result.failure.message


def test_which_of_them_last_is_known_without_opening_what_cannot_be(place):
    placed = place(broken=fails(*[OSError("away")] * 99))
    lasting = {name: placed.lasts_on(name) for name in ("process", "cluster", "broken", "unknown")}
    assert lasting == {"process": False, "cluster": True, "broken": False, "unknown": False}


def test_all_are_closed_whatever_one_of_them_raises(start):
    class Stubborn(Scripted):
        def close(self):
            super().close()
            raise OSError("busy")

    both = [Stubborn(), Stubborn()]
    placed = PlacedExecutor({"a": lambda: both[0], "b": lambda: both[1]}, "a")
    placed.launch([to("a", 1), to("b", 2)])
    with pytest.raises(OSError, match="busy"):
        placed.close()
    assert [each.closed for each in both] == [1, 1]


def test_one_without_a_bell_is_looked_at_beside_the_one_that_is_waited_for(start):
    placed = PlacedExecutor({"process": start, "other": start}, "process")
    try:
        works = [work(double, x=x) for x in range(4)]
        for here, there in pairwise(works):
            placed.launch([here, Work(**_fields(there), executor="other")])
        ended = set()
        while len(ended) < len(works):
            ended |= {each.id for each in placed.poll(10) if isinstance(each, Result)}
        assert ended == {each.id for each in works}
    finally:
        placed.close()


def _fields(of):
    return {name: getattr(of, name) for name in of.__struct_fields__ if name != "executor"}


# -- names ------------------------------------------------------------------------------------


@pytest.fixture
def plugin(monkeypatch):
    """A function that makes an executor known until the end of the test."""
    monkeypatch.setattr(known, "_known", dict(known._known))
    return known.register


def test_an_executor_is_opened_by_its_name(plugin, monkeypatch):
    plugin("mine", lambda site: site.settings)
    plugin("theirs", "tests.executors.test_placed:open_scripted", brings_secrets=True)
    site = known.Site(*[None] * 5, {"a": 1}, None, None)
    assert known.open_executor("mine", site) == {"a": 1}
    assert known.open_executor("theirs", site) is site
    assert known.known("theirs").brings_secrets
    assert {"process", "docker", "kubernetes", "mine", "theirs"} <= set(known.names())
    known.check(["process", "mine"])


def open_scripted(site):
    return site


def test_an_unknown_name_is_an_error_that_names_the_nearest(place):
    with pytest.raises(ConfigError, match="no executor is named 'dokcer'") as caught:
        place().name_of("dokcer")
    assert "did you mean docker?" in str(caught.value)


@pytest.mark.parametrize(
    ("default", "said", "named"),
    [
        ("process", "", "docker"),
        ("process", "process", "docker"),
        ("process", "kubernetes", "kubernetes"),
        ("kubernetes", "", "kubernetes"),
        ("kubernetes", "docker", "docker"),
    ],
)
def test_what_wants_a_container_goes_where_they_run(default, said, named):
    placed = PlacedExecutor({}, default)
    assert placed.name_of("container", said) == named
    assert placed.name_of("process", said) == "process"


def test_the_only_executor_carries_everything_out():
    only = Only(InlineExecutor({}))
    assert only.name_of("whatever") == only.default == ""
    assert list(only.rooms()) == [""]
    assert not only.lasts_on("")
    assert not only.about("whatever").away


def test_a_failure_of_an_executor_is_not_taken_for_its_own(place, cluster):
    placed = place()
    placed.launch([to("cluster", 1)])
    cluster.tell(Result(1, None, Failure("OutOfMemory", "SYSTEM", "it needs more")))
    (result,) = placed.poll(10)
    assert result.failure.code == "OutOfMemory"


# -- what was left ----------------------------------------------------------------------------


@pytest.fixture
def used(cluster, start, monkeypatch):
    """A function that makes one of executors of which some were used before."""
    monkeypatch.setattr("volery.executors.placed.RARELY", 0.0)
    made = []

    def make(*names, **openers):
        openers = {"process": start, "cluster": lambda: cluster, **openers}
        made.append(PlacedExecutor(openers, "process", names))
        return made[-1]

    yield make
    for each in made:
        each.close()


def test_an_executor_that_was_used_is_opened_for_what_it_has_left(used, cluster):
    opened = []
    placed = used("cluster", "gone", cluster=lambda: opened.append(1) or cluster)
    placed.poll(0)
    assert opened == [], "nobody has asked for it"
    placed.tidy()
    placed.poll(0)
    placed.poll(0)
    assert opened == [1]


def test_an_executor_that_was_not_used_is_not_opened(used):
    placed = used(cluster=lambda: pytest.fail("it was opened"))
    placed.tidy()
    placed.poll(0)


def test_an_executor_that_cannot_be_opened_for_what_it_has_left_is_tried_again(
    used, cluster, monkeypatch
):
    monkeypatch.setattr("volery.executors.placed.AGAIN", 0.0)
    tries = iter([OSError("away"), OSError("away"), None])
    opened = []

    def open_it():
        opened.append(1)
        if error := next(tries):
            raise error
        return cluster

    placed = used("cluster", cluster=open_it)
    placed.tidy()
    for _ in range(4):
        assert placed.poll(0) == []
    assert opened == [1, 1, 1]
