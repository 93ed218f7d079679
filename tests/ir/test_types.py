from __future__ import annotations

import pytest

from volery.ir.types import ChoiceType, EnumMember, EnumType, ListType


@pytest.mark.parametrize(("left", "right"), [(1, True), (1, 1.0), (0.0, -0.0), ("a", None)])
def test_types_that_hold_different_scalars_differ_even_where_python_takes_them_for_equal(
    left, right
):
    for make in (
        lambda value: ChoiceType((value,)),
        lambda value: EnumType("m.E", (EnumMember("A", value),)),
        lambda value: ListType(ChoiceType(("x", value))),
    ):
        assert make(left) == make(left)
        assert make(left) != make(right)
        assert len({make(left), make(left), make(right)}) == 2
