from __future__ import annotations

from typing import Literal

import pytest
from tests.types.strategies import Color

from volery.errors import TypeMismatch, UnsupportedType
from volery.ir.types import ChoiceType
from volery.testing.conformance.codec import check_codec
from volery.types.packing import pack
from volery.types.registry import codec_for


def test_only_the_given_values_are_taken():
    bad = [("c", "$"), (None, "$"), (2, "$"), (True, "$"), (1.0, "$"), ([], "$")]
    check_codec(Literal["a", "b", 1], ["a", "b", 1], bad=bad)


def test_true_is_not_one():
    check_codec(Literal[True], [True], bad=[(1, "$")])
    check_codec(Literal[1], [1], bad=[(True, "$")])


def test_a_wrong_text_gets_the_nearest_ones():
    with pytest.raises(TypeMismatch, match="did you mean medium"):
        pack(codec_for(Literal["small", "medium"]), "mediun")


def test_the_order_of_the_values_is_kept():
    assert codec_for(Literal["b", "a"]).type == ChoiceType(("b", "a"))
    assert codec_for(Literal["a", "b"]).type == ChoiceType(("a", "b"))


@pytest.mark.parametrize("value", [b"x", Color.RED, 2**70, "\ud800"])
def test_a_choice_that_a_type_cannot_hold_is_refused(value: object):
    with pytest.raises(UnsupportedType, match="cannot be a choice"):
        codec_for(Literal[value])
