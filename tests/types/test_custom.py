from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import pytest

from volery.errors import DefinitionError, TypeMismatch, UnsupportedType
from volery.ir.content import MAX_PREVIEW, content_of_wire
from volery.ir.types import DECIMAL, STR, ContentType, CustomType, TupleType
from volery.testing.conformance.codec import check_codec
from volery.types import register_content, register_type, registry
from volery.types.packing import pack, unpack
from volery.types.registry import codec_for


class Money:
    def __init__(self, amount: Decimal, currency: str) -> None:
        if len(currency) != 3:
            raise ValueError(f"{currency!r} is no currency")
        self.amount = amount
        self.currency = currency

    def __eq__(self, other: object) -> bool:
        return vars(self) == vars(other)

    def __hash__(self) -> int:
        return hash(self.currency)


class Salary(Money):
    pass


class Shape:
    def __init__(self, corners: bytes) -> None:
        self.corners = corners

    def __eq__(self, other: object) -> bool:
        return vars(self) == vars(other)

    def __hash__(self) -> int:
        return hash(self.corners)


class Square(Shape):
    pass


@dataclass
class Item:
    price: Money
    outline: Shape | None = None


def decoded(data: bytes) -> Shape:
    if data.startswith(b"bad"):
        raise ValueError("corners are missing")
    return Shape(data)


@pytest.fixture(autouse=True)
def _registered() -> Iterator[None]:
    before = list(registry._registered)
    register_type(
        Money,
        via=tuple[Decimal, str],
        to=lambda money: (money.amount, money.currency),
        of=lambda form: Money(*form),
    )
    register_content(
        Shape,
        to_bytes=lambda shape: shape.corners,
        from_bytes=decoded,
        format="corners",
        preview=lambda shape: {"corners": len(shape.corners)},
    )
    yield
    registry._registered[:] = before
    registry._cache.clear()


EURO = Money(Decimal("1.50"), "EUR")


# -- in the form of a known type ------------------------------------------------------------------


def test_objects_come_back():
    golden = [(EURO, "92d606312e3530a3455552")]
    check_codec(Money, [EURO], bad=[(1.5, "$"), (None, "$")], golden=golden)
    check_codec(list[Item], [[Item(EURO)], []], bad=[([Item(1.5)], "$[0].price")])
    check_codec(Money | str | None, [EURO, "EUR", None])


def test_the_type_is_known_by_the_name_of_the_class():
    assert codec_for(Money).type == CustomType(f"{__name__}.Money", TupleType((DECIMAL, STR)))


def test_what_a_function_raises_is_told_with_the_path():
    packed = pack(codec_for(list[tuple[Decimal, str]]), [(Decimal(1), "EURO")])
    with pytest.raises(TypeMismatch, match="ValueError: 'EURO' is no currency") as caught:
        unpack(codec_for(list[Money]), packed)
    assert caught.value.path == "$[0]"
    assert isinstance(caught.value.__cause__, ValueError)
    broken = Money(Decimal(1), "EUR")
    del broken.currency
    with pytest.raises(TypeMismatch, match="AttributeError") as caught:
        pack(codec_for(list[Money]), [broken])
    assert caught.value.path == "$[0]"


def test_a_form_of_another_type_is_told_as_a_mistake_of_the_function():
    with pytest.raises(
        TypeMismatch, match=r"what stands for Money is no tuple.*expected Decimal"
    ) as e:
        pack(codec_for(Money), Money(1.5, "EUR"))  # pyright: ignore[reportArgumentType]
    assert e.value.path == "$[0]"


def test_an_object_of_a_subclass_is_refused():
    with pytest.raises(TypeMismatch, match="subclass"):
        pack(codec_for(Money), Salary(Decimal(1), "EUR"))
    with pytest.raises(UnsupportedType):
        codec_for(Salary)


def test_a_function_that_makes_something_else_is_told():
    register_type(Money, via=str, to=str, of=lambda text: text)
    with pytest.raises(TypeMismatch, match="expected Money, got"):
        codec_for(Money).from_wire("EUR", "$")


def test_the_known_type_may_be_one_that_is_registered_later():
    register_type(
        Salary, via=list[Shape], to=lambda _: [Shape(b"a")], of=lambda _: Salary(1, "EUR")
    )
    assert isinstance(codec_for(Salary).type, CustomType)


def test_a_form_that_no_codec_handles_is_told_where_the_type_is_used():
    register_type(Salary, via=Square, to=lambda each: each, of=lambda each: each)
    with pytest.raises(UnsupportedType, match="no codec handles Square"):
        codec_for(Salary)


# -- in the form of bytes -------------------------------------------------------------------------


def test_objects_of_any_size_come_back():
    check_codec(
        Shape,
        [Shape(b""), Shape(b"1,2"), Shape(b"1" * 500_000)],
        bad=[(b"1,2", "$"), (Square(b"1"), "$"), (Shape("text"), "$")],
    )
    check_codec(Item, [Item(EURO, Shape(b"1"))])


def test_content_has_the_name_of_the_class_its_format_and_a_preview():
    codec = codec_for(Shape)
    content = content_of_wire(codec.to_wire(Shape(b"1,2"), "$"))
    assert codec.type == ContentType(f"{__name__}.Shape", "corners")
    assert (content.format, content.preview) == ("corners", {"corners": 3})


def test_a_preview_that_is_too_long_is_left_out():
    register_content(
        Shape, to_bytes=lambda _: b"", from_bytes=decoded, preview=lambda _: "x" * MAX_PREVIEW
    )
    assert content_of_wire(codec_for(Shape).to_wire(Shape(b""), "$")).preview is None


def test_bytes_that_cannot_be_read_are_told_with_the_path():
    codec = codec_for(list[Shape])
    packed = pack(codec, [Shape(b"good"), Shape(b"bad")])
    with pytest.raises(TypeMismatch, match="ValueError: corners are missing") as caught:
        unpack(codec, packed)
    assert caught.value.path == "$[1]"


def test_an_error_of_volery_itself_is_passed_on():
    def refuse(_: Any) -> bytes:
        raise DefinitionError("not today")

    register_content(Shape, to_bytes=refuse, from_bytes=decoded)
    with pytest.raises(DefinitionError, match="not today"):
        pack(codec_for(Shape), Shape(b""))


def test_the_module_gives_nothing_else():
    import volery.types

    with pytest.raises(AttributeError, match="no attribute 'register_all'"):
        volery.types.register_all  # noqa: B018 # pyright: ignore[reportAttributeAccessIssue]


class Sound:
    pass


def test_a_preview_that_is_no_json_is_left_out():
    """It failed the task, though it decides about nothing."""
    register_content(
        Sound, to_bytes=lambda _: b"la", from_bytes=lambda _: Sound(), preview=lambda _: object()
    )
    codec = codec_for(Sound)
    assert isinstance(unpack(codec, pack(codec, Sound())), Sound)
