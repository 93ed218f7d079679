"""Recovering on edited code: what is said beforehand, and that it comes so."""

from __future__ import annotations

import importlib
import sys

import pytest
from tests.services.recovering import Desk

from volery.engine.model import Phase
from volery.ids import ROOT
from volery.sdk.compile import compile_entity
from volery.sdk.fingerprint import fingerprinted
from volery.services.verdicts import verdicts

SOURCE = """
from __future__ import annotations

import functools
from dataclasses import dataclass

from volery import LaunchPlan, conditional, map_task, task, workflow

FACTOR = 2
LIMIT = 0


def helper(x: int) -> int:
    return FACTOR * x


@task
def load(n: int) -> list[int]:
    return list(range(n))


@task
def scale(x: int) -> int:
    return helper(x)


@task
def total(xs: list[int]) -> int:
    return sum(xs)


@task
def log(x: int) -> None:
    print(x)


@task
def check(x: int) -> int:
    if LIMIT < 1:
        raise ValueError("below the limit")
    return x


@workflow
def part(n: int) -> int:
    return total(xs=map_task(scale)(x=load(n=n)))


@workflow
def whole(n: int = 3) -> int:
    first = part(n=n)
    chosen = conditional("size").if_(first > 3).then(total(xs=[first])).else_().then(scale(x=first))
    note = log(x=first)
    counted = total(xs=[first, 1])
    note >> counted
    return check(x=total(xs=[chosen, counted]))
"""


@pytest.fixture
def code(tmp_path, monkeypatch):
    """Makes the workflow of the source, edited."""
    monkeypatch.syspath_prepend(tmp_path)

    def make(*edits):
        source = SOURCE
        for old, new in edits:
            assert old in source
            source = source.replace(old, new)
        (tmp_path / "edited.py").write_text(source)
        sys.modules.pop("edited", None)
        importlib.invalidate_caches()
        monkeypatch.setattr(sys, "dont_write_bytecode", True)
        return importlib.import_module("edited").whole

    yield make
    sys.modules.pop("edited", None)


def recovered(code, *edits):
    """Run the source, which fails, and recover on the edited one: plan, and how each node went."""
    desk = Desk()
    old = desk.run(code())
    assert old.phase is Phase.FAILED
    whole = code(("LIMIT = 0", "LIMIT = 1"), *edits)
    bundle = fingerprinted(compile_entity(whole)).bundle
    inputs = desk.store.scope_inputs(old.id, ROOT)
    plan = verdicts(desk.store, old, bundle, whole.ref, inputs)
    new = desk.run(whole, inputs, recovers=old.id, code=True)
    assert new.phase is Phase.SUCCEEDED, new.failure
    return {each.path: each for each in plan}, desk.nodes(new.id)


def said(plan):
    return {path: each.verdict for path, each in plan.items()}


def assert_as_said(plan, nodes):
    """What was to be reused was; beside it only what takes from what gave the same again."""
    reused = {path for path, node in nodes.items() if node.reuse is not None}
    promised = {path for path, each in plan.items() if each.verdict == "reuse"}
    assert promised <= reused
    for path in reused - promised:
        assert all(why.startswith("it takes") for why in plan[path].why.split("; ")), plan[path]


def test_what_failed_and_was_mended_runs_again_and_nothing_else(code):
    plan, nodes = recovered(code)
    assert {path for path, each in plan.items() if each.verdict != "reuse"} == {"n7"}
    assert plan["n7"].why == "it failed before; constant edited.LIMIT changed"
    assert_as_said(plan, nodes)


def test_a_change_far_away_reaches_what_uses_it_and_what_follows(code):
    plan, nodes = recovered(code, ("return FACTOR * x", "return FACTOR * x + 1"))
    assert plan["n0"].why == "function edited.helper changed"
    assert said(plan)["n0/n0"] == "reuse"
    assert said(plan)["n0/n1"] == "rerun"
    assert "it takes from n1, which runs again" in plan["n0/n2"].why
    assert_as_said(plan, nodes)


def test_comments_and_formatting_change_nothing(code):
    plan, nodes = recovered(code, ("    return sum(xs)", "    # all of them\n    return (sum(xs))"))
    assert [path for path, each in plan.items() if each.verdict != "reuse"] == ["n7"]
    assert_as_said(plan, nodes)


def test_a_node_that_is_put_in_before_others_leaves_them_what_they_were(code):
    edit = "    first = part(n=n)\n", "    log(x=n)\n    first = part(n=n)\n"
    plan, nodes = recovered(code, edit)
    assert plan["n0"].why == "it is new"
    assert [path for path, each in plan.items() if each.verdict != "reuse"] == ["n0", "n8"]
    assert nodes["n1"].reuse.path == "n0"
    assert_as_said(plan, nodes)


def test_a_node_whose_interface_changed_is_incompatible(code):
    plan, nodes = recovered(
        code,
        ("def total(xs: list[int]) -> int:", "def total(xs: list[int], more: int = 0) -> int:"),
    )
    assert plan["n5"].verdict == "incompatible"
    assert plan["n5"].why == "input more is new"
    assert_as_said(plan, nodes)


def test_a_node_that_is_gone_is_said_to_be(code):
    edit = "    note = log(x=first)\n", ""
    plan, _ = recovered(code, edit, ("    note >> counted\n", ""))
    gone = [each for each in plan.values() if each.why == "it is gone from the code"]
    assert [each.label for each in gone] == ["n4 log"]


def test_what_comes_after_a_node_that_runs_again_runs_again(code):
    plan, nodes = recovered(code, ("    print(x)", "    print(x + 1)"))
    assert plan["n4"].why == "function edited.log changed"
    assert plan["n5"].why == "it comes after n4, which runs again"
    assert_as_said(plan, nodes)


def test_a_constant_of_a_node_that_changed_runs_it_again(code):
    plan, nodes = recovered(code, ("total(xs=[first, 1])", "total(xs=[first, 2])"))
    assert plan["n5"].why == "input xs differs"
    assert_as_said(plan, nodes)


def test_what_runs_again_and_gives_the_same_is_reused_from_there_on(code):
    plan, nodes = recovered(code, ("return list(range(n))", "return [*range(n)]"))
    assert said(plan)["n0/n0"] == "rerun"
    assert "it takes from n0, which runs again" in plan["n0/n1"].why
    assert nodes["n0/n0"].reuse is None
    assert nodes["n0/n1"].reuse.how == "recovered"
