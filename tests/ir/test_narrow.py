from __future__ import annotations

import pytest

from volery.ir.bindings import Constant, InputRef
from volery.ir.narrow import narrowed
from volery.ir.nodes import Arm
from volery.ir.predicates import And, Comparison, IsNone, Or
from volery.ir.types import INT, NONE, STR, UnionType
from volery.ir.values import pack

MAYBE = UnionType((INT, NONE))
P, Q = InputRef("p"), InputRef("q")
ZERO = Comparison("==", Q, Constant(pack(0)))


@pytest.mark.parametrize(
    ("predicate", "kind"),
    [
        (IsNone(P), INT),
        (Or(ZERO, IsNone(P)), INT),
        (And(ZERO, IsNone(P)), MAYBE),
        (ZERO, MAYBE),
        (IsNone(InputRef("p", ("field",))), MAYBE),
    ],
)
def test_a_value_is_not_none_where_an_earlier_arm_takes_those_that_are(predicate, kind):
    arms = (Arm(predicate), Arm())
    assert narrowed(arms, 0, {"p": MAYBE}) == {"p": MAYBE}
    assert narrowed(arms, 1, {"p": MAYBE}) == {"p": kind}


def test_several_variants_stay_a_union():
    arms = (Arm(IsNone(P)), Arm())
    assert narrowed(arms, 1, {"p": UnionType((INT, STR, NONE))}) == {"p": UnionType((INT, STR))}


def test_what_has_no_type_or_cannot_be_none_stays_as_it_is():
    arms = (Arm(Or(IsNone(P), IsNone(Q))), Arm())
    assert narrowed(arms, 1, {"p": None, "q": INT}) == {"p": None, "q": INT}
