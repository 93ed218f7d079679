"""Attempts go to the executors that they name, with what they need there; and outlast engines."""

from __future__ import annotations

import socket
import sys
import textwrap
import time
from contextlib import ExitStack
from importlib import import_module

import pytest
from msgspec.structs import replace
from tests.services import flows
from tests.services.conftest import ROOT

from volery import LaunchPlan, task, workflow
from volery.engine.model import Phase
from volery.errors import ConfigError, Unavailable
from volery.executors import known
from volery.executors.base import Started
from volery.executors.results import aborted
from volery.ids import digest
from volery.ir.failure import Failure
from volery.ir.placement import Placement, Reuse
from volery.ir.policy import Backoff, Limits, Policy, Request
from volery.ir.specs import SecretRef
from volery.ir.values import pack, unpack
from volery.ir.work import Result
from volery.sdk.compile import compile_entity
from volery.sdk.program import Program
from volery.services.engine import embedded
from volery.services.executors import Executors
from volery.services.provisions import UNAVAILABLE
from volery.testing import pictures


class Cluster:
    """Where attempts go on whatever becomes of the engines that have begun them.

    `begun` has the works that were started, each once; they end when a test says so.
    """

    def __init__(self):
        self.sites = []
        self.begun = {}
        self.told = {}
        self.stopped = []
        self.full = False
        self.answers = True

    def open(self, site):
        self.sites.append(site)
        return Attached(self)

    def start(self, work):
        key = (work.execution, work.path, work.attempt)
        if key not in self.begun:
            self.begun[key] = work
            self.told[key] = [Started(0, 1.0)]
            if self.answers:
                self.end(key)
        return key

    def end(self, key, value=1):
        self.told[key].append(Result(0, pack({"o0": value}), started=1.0, ended=2.0))

    def work(self, path):
        (found,) = (work for (_, at, _), work in self.begun.items() if at == path)
        return found


class Attached:
    """The executor of one engine on a cluster."""

    lasts = True

    def __init__(self, cluster):
        self._cluster = cluster
        self._keys = {}
        self._mine, self._theirs = socket.socketpair()
        self._theirs.send(b"!")  # the bell always rings: nothing is waited for
        self.bell = self._mine.fileno()

    def room(self):
        return 0 if self._cluster.full else 9

    def launch(self, works):
        self._keys.update((work.id, self._cluster.start(work)) for work in works)

    def abort(self, ids):
        for each in ids:
            if key := self._keys.get(each):
                self._cluster.stopped.append(key)
                self._cluster.told[key].append(aborted(0))

    def answer(self, ends):
        raise AssertionError("nobody calls from there")

    def poll(self, timeout, news=None):
        events = []
        for id, key in list(self._keys.items()):
            told, self._cluster.told[key] = self._cluster.told[key], []
            events += [replace(each, id=id) for each in told]
            if any(isinstance(each, Result) for each in told):
                del self._keys[id]
        return events

    def close(self):
        self._mine.close()
        self._theirs.close()


@pytest.fixture
def cluster(monkeypatch):
    monkeypatch.setattr(known, "_known", dict(known._known))
    made = Cluster()
    known.register("cluster", made.open)
    known.register("vault", made.open, brings_secrets=True)
    return made


@pytest.fixture
def opened(volery_home, cluster):
    """A function that opens an engine on one home, which ends with the test."""
    with ExitStack() as stack:

        def open_one(**more):
            return stack.enter_context(
                embedded(volery_home, workers=1, import_roots=[ROOT], **more)
            )

        yield open_one


@pytest.fixture
def engine(opened):
    return opened(executors=Executors(tables={"cluster": {"size": 3}}))


@task
def number(x: int) -> int:
    return x


@task
def other(x: int) -> int:
    return x


@workflow
def two(x: int = 1) -> int:
    return other(x=number(x=x))


@workflow
def beside(x: int = 1) -> int:
    number(x=x)
    return other(x=x)


def placed(entity, changes, **nodes):
    """A program with other policies for some of its tasks, by their short names."""
    program = compile_entity(entity)
    tasks = tuple(
        replace(each, **changes.get(each.name.rpartition(".")[2], {}))
        for each in program.bundle.tasks
    )
    return Program(replace(program.bundle, tasks=tasks, **nodes), {})


def there(**policy):
    return {"policy": Policy(executor="cluster", **policy)}


IN_IMAGE = Placement(code="image")
SHARED = Placement(code="image", reuse=Reuse())


def submit(engine, program, entity, **more):
    return engine.submit(program, entity.ref, pack({"x": 4}), **more)


def executors(engine, execution):
    return {each.path: each.executor for each in engine.store.attempts(execution)}


def test_one_workflow_runs_here_and_there(engine, cluster):
    program = placed(two, {"number": there(placement=IN_IMAGE)})
    execution = submit(engine, program, two)
    assert engine.drain(execution).phase is Phase.SUCCEEDED
    assert unpack(engine.outputs(execution))["o0"] == 1, "what the cluster gave went on to the next"
    assert executors(engine, execution) == {"n0": "cluster", "n1": "process"}
    pictures.check(engine.store, execution)


def test_an_attempt_there_has_what_it_needs(engine, cluster):
    placement = Placement(code="image", image="app:1", labels=(("a", "b"),))
    caps = Request(mem=1 << 30)
    program = placed(two, {"number": there(placement=placement, caps=caps)})
    execution = submit(engine, program, two, project="weather", domain="production")
    engine.drain(execution)
    work = cluster.work("n0")
    assert (work.executor, work.code) == ("cluster", "")
    place = work.place
    assert (place.project, place.domain) == ("weather", "production")
    assert (place.placement, place.caps, place.package) == (placement, caps, "")
    assert place.interface == program.bundle.tasks[0].interface
    assert place.token == digest(f"{execution}/n0".encode()), "as its task's context has it"
    assert place.crashes == 0


def test_the_executor_knows_where_it_is(engine, cluster, volery_home):
    execution = submit(engine, placed(two, {"number": there(placement=IN_IMAGE)}), two)
    engine.drain(execution)
    (site,) = cluster.sites
    assert (site.home, site.owner, site.settings) == (volery_home, engine.owner, {"size": 3})
    assert site.scratch.is_relative_to(volery_home)
    assert site.storage.url == engine.storage.url
    assert len(site.identity) > 10
    assert not site.wanted(execution, "n0", 1), "it is over"
    assert not site.wanted(execution, "n7", 1)


@pytest.mark.parametrize("how", ["execution", "engine", "launch plan", "task"])
def test_an_executor_is_chosen_by_task_execution_launch_plan_or_engine(opened, cluster, how):
    plan = LaunchPlan.get_or_create(two, "test_placement.there", executor="cluster")
    chosen = {"default": "cluster"} if how == "engine" else {}
    engine = opened(executors=Executors(**chosen))
    in_image = {"policy": Policy(placement=IN_IMAGE)}
    changes = {"number": in_image, "other": in_image}
    if how == "task":
        changes = {"number": there(placement=IN_IMAGE), "other": there(placement=IN_IMAGE)}
    entity = plan if how == "launch plan" else two
    more = {"executor": "cluster"} if how == "execution" else {}
    execution = submit(engine, placed(entity, changes), entity, **more)
    assert engine.drain(execution).phase is Phase.SUCCEEDED
    assert executors(engine, execution) == {"n0": "cluster", "n1": "cluster"}


def test_what_a_task_says_comes_before_its_execution(engine):
    changes = {
        "number": {"policy": Policy(executor="process")},
        "other": {"policy": Policy(placement=IN_IMAGE)},
    }
    execution = submit(engine, placed(two, changes), two, executor="cluster")
    engine.drain(execution)
    assert executors(engine, execution) == {"n0": "process", "n1": "cluster"}


def test_an_unknown_executor_is_refused_before_anything_is_recorded(engine):
    wrong = {"number": {"policy": Policy(executor="clutser")}}
    with pytest.raises(ConfigError, match="no executor is named 'clutser'") as caught:
        submit(engine, placed(two, wrong), two)
    assert "did you mean cluster?" in str(caught.value)
    with pytest.raises(ConfigError, match="no executor is named 'clutser'"):
        submit(engine, compile_entity(two), two, executor="clutser")
    assert engine.store.executions(limit=9) == []


def test_an_unknown_executor_in_what_a_task_has_emitted_is_a_failure_that_says_so(engine):
    program = compile_entity(two)
    execution = submit(engine, program, two)
    wrong = placed(two, {"other": {"policy": Policy(executor="clutser")}})
    engine.contexts.definitions(engine.store.execution(execution).bundle)
    graph = engine.contexts.get(execution, "").definition
    graph.policies["n1"] = wrong.bundle.tasks[1].policy
    record = engine.drain(execution)
    assert record.phase is Phase.FAILED
    assert record.failure.code == "ConfigError"
    assert "did you mean cluster?" in record.failure.message


def test_an_engine_with_other_executors_leaves_it_alone(opened, cluster):
    engine = opened(executors=Executors(names=("process",)))
    execution = submit(engine, placed(two, {"number": there(placement=IN_IMAGE)}), two)
    rounds = iter(range(3))
    engine.serve(lambda: next(rounds, None) is None)
    (attempt,) = engine.store.attempts(execution)
    assert (attempt.owner, attempt.executor) == (None, "cluster")


def test_an_engine_needs_its_default_among_its_executors(opened):
    with pytest.raises(ConfigError, match="setting executors has process alone"):
        opened(executors=Executors("cluster", ("process",)))
    with pytest.raises(ConfigError, match="no executor is named 'clutser'"):
        opened(executors=Executors("clutser"))


def test_a_full_cluster_keeps_no_local_task_waiting(engine, cluster):
    cluster.full = True
    blocked = submit(engine, placed(two, {"number": there(placement=IN_IMAGE)}), two)
    probed = submit(engine, placed(two, {"number": there(placement=IN_IMAGE)}), two)
    local = submit(engine, compile_entity(two), two)
    assert engine.drain(local).phase is Phase.SUCCEEDED
    rounds = iter(range(3))
    engine.serve(lambda: next(rounds, None) is None)
    assert len(cluster.begun) <= 1, "at most the one that went ahead"
    cluster.full = False
    engine.finish()
    for each in (blocked, probed):
        assert engine.store.execution(each).phase is Phase.SUCCEEDED


def test_an_executor_that_cannot_be_opened_fails_its_attempts_and_says_why(
    opened, cluster, monkeypatch
):
    def refuse(site):
        raise Unavailable("no daemon at unix:///nowhere")

    monkeypatch.setattr("volery.executors.placed.AGAIN", 0.0)
    monkeypatch.setattr("volery.engine.retry._SYSTEM", Backoff())
    known.register("away", refuse)
    engine = opened()
    local = submit(engine, compile_entity(two), two)
    lost = submit(
        engine,
        placed(two, {"number": {"policy": Policy(executor="away", placement=IN_IMAGE)}}),
        two,
    )
    record = engine.drain(lost)
    assert record.phase is Phase.FAILED
    assert record.failure.code == "ExecutorUnavailable"
    assert "no daemon at unix:///nowhere" in record.failure.message
    assert len(engine.store.attempts(lost)) == 4
    assert engine.drain(local).phase is Phase.SUCCEEDED


def once(engine):
    """Have an engine serve for a moment."""
    rounds = iter(range(2))
    engine.serve(lambda: next(rounds, None) is None)


def test_a_server_opens_what_was_used_before_and_nothing_else(volery_home, cluster):
    """An executor was opened by the first launch alone: what it had left stayed until then."""
    with embedded(volery_home, workers=1, import_roots=[ROOT]) as engine:
        once(engine)
        assert cluster.sites == [], "nobody has used it"
        engine.drain(submit(engine, placed(two, {"number": there(placement=IN_IMAGE)}), two))
        assert len(cluster.sites) == 1
    with embedded(volery_home, workers=1, import_roots=[ROOT]) as engine:
        assert len(cluster.sites) == 1
        once(engine)
        assert len(cluster.sites) == 2


@pytest.mark.parametrize("chosen", [{"default": "cluster"}, {"names": ("process", "cluster")}])
def test_a_server_opens_what_its_settings_name(opened, cluster, chosen):
    once(opened(executors=Executors(**chosen)))
    assert len(cluster.sites) == 1


def test_a_time_limit_is_when_an_invocation_expires(engine, cluster):
    limits = {"number": Limits(queued=60, total=600), "other": Limits(running=60)}
    changes = {name: there(placement=IN_IMAGE, limits=each) for name, each in limits.items()}
    before = time.time()
    engine.drain(submit(engine, placed(two, changes), two))
    expires = cluster.work("n0").place.expires
    assert before + 60 <= expires <= time.time() + 60
    assert cluster.work("n1").place.expires == 0.0, "it may begin whenever it can"


def test_a_total_time_limit_is_when_an_invocation_expires(engine, cluster):
    limits = Limits(total=600)
    before = time.time()
    program = placed(two, {"number": there(placement=IN_IMAGE, limits=limits)})
    engine.drain(submit(engine, program, two))
    assert before + 600 <= cluster.work("n0").place.expires <= time.time() + 600


# -- code and secrets -------------------------------------------------------------------------


def test_what_runs_there_without_a_package_fails_and_says_what_to_do(engine):
    execution = submit(engine, placed(two, {"number": there()}), two)
    record = engine.drain(execution)
    assert record.failure.code == UNAVAILABLE
    assert "register it" in record.failure.message
    assert len(engine.store.attempts(execution)) == 1


def test_code_that_leaves_this_machine_is_packed_first(engine, cluster, tmp_path, monkeypatch):
    (tmp_path / "leaving.py").write_text(
        textwrap.dedent("""
            from volery import task

            @task
            def leave(x: int) -> int:
                return x
            """)
    )
    monkeypatch.syspath_prepend(tmp_path)
    entity = import_module("leaving").leave
    changes = {"leave": there()}
    try:
        packages = set()
        for _ in range(2):
            execution = submit(engine, placed(entity, changes), entity, import_root=str(tmp_path))
            assert engine.drain(execution).phase is Phase.SUCCEEDED
            packages |= {work.place.package for work in cluster.begun.values()}
        (package,) = packages
        assert engine.storage.has(package)
        stays = submit(engine, compile_entity(entity), entity, import_root=str(tmp_path))
        bundle = engine.store.execution(stays).bundle
        assert engine.contexts.definitions(bundle).bundle.package == ""
    finally:
        sys.modules.pop("leaving", None)


@pytest.mark.parametrize(("executor", "value"), [("cluster", "open sesame"), ("vault", "")])
def test_secrets_come_with_the_attempt_unless_the_executor_brings_them(
    engine, cluster, monkeypatch, executor, value
):
    monkeypatch.setenv("VOLERY_SECRET_CAVE_WORD", "open sesame")
    asked = (SecretRef("word", "cave", env_var="WORD"),)
    policy = Policy(executor=executor, placement=IN_IMAGE)
    program = placed(two, {"number": {"policy": policy, "secrets": asked}})
    engine.drain(submit(engine, program, two))
    (secret,) = cluster.work("n0").secrets
    assert (secret.group, secret.key, secret.env_var) == ("cave", "word", "WORD")
    assert secret.value == value


def test_an_interruptible_attempt_knows_how_often_it_was_interrupted(engine, cluster):
    cluster.answers = False
    interruptible = Placement(code="image", interruptible=True)
    execution = submit(engine, placed(two, {"number": there(placement=interruptible)}), two)
    serve_until(engine, lambda: cluster.begun)
    key = (execution, "n0", 1)
    failure = Failure("Preempted", "SYSTEM", "the node was taken away")
    cluster.told[key].append(Result(0, None, failure))
    cluster.answers = True
    del cluster.begun[key]  # so that the next one is found
    assert engine.drain(execution).phase is Phase.SUCCEEDED
    assert (cluster.work("n0").attempt, cluster.work("n0").place.crashes) == (2, 1)


# -- engines that end -------------------------------------------------------------------------


def serve_until(engine, over):
    rounds = iter(range(1000))
    engine.serve(lambda: bool(over()) or next(rounds, None) is None)
    assert over()


def running(engine, execution):
    return [each for each in engine.store.attempts(execution) if each.phase == "RUNNING"]


@pytest.fixture
def left(volery_home, cluster):
    """An execution whose engine has ended while an attempt of it runs in the cluster."""
    cluster.answers = False
    with embedded(volery_home, workers=1, import_roots=[ROOT], pool="pool") as engine:
        execution = submit(engine, placed(two, {"number": there(placement=IN_IMAGE)}), two)
        serve_until(engine, lambda: running(engine, execution))
    return execution


def test_the_next_engine_goes_on_with_what_was_left(left, opened, cluster):
    engine = opened(pool="pool")
    serve_until(engine, lambda: engine.store.attempts(left)[0].owner == engine.owner)
    (attempt,) = running(engine, left)
    assert engine.store.attempts(left) == [attempt]
    cluster.end((left, "n0", 1), 7)
    engine.finish()
    assert unpack(engine.outputs(left))["o0"] == 7
    assert [each.number for each in engine.store.attempts(left)] == [1, 1]
    assert len(cluster.begun) == 1
    lines = engine.store.journal(left, 0, 99)
    assert [line.event for line in lines if line.path == "n0" and line.attempt] == [
        "RUNNING",
        "TAKEN",
        "SUCCEEDED",
    ]
    pictures.check(engine.store, left)


def test_resume_goes_on_with_what_was_left(left, opened, cluster):
    cluster.end((left, "n0", 1))
    engine = opened()
    assert engine.resume(left).phase is Phase.SUCCEEDED
    assert len(cluster.begun) == 1


def test_an_abort_reaches_what_was_left(left, opened, cluster):
    engine = opened(pool="pool")
    engine.request_abort(left, "enough")
    engine.finish()
    assert engine.store.execution(left).phase is Phase.ABORTED
    assert cluster.stopped == [(left, "n0", 1)]


def test_without_its_executor_what_was_left_is_begun_anew_elsewhere(left, opened, cluster):
    engine = opened(pool="pool", executors=Executors(names=("process",)))
    serve_until(engine, lambda: len(engine.store.attempts(left)) == 2)
    phases = [(each.phase, each.executor) for each in engine.store.attempts(left)]
    assert phases == [("LOST", "cluster"), ("LAUNCHING", "cluster")]


def test_an_engine_that_ends_waits_for_no_attempt_that_lasts(opened, cluster):
    cluster.answers = False
    engine = opened(pool="pool")
    execution = submit(engine, placed(two, {"number": there(placement=IN_IMAGE)}), two)
    looks = []
    engine.serve(lambda: bool(running(engine, execution)), lambda: looks.append(1) or False)
    assert looks == []


def test_what_shares_a_container_is_begun_anew_and_what_has_its_own_goes_on(
    volery_home, opened, cluster
):
    cluster.answers = False
    changes = {"number": there(placement=SHARED), "other": there(placement=IN_IMAGE)}
    with embedded(volery_home, workers=1, import_roots=[ROOT], pool="pool") as engine:
        execution = submit(engine, placed(beside, changes), beside)
        serve_until(engine, lambda: len(running(engine, execution)) == 2)
    cluster.answers = True
    cluster.end((execution, "n1", 1))
    engine = opened(pool="pool")
    engine.finish()
    attempts = [(each.path, each.number, each.phase) for each in engine.store.attempts(execution)]
    assert sorted(attempts) == [
        ("n0", 1, "LOST"),
        ("n0", 2, "SUCCEEDED"),
        ("n1", 1, "SUCCEEDED"),
    ]
    pictures.check(engine.store, execution)


def test_an_engine_that_ends_waits_for_what_shares_a_container(opened, cluster):
    cluster.answers = False
    engine = opened(pool="pool")
    execution = submit(engine, placed(two, {"number": there(placement=SHARED)}), two)
    looks = []
    engine.serve(lambda: bool(running(engine, execution)), lambda: looks.append(1) or True)
    assert looks == [1]


def test_attempts_of_processes_are_lost_with_their_engine(volery_home, opened, tmp_path):
    with embedded(volery_home, workers=1, import_roots=[ROOT], pool="pool") as engine:
        program = compile_entity(flows.interrupted)
        (tmp_path / "pipe").write_text("through")
        inputs = pack({"folder": str(tmp_path)})
        execution = engine.submit(program, flows.interrupted.ref, inputs)
        serve_until(engine, lambda: engine.store.attempts(execution))
    engine = opened(pool="pool")
    engine.serve(lambda: engine.store.execution(execution).phase.terminal)
    assert engine.store.execution(execution).phase is Phase.SUCCEEDED
    assert not [line for line in engine.store.journal(execution, 0, 99) if line.event == "TAKEN"]
