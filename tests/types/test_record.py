from __future__ import annotations

import sys
from collections import namedtuple
from dataclasses import KW_ONLY, InitVar, dataclass, field, make_dataclass
from typing import TYPE_CHECKING, ClassVar, Final, Generic, NamedTuple, TypeVar

import pytest
from tests.types.strategies import Point, Share

from volery.errors import TypeMismatch, UnsupportedType
from volery.ir.codec import canonical
from volery.ir.types import (
    FLOAT,
    INT,
    STR,
    Field,
    ListType,
    RecordType,
    RecursiveType,
    TupleType,
    named,
)
from volery.testing.conformance.codec import check_codec
from volery.types.packing import pack, unpack
from volery.types.registry import codec_for

if TYPE_CHECKING:
    from nowhere import Missing

T = TypeVar("T")


@dataclass
class Row:
    name: str
    price: float
    tags: list[str] = field(default_factory=list)
    made: str = field(init=False, default="here")
    kind: ClassVar[int] = 1


@dataclass
class Table:
    rows: list[Row]
    title: str = ""


@dataclass(frozen=True, slots=True)
class Fixed:
    x: int
    _: KW_ONLY
    y: int = 2


@dataclass
class Child(Row):
    extra: int = 0


@dataclass
class Tree:
    value: int
    children: list[Tree] = field(default_factory=list)
    left: Tree | None = None


@dataclass
class Ping:
    pong: Pong | None = None


@dataclass
class Pong:
    ping: Ping | None = None


@dataclass
class Positive:
    n: int

    def __post_init__(self) -> None:
        if self.n < 0:
            raise ValueError("n is negative")


class Span(NamedTuple):
    start: int
    end: int = 9


def test_dataclasses_come_back_as_themselves():
    check_codec(Row, [Row("a", 1.5), Row("a", 1, ["x"])], bad=[({"name": "a"}, "$"), (None, "$")])
    check_codec(Fixed, [Fixed(1), Fixed(1, y=3)], bad=[(Fixed("x"), "$.x")])
    check_codec(Child, [Child("a", 1.5, extra=3)], bad=[(Child("a", 1.5, extra=None), "$.extra")])


def test_a_problem_deep_inside_names_the_whole_path():
    check_codec(
        Table,
        [Table([Row("a", 1.0)])],
        bad=[(Table([Row("a", 1.0)] * 3 + [Row("b", "x")]), "$.rows[3].price")],
    )


def test_the_type_names_the_class_and_its_fields():
    assert codec_for(Row).type == RecordType(
        f"{__name__}.Row",
        (
            Field("name", STR),
            Field("price", FLOAT),
            Field("tags", ListType(STR), required=False),
            Field("made", STR, required=False),
        ),
    )


def test_an_object_of_a_subclass_is_refused():
    with pytest.raises(TypeMismatch, match="would lose what the subclass adds"):
        pack(codec_for(Row), Child("a", 1.0))


def test_a_dict_is_refused_with_the_way_out():
    with pytest.raises(TypeMismatch, match=r"pass Row\(\*\*\.\.\.\) of it"):
        pack(codec_for(Row), {"name": "a", "price": 1.0})


def test_a_missing_field_takes_its_default():
    assert codec_for(Row).from_wire({"name": "a", "price": 1.0}, "$") == Row("a", 1.0)


def test_a_missing_field_without_default_is_refused():
    with pytest.raises(TypeMismatch, match="needs field price") as caught:
        codec_for(Row).from_wire({"name": "a"}, "$")
    assert caught.value.path == "$.price"


def test_an_unknown_field_is_refused_with_the_nearest():
    with pytest.raises(TypeMismatch, match="did you mean price") as caught:
        codec_for(Row).from_wire({"name": "a", "price": 1.0, "prise": 2.0}, "$")
    assert caught.value.path == "$.prise"


def test_a_field_that_was_deleted_is_refused():
    row = Row("a", 1.0)
    del row.name
    with pytest.raises(TypeMismatch, match="name"):
        pack(codec_for(Row), row)


def test_an_object_is_made_through_init_and_what_that_raises_is_the_cause():
    with pytest.raises(TypeMismatch, match="raised ValueError: n is negative") as caught:
        codec_for(Positive).from_wire({"n": -1}, "$")
    assert isinstance(caught.value.__cause__, ValueError)


def test_a_field_that_was_set_after_init_keeps_its_value():
    row = Row("a", 1.0)
    row.made = "there"
    codec = codec_for(Row)
    assert unpack(codec, pack(codec, row)).made == "there"


def test_a_field_that_post_init_changed_is_not_changed_again():
    codec = codec_for(Share)
    assert unpack(codec, pack(codec, Share(50))).percent == 0.5


def test_a_frozen_object_keeps_what_post_init_made():
    @dataclass(frozen=True, slots=True)
    class Sorted:
        items: list[int]
        length: int = field(init=False)

        def __post_init__(self) -> None:
            object.__setattr__(self, "length", len(self.items))
            object.__setattr__(self, "items", sorted(self.items, reverse=True))

    check_codec(Sorted, [Sorted([2, 3, 1]), Sorted([])])


def test_a_field_without_default_that_init_does_not_take_is_made_by_post_init_when_it_is_missing():
    codec = codec_for(Share)
    assert codec.from_wire({"percent": 50}, "$").doubled == 1.0


def test_a_field_that_was_never_set_is_refused():
    @dataclass
    class Late:
        result: int = field(init=False)

    with pytest.raises(TypeMismatch, match="no attribute 'result'"):
        pack(codec_for(Late), Late())


def test_an_attribute_that_is_no_field_is_made_again_by_post_init():
    @dataclass
    class Words:
        text: str

        def __post_init__(self) -> None:
            self.words = self.text.split()

    codec = codec_for(Words)
    assert unpack(codec, pack(codec, Words("a b"))).words == ["a", "b"]


def test_recursive_dataclasses():
    check_codec(
        Tree,
        [Tree(1), Tree(1, [Tree(2, [Tree(3)]), Tree(4)], left=Tree(5))],
        bad=[(Tree(1, [Tree(2, left=Tree("x"))]), "$.children[0].left.value")],
    )
    fields = codec_for(Tree).type.fields
    assert fields[1].type == ListType(RecursiveType(f"{__name__}.Tree"))


def test_a_recursive_dataclass_in_a_list_is_whole_there():
    assert codec_for(list[Tree]).type == ListType(codec_for(Tree).type)


def test_mutually_recursive_dataclasses_are_each_whole():
    check_codec(Ping, [Ping(Pong(Ping()))])
    check_codec(Pong, [Pong(Ping(Pong()))])
    ping, pong = codec_for(Ping).type, codec_for(Pong).type
    assert named(ping) == named(pong) == {ping.name: ping, pong.name: pong}
    assert codec_for(tuple[Pong, Ping]).type == TupleType((pong, ping))


def test_a_class_that_a_group_uses_is_whole_in_it():
    @dataclass
    class Court:
        games: list[Pong]
        point: Point

    check_codec(Court, [Court([Pong(Ping())], Point(1.0))])
    assert [each.type for each in codec_for(Court).type.fields] == [
        ListType(codec_for(Pong).type),
        codec_for(Point).type,
    ]


def test_a_type_grows_with_the_number_of_classes_that_contain_each_other_not_with_their_paths():
    names = [f"N{number}" for number in range(12)]
    fields = [(f"{side}{name}", f"{name} | None", None) for side in "lr" for name in names]
    classes = [make_dataclass(name, fields) for name in names]
    scope = sys.modules[classes[0].__module__].__dict__ | {each.__name__: each for each in classes}
    for each in classes:
        each.__annotations__ = {
            name: eval(text, scope) for name, text in each.__annotations__.items()
        }
    first, second, *_ = classes
    check_codec(first, [first(), first(rN1=second(lN0=first()))], bad=[(first(lN1=1), "$.lN1")])
    assert len(canonical(codec_for(first).type)) < 50_000


def test_classes_of_one_name_that_contain_each_other_are_refused():
    def make(annotation: object) -> type:
        cls = make_dataclass("Twin", [("other", annotation, None)])
        cls.__module__ = "m"
        return cls

    first = make(None)
    first.__annotations__["other"] = first.__dataclass_fields__["other"].type = make(first | None)
    with pytest.raises(UnsupportedType, match=r"m\.Twin and m\.Twin contain each other"):
        codec_for(first)


def test_a_recursive_dataclass_made_in_a_function():
    @dataclass
    class Chain:
        rest: Chain | None = None

    check_codec(Chain, [Chain(Chain())])


def test_nesting_beyond_what_python_can_follow_is_refused():
    tree = Tree(0)
    for each in range(10_000):
        tree = Tree(each, left=tree)
    with pytest.raises(TypeMismatch, match="nested too deeply\n"):
        pack(codec_for(Tree), tree)


def test_an_annotation_that_cannot_be_resolved_names_class_and_field():
    @dataclass
    class Broken:
        ok: int
        part: list[Missing]

    with pytest.raises(UnsupportedType, match=r"Broken\.part: Missing is not defined"):
        codec_for(Broken)


def test_an_annotation_that_is_no_type_names_the_class():
    @dataclass
    class Broken:
        part: "int" | None  # noqa: UP037 - the mistake

    with pytest.raises(UnsupportedType, match=r"an annotation of .*Broken cannot be resolved"):
        codec_for(Broken)


def test_a_field_of_an_unsupported_type_names_its_path():
    @dataclass
    class Holder:
        parts: dict[str, set]

    with pytest.raises(UnsupportedType, match=r"no codec handles set, at \$\.parts\[\]") as caught:
        codec_for(Holder)
    assert caught.value.path == "$.parts[]"


def test_a_field_that_is_final_is_a_field():
    @dataclass
    class Fixed:
        x: Final[int]
        y: Final[list[int]] = field(default_factory=list)

    check_codec(Fixed, [Fixed(1, [2])])


def test_an_init_var_without_default_is_refused():
    @dataclass
    class Seeded:
        seed: InitVar[int]

    with pytest.raises(UnsupportedType, match="seed as an InitVar"):
        codec_for(Seeded)


def test_an_init_var_with_default_leaves_the_fields_that_it_made():
    @dataclass
    class Scaled:
        size: int
        factor: InitVar[int] = 2

        def __post_init__(self, factor: int) -> None:
            self.size *= factor

    check_codec(Scaled, [Scaled(3, 5), Scaled(3)])


def test_a_generic_dataclass_is_refused():
    @dataclass
    class Box(Generic[T]):
        content: T

    with pytest.raises(UnsupportedType, match=r"without type parameters in place of .*Box"):
        codec_for(Box[int])
    with pytest.raises(UnsupportedType, match=r"no codec handles ~T, at \$\.content"):
        codec_for(Box)


def test_named_tuples_as_values():
    check_codec(Span, [Span(1), Span(1, 2)], bad=[((1, 2), "$"), (Span(1, "x"), "$.end")])
    assert codec_for(Span).type == RecordType(
        f"{__name__}.Span", (Field("start", INT), Field("end", INT, required=False))
    )
    codec = codec_for(Span)
    assert unpack(codec, pack(codec, Span(1))) == Span(1, 9)


def test_a_named_tuple_without_types_is_refused():
    with pytest.raises(UnsupportedType, match=r"typing\.NamedTuple"):
        codec_for(namedtuple("Pair", "a b"))  # noqa: PYI024 - what is refused


def test_a_class_like_another_is_not_taken_for_it():
    check_codec(Point, [Point(1.0)], bad=[(Span(1), "$")])
