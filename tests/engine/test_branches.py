from __future__ import annotations

from datetime import UTC, datetime

import pytest
from tests.engine.harness import DEFINITIONS, Harness, launched, node

from volery.engine.definitions import BranchDefinition
from volery.engine.graph import GraphIndex
from volery.engine.model import Phase
from volery.engine.predicates import holds
from volery.ir.bindings import Constant, InputRef
from volery.ir.nodes import Arm, BranchTarget, Graph
from volery.ir.predicates import And, Comparison, IsNone, Or
from volery.ir.values import pack

X = InputRef("x")
TEN = Constant(pack(10))
ABOVE = Comparison(">", X, TEN)
BELOW = Comparison("<", X, TEN)


def branch(*arms: Arm) -> BranchDefinition:
    graphs = tuple(
        None if arm.graph is None else GraphIndex(arm.graph, DEFINITIONS) for arm in arms
    )
    return BranchDefinition(BranchTarget(arms), graphs)


THREE = branch(
    Arm(ABOVE, Graph((node("high"),))),
    Arm(BELOW, Graph((node("low"),))),
    Arm(fail="exactly ten"),
)


def test_a_branch_first_asks_for_the_operands():
    decided = Harness(THREE).look()
    assert set(decided.wants) == {X, TEN}
    assert (decided.create, decided.finish) == ([], None)


@pytest.mark.parametrize(("x", "taken"), [(11, "high"), (9, "low")])
def test_the_first_arm_that_holds_runs(x, taken):
    harness = Harness(THREE)
    assert launched(harness.look(known={X: x, TEN: 10})) == [(taken, 1)]
    finish = harness.run(taken).finish
    assert finish is not None
    assert finish.phase is Phase.SUCCEEDED


def test_an_arm_that_fails_ends_the_branch_with_its_message():
    finish = Harness(THREE).look(known={X: 10, TEN: 10}).finish
    assert finish is not None
    assert finish.phase is Phase.FAILED
    assert finish.failure is not None
    assert finish.failure.message == "exactly ten"
    assert not finish.failure.retryable


def test_a_branch_without_an_arm_that_holds_is_skipped():
    only = branch(Arm(ABOVE, Graph((node("high"),))))
    finish = Harness(only).look(known={X: 1, TEN: 10}).finish
    assert finish is not None
    assert finish.phase is Phase.SKIPPED


def test_an_arm_is_chosen_once_whatever_the_operands_say_later():
    harness = Harness(THREE)
    harness.look(known={X: 11, TEN: 10})
    harness.end("high")
    finish = harness.look_afresh(known={X: 9, TEN: 10}).finish
    assert finish is not None
    assert finish.phase is Phase.SUCCEEDED
    assert "low" not in harness.rows


def test_a_branch_that_is_aborted_before_it_chose_ends_aborted():
    harness = Harness(THREE)
    harness.abort = "no"
    finish = harness.look().finish
    assert finish is not None
    assert finish.phase is Phase.ABORTED


@pytest.mark.parametrize(
    ("predicate", "expected"),
    [
        (Comparison("==", X, TEN), False),
        (Comparison("!=", X, TEN), True),
        (Comparison(">=", X, TEN), False),
        (Comparison("<=", X, TEN), True),
        (And(BELOW, ABOVE), False),
        (Or(ABOVE, BELOW), True),
        (IsNone(X), False),
    ],
)
def test_predicates(predicate, expected):
    assert holds(predicate, {X: 3, TEN: 10}) is expected


def test_none_is_recognised():
    assert holds(IsNone(X), {X: None})


def test_times_that_cannot_be_compared_are_a_failure_that_says_so():
    aware, naive = datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 1, 1)  # noqa: DTZ001
    finish = Harness(THREE).look(known={X: aware, TEN: naive}).finish
    assert finish is not None
    assert finish.failure is not None
    assert finish.failure.code == "Incomparable"
