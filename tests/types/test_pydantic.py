from __future__ import annotations

import re
import threading
from dataclasses import dataclass
from enum import Enum
from ipaddress import IPv4Address
from pathlib import Path
from typing import Annotated, Any, Generic, Literal, TypeVar

import pydantic
import pytest
from pydantic import BaseModel, ConfigDict, Field

from volery.errors import TypeMismatch, UnsupportedType
from volery.ir import types
from volery.ir.types import FLOAT, INT, STR, JsonType, ListType, RecordType, RecursiveType, SetType
from volery.testing.conformance.codec import check_codec
from volery.types.directory import Directory
from volery.types.file import File
from volery.types.formatted import Format
from volery.types.packing import pack, unpack
from volery.types.preview import preview
from volery.types.registry import codec_for
from volery.types.structured_dataset import StructuredDataset
from volery.types.written.showing import to_json

T = TypeVar("T")


class Item(BaseModel):
    name: str
    price: Annotated[float, Field(gt=0)] = 1.0
    tags: list[str] = []

    @pydantic.computed_field
    def label(self) -> str:
        return f"{self.name}!"


class Order(BaseModel):
    model_config = ConfigDict(frozen=True)

    items: list[Item]
    parent: Order | None = None


class Named(BaseModel):
    item_id: int = Field(alias="itemId")
    other: str = Field("", validation_alias=pydantic.AliasChoices("x", pydantic.AliasPath("y", 0)))


class Open(BaseModel):
    model_config = ConfigDict(extra="allow")

    a: int


class Rows(pydantic.RootModel[list[int]]):
    pass


class Box(BaseModel, Generic[T]):
    content: T


class Cat(BaseModel):
    kind: Literal["cat"] = "cat"
    name: str


class Dog(BaseModel):
    kind: Literal["dog"] = "dog"
    name: str


class Owner(BaseModel):
    pet: Annotated[Cat | Dog, Field(discriminator="kind")]


class Web(BaseModel):
    url: pydantic.HttpUrl
    hosts: list[IPv4Address | str] = []
    pattern: re.Pattern[str] | None = None
    anything: Any = None


class Cleaned(BaseModel):
    text: str

    @pydantic.field_validator("text")
    @classmethod
    def shorter(cls, text: str) -> str:
        return text[1:]


class Counted(BaseModel):
    text: str
    _calls: int = pydantic.PrivateAttr(0)
    _lock: Any = pydantic.PrivateAttr(default_factory=threading.Lock)

    def model_post_init(self, context: Any) -> None:
        self._calls = len(self.text)


class Split(BaseModel):
    tags: list[str]
    size: Annotated[int, pydantic.BeforeValidator(lambda text: text.count("x")), Field(gt=0)] = 1
    _count: int = 0

    @pydantic.field_validator("tags", mode="before")
    @classmethod
    def split(cls, text: str) -> list[str]:
        return text.split(",")

    @pydantic.model_validator(mode="before")
    @classmethod
    def unpacked(cls, parts: Any) -> Any:
        return {"tags": parts["line"], "size": parts["size"]}

    @pydantic.model_validator(mode="after")
    def counted(self) -> Split:
        if "bad" in self.tags:
            raise ValueError("a bad tag")
        self._count = len(self.tags)
        return self


class Splits(BaseModel):
    first: Split | None
    more: Annotated[list[Split], Field(max_length=2)]


class Color(Enum):
    RED = "red"
    BLUE = "blue"


class Painted(BaseModel):
    model_config = ConfigDict(use_enum_values=True)

    color: Color
    others: list[Color] = []
    by_color: dict[Color, int] = {}
    default: Color = Color.BLUE


@dataclass
class Attachment:
    file: File


class Report(BaseModel):
    main: File
    table: Annotated[File, Format("csv")]
    files: list[File]
    folder: Directory
    attachment: Attachment
    rows: StructuredDataset | None = None


@dataclass
class Mixed:
    order: Order
    box: Box[int]


@pydantic.dataclasses.dataclass
class Checked:
    n: Annotated[int, Field(gt=0)]


def test_the_type_names_the_class_and_its_fields():
    assert codec_for(Item).type == RecordType(
        f"{__name__}.Item",
        (
            types.Field("name", STR),
            types.Field("price", FLOAT, required=False),
            types.Field("tags", ListType(STR), required=False),
            types.Field("__pydantic_fields_set__", SetType(STR), required=False),
        ),
    )


def test_models_come_back_as_themselves():
    whole = Item(name="a", price=2, tags=["x"])
    bad = [({"name": "a"}, "$"), (Item.model_construct(name=1, price=1.0, tags=[]), "$.name")]
    golden = [
        (whole, "83a46e616d65a161a57072696365cb4000000000000000a47461677391a178"),
        (
            Item(name="a"),
            (
                "84a46e616d65a161a57072696365cb3ff0000000000000a47461677390"
                "b75f5f707964616e7469635f6669656c64735f7365745f5f91a46e616d65"
            ),
        ),
    ]
    check_codec(Item, [whole, Item(name="a")], bad, golden=golden)


def test_nested_frozen_and_recursive_models():
    order = Order(items=[Item(name="a")], parent=Order(items=[]))
    wrong = Order.model_construct(items=[Item(name="a"), Item.model_construct(name=1)])
    check_codec(Order, [order])
    with pytest.raises(TypeMismatch, match="made without parent"):
        pack(codec_for(Order), _without(order, "parent"))
    with pytest.raises(TypeMismatch) as caught:
        pack(codec_for(Order), wrong)
    assert caught.value.path == "$.items[1].name"
    fields = {each.name: each.type for each in codec_for(Order).type.fields}
    assert fields["parent"].variants[0] == RecursiveType(f"{__name__}.Order")


def _without(model: BaseModel, name: str) -> BaseModel:
    copy = model.model_copy()
    del copy.__dict__[name]
    return copy


def test_which_fields_were_set_is_kept():
    codec = codec_for(Item)
    back = unpack(codec, pack(codec, Item(name="a", tags=[])))
    assert back.model_dump(exclude_unset=True, exclude={"label"}) == {"name": "a", "tags": []}
    assert codec.from_wire({"name": "a"}, "$").model_fields_set == {"name"}


def test_fields_are_known_by_their_names_whatever_their_aliases():
    model = Named.model_validate({"itemId": 1, "y": ["b"]})
    check_codec(Named, [model])
    assert codec_for(Named).to_wire(model, "$") == {"item_id": 1, "other": "b"}


def test_what_extra_lets_in_is_kept_if_it_is_json():
    check_codec(Open, [Open(a=1), Open(a=1, b=[1, {"c": None}])])
    with pytest.raises(TypeMismatch) as caught:
        pack(codec_for(Open), Open(a=1, b=b"x"))
    assert caught.value.path == "$.model_extra.b"


def test_an_unknown_field_is_refused():
    with pytest.raises(TypeMismatch, match="did you mean name"):
        codec_for(Item).from_wire({"name": "a", "nam": 1}, "$")


def test_a_value_from_outside_is_validated():
    with pytest.raises(TypeMismatch, match=r"expected a number > 0, got -1\.0 at \$\.price"):
        codec_for(Item).from_wire({"name": "a", "price": -1.0}, "$")
    check_codec(Checked, [Checked(1)])
    with pytest.raises(TypeMismatch, match="expected a number > 0, got -1 at"):
        codec_for(Checked).from_wire({"n": -1}, "$")


def test_fields_are_what_was_sent_whatever_validators_make_of_them():
    codec = codec_for(Cleaned)
    back = unpack(codec, pack(codec, Cleaned(text="abc")))
    assert back.text == "bc"


def test_private_attributes_are_made_again_and_refused_where_that_changes_them():
    codec = codec_for(Counted)
    counted = Counted(text="abc")
    assert unpack(codec, pack(codec, counted))._calls == 3
    counted._calls = 7
    with pytest.raises(TypeMismatch, match="private attribute _calls would be lost"):
        pack(codec, counted)
    with pytest.raises(TypeMismatch, match="making it again raised ValueError: text"):
        pack(codec, Counted.model_construct(text=[]))


def test_validators_in_front_of_those_of_pydantic_run_once():
    split = Split.model_validate({"line": "a,b", "size": "xx"})
    codec = codec_for(Split)
    back = unpack(codec, pack(codec, split))
    assert type(back) is Split
    assert back == split
    assert back._count == 2
    check_codec(Splits, [Splits(first=None, more=[])])
    splits = Splits.model_construct(first=split, more=[split])
    assert unpack(codec_for(Splits), pack(codec_for(Splits), splits)) == splits


@pytest.mark.parametrize(
    ("part", "problem"),
    [({"size": 0}, "expected a number > 0"), ({"tags": ["bad"]}, "a bad tag")],
)
def test_the_other_validators_see_what_comes_from_outside(part: dict[str, Any], problem: str):
    with pytest.raises(TypeMismatch, match=problem):
        codec_for(Split).from_wire({"tags": ["a"], "size": 1} | part, "$")


def test_values_of_enums_come_back_as_values():
    painted = Painted(color=Color.RED, others=[Color.BLUE], by_color={"red": 1})
    codec = codec_for(Painted)
    back = unpack(codec, pack(codec, painted))
    assert back == painted
    assert [type(back.color), type(back.others[0]), type(back.default)] == [str, str, Color]


def test_files_in_models(tmp_path: Path):
    path = tmp_path / "a.csv"
    path.write_text("a,b")
    report = Report(
        main=File(path),
        table=File(path),
        files=[File(path)],
        folder=Directory(tmp_path),
        attachment=Attachment(File(path)),
    )
    codec = codec_for(Report)
    back = unpack(codec, pack(codec, report))
    files = [back.main, back.table, *back.files, back.folder / "a.csv", back.attachment.file]
    assert [Path(file).read_text() for file in files] == ["a,b"] * 5
    assert back.table.format == "csv"
    with pytest.raises(pydantic.ValidationError, match="instance of File"):
        pydantic.TypeAdapter(File).validate_python("a.csv")


def test_root_models():
    check_codec(Rows, [Rows([1, 2])], bad=[([1], "$"), (Rows.model_construct(["a"]), "$.root[0]")])


def test_instances_of_generic_models():
    check_codec(Box[int], [Box[int](content=1)], bad=[(Box[str](content="a"), "$")])
    check_codec(Box[Order], [Box[Order](content=Order(items=[]))])
    with pytest.raises(UnsupportedType, match=r"no codec handles ~T, at \$\.content"):
        codec_for(Box)


def test_unions_of_models():
    cat, dog = Cat(name="a"), Dog(name="a")
    check_codec(Owner, [Owner(pet=cat), Owner(pet=dog)])
    check_codec(Cat | Dog | None, [cat, dog, None], bad=[({"name": "a"}, "$")])
    check_codec(dict | Cat, [cat, {"kind": "cat", "name": "a"}])


def test_models_in_other_records():
    check_codec(Mixed, [Mixed(Order(items=[Item(name="a")]), Box[int](content=3))])
    check_codec(list[Cat], [[Cat(name="a")]])


def test_parts_that_no_family_handles_go_through_json_of_pydantic():
    web = Web(
        url="https://example.com/a?b=c",
        hosts=[IPv4Address("10.0.0.1"), "10.0.0.1"],
        pattern=re.compile("a+"),
        anything={"a": [1, None]},
    )
    check_codec(Web, [web], bad=[(web.model_copy(update={"url": "no"}), "$.url")])
    fields = {each.name: each.type for each in codec_for(Web).type.fields}
    assert fields["url"] == JsonType()
    codec = codec_for(Web)
    with pytest.raises(TypeMismatch) as caught:
        codec.from_wire(codec.to_wire(web, "$") | {"hosts": [["JSON", "10.0.0"]]}, "$")
    assert caught.value.path == "$.hosts[0]"


@pytest.mark.parametrize("part", [(1, 2), Item(name="a"), {1, 2}, b"x", object()])
def test_what_would_come_back_as_something_else_is_refused(part: object):
    with pytest.raises(TypeMismatch) as caught:
        pack(codec_for(Web), Web(url="https://example.com", anything=[part]))
    assert caught.value.path == "$.anything[0]"


@pytest.mark.parametrize("secret", [pydantic.SecretStr, pydantic.SecretBytes, pydantic.Secret[int]])
def test_secrets_are_refused(secret: Any):
    class Login(BaseModel):
        keys: list[secret]

    class Session(BaseModel):
        login: Login

    for model in (Login, Session):
        with pytest.raises(UnsupportedType, match="a secret must not be written down"):
            codec_for(model)


def test_types_of_pydantic_outside_of_a_model_say_the_way_out():
    with pytest.raises(UnsupportedType, match="declare a model of pydantic"):
        codec_for(list[pydantic.HttpUrl])


def test_a_model_that_is_not_named_is_refused():
    with pytest.raises(UnsupportedType, match="BaseModel does not say which model comes"):
        codec_for(dict[str, BaseModel])


def test_which_fields_were_set_is_kept_and_not_shown():
    codec = codec_for(Item)
    wire = codec.to_wire(Item(name="a"), "$")
    assert codec.from_wire(wire, "$").model_fields_set == {"name"}
    assert [name for name, _ in preview(codec.type, wire)["entries"]] == ["name", "price", "tags"]
    assert list(to_json(codec.type, wire)) == ["name", "price", "tags"]
    with pytest.raises(TypeMismatch) as caught:
        codec.from_wire({"x": 1}, "$")
    assert caught.value.hint == "known: name, price, tags"


def test_a_class_that_pydantic_does_not_know_either_is_refused():
    class Plain:
        pass

    class Holder(BaseModel):
        model_config = ConfigDict(arbitrary_types_allowed=True)
        parts: dict[str, Plain]

    with pytest.raises(UnsupportedType, match=r"no codec handles .*Plain, at \$\.parts\[\]"):
        codec_for(Holder)


def test_an_annotation_that_cannot_be_resolved_names_the_class():
    class Broken(BaseModel):
        part: Missing  # noqa: F821 - the mistake

    with pytest.raises(UnsupportedType, match="Broken: Missing is not defined"):
        codec_for(Broken)


def test_a_model_of_a_subclass_is_refused():
    class Special(Item):
        more: int = 0

    with pytest.raises(TypeMismatch, match="would lose what the subclass adds"):
        pack(codec_for(Item), Special(name="a"))
    assert codec_for(Special).type.fields[3] == types.Field("more", INT, required=False)
