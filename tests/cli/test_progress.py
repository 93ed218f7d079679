"""The fold of the journal that the views show."""

from __future__ import annotations

from volery.cli.labels import Labels
from volery.cli.plain import LINES, PlainView
from volery.cli.progress import Progress, Step
from volery.ids import child_execution_id
from volery.ir.interface import Interface
from volery.ir.nodes import (
    Arm,
    BranchTarget,
    Graph,
    LaunchPlanTarget,
    MapTarget,
    Node,
    TaskTarget,
    WorkflowTarget,
)
from volery.ir.ref import Ref
from volery.ir.specs import Bundle, LaunchPlanSpec, WorkflowSpec
from volery.store.base import Line


def journal(*events):
    return [
        Line(seq, float(seq), "run", path, attempt, event)
        for seq, (path, attempt, event) in enumerate(events)
    ]


def bundle():
    inner = Graph((Node("n0", TaskTarget("flows.fit")),))
    branch = BranchTarget((Arm(graph=Graph((Node("n3", TaskTarget("flows.small")),))),), "size")
    outer = Graph(
        (
            Node("n0", TaskTarget("flows.read")),
            Node("n1", WorkflowTarget("flows.inner")),
            Node("n2", branch),
            Node("n4", MapTarget(Ref("workflow", "flows.inner"), ("x",))),
            Node("n5", LaunchPlanTarget("flows.daily")),
        )
    )
    return Bundle(
        workflows=(
            WorkflowSpec("flows.inner", Interface(), inner),
            WorkflowSpec("flows.outer", Interface(), outer),
        ),
        launch_plans=(LaunchPlanSpec("flows.daily", "flows.inner", Interface()),),
    )


def labels():
    return Labels(bundle(), Ref("workflow", "flows.outer"))


def test_nodes_are_called_by_what_they_run():
    names = {path: labels().of(path) for path in ("", "n0", "n1/n0", "n2", "n2/n3", "n4")}
    assert names == {
        "": "outer",
        "n0": "read",
        "n1/n0": "fit",
        "n2": "conditional size",
        "n2/n3": "small",
        "n4": "map of inner",
    }
    assert labels().of("n4[7]/n0") == "fit"
    assert (labels().of("n5"), labels().of("n5/n0")) == ("daily", "fit")
    assert labels().of("n9") == ""


def test_a_task_run_by_itself_has_its_name():
    assert Labels(Bundle(), Ref("task", "flows.read")).of("") == "read"


def test_a_step_moves_with_its_lines():
    progress = Progress()
    changed = progress.fold(
        journal(
            ("", 0, "RUNNING"),
            ("n0", 0, "RUNNING"),
            ("n0", 1, "RUNNING"),
            ("n0", 1, "FAILED"),
            ("n0", 2, "LAUNCHING"),
            ("n0", 0, "SUCCEEDED"),
        )
    )
    step = progress.steps["n0"]
    assert [each.path for each in changed] == ["n0"]
    assert (step.phase, step.attempt, step.began, step.ended) == ("SUCCEEDED", 2, 1.0, 5.0)
    assert +progress.counts == {"SUCCEEDED": 1}


def test_a_map_counts_elements_by_their_ranges():
    progress = Progress()
    progress.fold(
        journal(
            ("n0", 0, "RUNNING"),
            ("n0[0:64]", 0, "RUNNING"),
            ("n0[64:100]", 0, "RUNNING"),
            ("n0[0:64]", 0, "SUCCEEDED"),
        )
    )
    step = progress.steps["n0"]
    assert (step.begun, +step.elements) == (100, {"SUCCEEDED": 64, "RUNNING": 36})
    assert +progress.counts == {"SUCCEEDED": 64, "RUNNING": 36}
    assert list(progress.steps) == ["n0"]


def test_an_element_that_failed_in_its_range_is_counted_once_and_shown():
    progress = Progress()
    progress.fold(
        journal(
            ("n0", 0, "RUNNING"),
            ("n0[0:64]", 0, "RUNNING"),
            ("n0[0:64]", 0, "SUCCEEDED"),
            ("n0[7]", 0, "FAILED"),
        )
    )
    step = progress.steps["n0"]
    assert +step.elements == {"SUCCEEDED": 63, "FAILED": 1}
    assert "n0[7]" in progress.steps


def test_elements_that_come_one_by_one_are_counted_one_by_one():
    progress = Progress()
    progress.fold(
        journal(
            ("n0", 0, "RUNNING"),
            ("n0[0]", 0, "RUNNING"),
            ("n0[1]", 0, "RUNNING"),
            ("n0[0]/n0", 0, "RUNNING"),
            ("n0[0]/n0", 0, "SUCCEEDED"),
            ("n0[0]", 0, "SUCCEEDED"),
        )
    )
    step = progress.steps["n0"]
    assert (step.begun, +step.elements) == (2, {"SUCCEEDED": 1, "RUNNING": 1})


def test_the_nodes_of_a_child_stand_below_its_launch_plan_node():
    progress = Progress()
    child = child_execution_id("run", "n5")
    progress.fold(journal(("n5", 0, "RUNNING")))
    progress.fold([Line(1, 1.0, child, "", 0, "RUNNING"), Line(2, 2.0, child, "n0", 0, "FAILED")])
    assert [(step.path, step.phase) for step in progress.steps.values()] == [
        ("n5", "RUNNING"),
        ("n5/n0", "FAILED"),
    ]


def test_the_plain_view_tells_each_step(capsys):
    events = journal(("n0", 0, "RUNNING"), ("n1", 0, "RUNNING"), ("n0", 0, "SUCCEEDED"))
    with PlainView("flows.outer", labels()) as view:
        view.lines(events[:1])
        view.lines(events[1:])
        view.printed("n0", "stdout", "hello\nthere\n")
    assert capsys.readouterr().err.splitlines() == [
        "flows.outer",
        "  n0  read  RUNNING",
        "  n1  inner  RUNNING",
        "  n0  read  SUCCEEDED  2.0s",
        "  n0 | hello",
        "  n0 | there",
    ]


def test_the_plain_view_of_a_huge_graph_is_bounded(capsys):
    seconds = iter(float(second) / 10 for second in range(10_000))
    with PlainView("flows.outer", labels(), now=lambda: next(seconds)) as view:
        for start in range(0, 10_000, 100):
            view.lines(journal(*((f"n{start + i}", 0, "RUNNING") for i in range(100))))
    told = capsys.readouterr().err.splitlines()
    assert len(told) < LINES + 30
    assert told[-1].endswith("running")


def test_the_live_view_of_a_huge_graph_shows_what_failed_and_what_runs():
    from volery.cli.live import ROWS, chosen

    steps = [Step(f"n{number}", "SUCCEEDED", 0.0, 1.0) for number in range(10_000)]
    steps[5].phase = "FAILED"
    steps[7].phase = "RUNNING"
    shown = chosen(steps)
    assert len(shown) == ROWS
    assert [step.path for step in shown[:3]] == ["n5", "n7", "n9982"]
    assert shown[-1].path == "n9999"
    assert chosen(steps[:3]) == steps[:3]


def test_the_live_view_shows_a_part_below_the_whole_however_late_it_comes():
    from volery.cli.live import chosen

    paths = ["n0", "n1", "n0/n0", "n2[7]", "n1/n3", "n0/n0/n1"]
    shown = chosen([Step(path, "RUNNING", 0.0) for path in paths])
    assert [step.path for step in shown] == ["n2[7]", "n0", "n0/n0", "n0/n0/n1", "n1", "n1/n3"]


def test_a_detail_of_several_lines_is_told_in_one():
    progress = Progress()
    progress.fold([Line(1, 1.0, "run", "n0", 0, "FAILED", "first\nsecond")])
    assert progress.steps["n0"].detail == "first"
