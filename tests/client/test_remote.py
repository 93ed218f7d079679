"""`Remote`, in process and over HTTP: the same for the program that uses it."""

from __future__ import annotations

import importlib
import shutil
import sys
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import ModuleType

import pytest
from tests.api.served import Served, served

from volery import File, Options, Remote
from volery.errors import (
    Aborted,
    AlreadyExists,
    CallError,
    ConfigError,
    NotFound,
    TaskFailed,
    TimedOut,
    TypeMismatch,
    Unavailable,
)
from volery.ids import new_execution_id
from volery.testing.crashes import Watched
from volery.wire.entities import EntityKey
from volery.wire.lineage import LineageQuery
from volery.wire.projects import NewProject

pytestmark = pytest.mark.keeps_running("the workers of an engine that lives as long as this module")

PROJECT = Path(__file__).parent / "project"
NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The project, as its author has it."""
    copied = tmp_path_factory.mktemp("project")
    for file in PROJECT.glob("*.py"):
        shutil.copy(file, copied)
    return copied


@pytest.fixture(scope="module")
def flows(folder: Path) -> Iterator[ModuleType]:
    """The module of the project, imported here."""
    sys.path.insert(0, str(folder))
    yield importlib.import_module("remote_flows")
    sys.path.remove(str(folder))
    for name in ("remote_flows", "remote_parts"):
        del sys.modules[name]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with served(tmp_path_factory.mktemp("served")) as running:
        yield running


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("home")


@pytest.fixture(scope="module", params=["in process", "over HTTP"])
def opened(request: pytest.FixtureRequest) -> Iterator[Remote]:
    if request.param == "over HTTP":
        with Remote(request.getfixturevalue("server").url) as remote:
            yield remote
    else:
        with Remote(home=request.getfixturevalue("home")) as remote:
            yield remote


@pytest.fixture
def remote(opened: Remote) -> Remote:
    """In a project of its own."""
    opened.project = new_execution_id()
    opened.backend.create_project(NewProject(opened.project))
    return opened


def test_a_python_object_is_registered_with_its_code_and_gives_python_values(remote, flows):
    points = [flows.Point(1.5, "a", when=NOON)]
    ended = remote.execute(flows.move, {"points": points}, wait=True)
    assert ended.phase == "SUCCEEDED", ended.failure
    moved = flows.Point(3.0, "a", flows.Colour.BLUE, NOON + timedelta(hours=1))
    assert ended.outputs == {"o0": "a 3 BLUE", "o1": [moved]}
    assert ended.inputs == {"points": points, "by": timedelta(hours=1)}
    assert remote.outputs(ended.id)["o0"] == "a 3 BLUE"


def test_running_it_again_registers_nothing_new(remote, flows):
    registered = remote.register(flows.move)
    assert registered.made
    assert remote.register(flows.move).made == ()
    started = remote.execute(flows.move, {"points": []})
    assert started.seen.entity.version == registered.version
    assert started.wait().phase == "SUCCEEDED"


def test_code_that_is_there_is_not_sent_again(remote, flows, folder, monkeypatch):
    (folder / "words.txt").write_text(remote.project)  # a package that nobody has put yet
    sent = Counter()
    counting = Watched(remote.backend, "backend", lambda point, _: sent.update([str(point)]))
    monkeypatch.setattr(remote, "backend", counting)
    for version in ("v1", "v2", "v1"):
        remote.register(flows.move, version=version)
    assert sent["backend.register before"] == 3
    assert sent["backend.put_package before"] == 1


def test_a_registered_version_runs_without_its_code_here(remote, flows):
    remote.register(flows.move, version="v1")
    for entity in (
        flows.move.name,
        remote.fetch_workflow(flows.move.name),
        EntityKey("workflow", flows.move.name, "v1", remote.project),
    ):
        points = [{"x": 2, "name": "b", "when": NOON}]
        ended = remote.execute(entity, {"points": points, "by": timedelta(days=1)}, wait=True)
        assert ended.outputs["o0"] == "b 4 BLUE"
        [moved] = ended.outputs["o1"]
        assert moved == {
            "x": 4.0,
            "name": "b",
            "colour": "BLUE",
            "when": NOON + timedelta(days=1),
        }


def test_files_and_large_values_go_there_and_come_back(remote, flows, tmp_path):
    source = tmp_path / "text.txt"
    source.write_text("ab")
    many = [float(each) for each in range(50_000)]
    inputs = {"text": File(str(source)), "many": many}
    typed = remote.execute(flows.longer, inputs, wait=True)
    fetched = remote.execute(flows.longer.name, {**inputs, "text": str(source)}, wait=True)
    for ended in (typed, fetched):
        assert Path(ended.outputs["o0"]).read_text() == "abab"
        assert ended.outputs["o1"] == [each + 1 for each in many]
        assert (Path(ended.outputs["o2"]) / "inside.txt").read_text() == "inside"


def test_inputs_are_checked_before_anything_runs(remote, flows):
    with pytest.raises(CallError, match="points"):
        remote.execute(flows.move)
    with pytest.raises(TypeMismatch):
        remote.execute(flows.move, {"points": [1]})
    remote.register(flows.move)
    with pytest.raises(TypeMismatch, match=r"\$\.points"):
        remote.execute(flows.move.name, {"points": [1]})
    with pytest.raises(CallError, match="wrong"):
        remote.execute(flows.move.name, {"points": [], "wrong": 1})
    assert list(remote.list_executions()) == []


def test_a_failure_is_raised_where_outputs_are_asked_for(remote, flows):
    failed = remote.execute(flows.divided, {"by": 0}, wait=True)
    assert failed.phase == "FAILED"
    with pytest.raises(TaskFailed, match="division by zero") as caught:
        _ = failed.outputs
    assert caught.value.code == "ZeroDivisionError"
    assert "return 1 / by" in caught.value.__notes__[0]


def test_waiting_has_an_end(remote, flows):
    started = remote.execute(flows.asked)
    with pytest.raises(TimedOut, match=started.id):
        started.wait(timeout=timedelta(seconds=0.1))
    with pytest.raises(ConfigError, match="has not ended"):
        _ = started.outputs
    assert started.abort("not needed")
    with pytest.raises(Aborted, match="not needed"):
        _ = started.wait().outputs
    assert not started.abort()


def test_a_gate_is_answered(remote, flows):
    started = remote.execute(flows.asked, {"value": 7})
    next(line for line in started.watch() if line.path == "n0")
    remote.signal(started, "fine")
    assert started.wait().outputs == {"o0": 7}


def test_a_name_makes_it_one_execution(remote, flows):
    name = new_execution_id()
    first = remote.execute(flows.move, {"points": []}, name=name)
    assert remote.execute(flows.move, {"points": []}, name=name).id == first.id == name
    with pytest.raises(AlreadyExists):
        remote.execute(flows.move, {"points": [flows.Point(1, "a")]}, name=name)
    assert first.wait().phase == "SUCCEEDED"


def test_options_are_kept_and_found(remote, flows):
    options = Options(
        labels={"team": "a"},
        annotations={"note": "b"},
        priority=3,
        timeout=timedelta(minutes=5),
        max_parallelism=2,
    )
    started = remote.execute(flows.move, {"points": []}, options=options)
    assert (started.seen.labels, started.seen.annotations) == ({"team": "a"}, {"note": "b"})
    assert (started.seen.priority, started.seen.max_parallelism) == (3, 2)
    remote.execute(flows.move, {"points": []}).wait()
    assert [each.id for each in remote.list_executions(labels={"team": "a"})] == [started.id]
    assert started.wait().phase == "SUCCEEDED"
    with pytest.raises(CallError, match="timeout"):
        remote.execute(flows.move, {"points": []}, options=Options(timeout=0))


def test_a_launch_plan_runs_with_what_it_fixes(remote, flows):
    registered = remote.register(flows.plan, activate=("remote-move",))
    assert registered.activated == ("remote-move",)
    plan = remote.fetch_launch_plan("remote-move")
    assert plan.entity.summary.active
    ended = plan.execute(inputs={"points": []}, wait=True)
    assert ended.inputs["by"] == timedelta(minutes=1)
    assert remote.deactivate("remote-move")
    assert remote.activate("remote-move").active
    [listed] = remote.list_launch_plans()
    assert (listed.key, listed.active) == (plan.key, True)


def test_a_launch_plan_that_is_not_active_runs_in_the_version_that_is_named(remote, flows):
    version = remote.register(flows.plan, activate=()).version
    points = {"points": []}
    with pytest.raises(CallError, match="no version of launch plan remote-move is active"):
        remote.execute("remote-move", points)
    assert remote.execute("remote-move", points, version=version, wait=True).phase == "SUCCEEDED"


def test_files_and_folders_are_registered(remote, flows, folder):
    made = remote.register(folder / "remote_flows.py").made
    assert {"move", "longer", "divided"} <= {key.name.rpartition(".")[2] for key in made}
    assert remote.register(folder).made == ()
    tasks = {each.key.name.rpartition(".")[2] for each in remote.list_tasks()}
    assert tasks == {"moved", "told", "longer", "divided", "waited"}
    assert [each.key.name for each in remote.list_workflows(search="ask")] == [flows.asked.name]
    assert remote.fetch_task(flows.told.name).interface.outputs[0].name == "o0"


def test_logs_nodes_and_lineage_of_an_execution(remote, flows):
    ended = remote.execute(flows.move, {"points": []}, wait=True)
    assert [each.path for each in ended.nodes()] == ["n0", "n1"]
    assert [record.text for record in remote.logs(ended, "n0")] == ["moving 0"]
    assert ended.summary().nodes["SUCCEEDED"] == 2
    assert ended.lineage().uses
    assert remote.lineage(LineageQuery(execution=ended.id)).uses


def test_what_failed_is_recovered_and_relaunched(remote, flows, tmp_path):
    failed = remote.execute(flows.divided, {"by": 0}, wait=True)
    assert remote.recover(failed).wait().phase == "FAILED"
    relaunched = remote.relaunch(failed, {"by": 4}).wait()
    assert relaunched.outputs == {"o0": 0.25}
    assert remote.relaunch(relaunched.id).wait().inputs == {"by": 4}


def test_what_there_is_not_is_not_found(remote):
    for look in (
        lambda: remote.fetch_task("unknown"),
        lambda: remote.execute("unknown"),
        lambda: remote.fetch_execution("unknown"),
        lambda: remote.wait("unknown"),
        lambda: remote.activate("unknown"),
    ):
        with pytest.raises(NotFound):
            look()


def test_an_execution_goes_on_where_it_was_started(server, flows):
    with Remote(server.url) as first:
        started = first.execute(flows.waited, {"seconds": 0.2})
    with Remote(server.url) as second:
        assert second.wait(started.id).outputs == {"o0": 0.2}


def test_without_a_server_it_is_the_home(monkeypatch, tmp_path, nowhere):
    monkeypatch.setenv("VOLERY_SERVER", nowhere)
    monkeypatch.setenv("VOLERY_PATIENCE", "0.1")
    with Remote(home=tmp_path / "home") as remote:
        assert list(remote.list_executions()) == []
        assert "home" in repr(remote)
    with Remote() as there:
        assert repr(there) == f"Remote('{nowhere}')"
        with pytest.raises(Unavailable):
            there.fetch_execution("unknown")
