"""The stored form of values and of the types of annotations, byte for byte.

A difference here means that stored values, digests and other versions are affected.
"""

# ruff: noqa: PYI061, DTZ001 - None in a Literal and naive datetimes are among the cases
from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta, timezone
from decimal import Decimal
from enum import Enum
from pathlib import PurePosixPath
from typing import Annotated, Any, Literal, NamedTuple, NewType, NotRequired, TypedDict
from uuid import UUID
from zoneinfo import ZoneInfo

import attrs
import msgspec
import numpy as np
import pydantic
import pytest

from volery.ir.codec import canonical
from volery.testing.conformance.codec import is_same
from volery.types import builtin
from volery.types.packing import pack, unpack
from volery.types.registry import codec_for

BERLIN = ZoneInfo("Europe/Berlin")


class Color(Enum):
    RED = "red"
    ODD = (1, 2)


@dataclass
class Row:
    name: str
    price: float = 0.0
    color: Color | None = None


@dataclass
class Tree:
    value: int
    children: list[Tree] = field(default_factory=list)


@dataclass
class Author:
    books: list[Book]


@dataclass
class Book:
    author: Author | None


class Span(NamedTuple):
    start: int
    end: int | None = None


class Song(TypedDict):
    title: str
    seconds: NotRequired[int]


@attrs.frozen
class Leaf:
    _veins: int = 0


class Cat(msgspec.Struct, rename="camel", tag="cat"):
    full_name: str


class Item(pydantic.BaseModel):
    item_name: str = pydantic.Field("", alias="itemName")
    url: pydantic.HttpUrl | None = None


UserId = NewType("UserId", int)

VALUES: list[tuple[Any, Any, str]] = [
    (None, None, "c0"),
    (bool, True, "c3"),
    (int, 3, "03"),
    (int, -1, "ff"),
    (int, 2**64 - 1, "cfffffffffffffffff"),
    (int, 2**64, "c714013138343436373434303733373039353531363136"),
    (int, -(2**63) - 1, "c714012d39323233333732303336383534373735383039"),
    (float, 1.5, "cb3ff8000000000000"),
    (float, -0.0, "cb8000000000000000"),
    (float, float("nan"), "cb7ff8000000000000"),
    (float, float("-inf"), "cbfff0000000000000"),
    (float, 2, "02"),
    (str, "ä", "a2c3a4"),
    (bytes, b"\xff", "c401ff"),
    (datetime, datetime(2024, 1, 31, 12, 30), "c71302323032342d30312d33315431323a33303a3030"),
    (
        datetime,
        datetime(2024, 1, 31, 12, 30, 15, 1, tzinfo=UTC),
        "c72002323032342d30312d33315431323a33303a31352e3030303030312b30303a3030",
    ),
    (
        datetime,
        datetime(2024, 10, 27, 2, 30, tzinfo=BERLIN, fold=1),
        "c72a02323032342d31302d32375430323a33303a30302b30313a30305b4575726f70652f4265726c696e5d2331",
    ),
    (date, date(2024, 1, 31), "c70a03323032342d30312d3331"),
    (
        time,
        time(12, 30, tzinfo=timezone(timedelta(hours=-3, minutes=-30))),
        "c70e0431323a33303a30302d30333a3330",
    ),
    (time, time(12, 30, tzinfo=BERLIN), "c7170431323a33303a30305b4575726f70652f4265726c696e5d"),
    (timedelta, timedelta(days=-1, microseconds=5), "c70c052d3836333939393939393935"),
    (Color, Color.RED, "a3524544"),
    (Literal["a", 1, True, None], 1, "01"),
    (Literal["a", 1, True, None], True, "c3"),
    (list[float], [1.5, 2], "92cb3ff800000000000002"),
    (list[int], [1, 2**64], "9201c714013138343436373434303733373039353531363136"),
    (tuple[int, ...], (1, 2), "920102"),
    (tuple[int, str], (1, "a"), "9201a161"),
    (tuple[()], (), "90"),
    (dict[str, int], {"b": 1, "a": 2}, "82a16201a16102"),
    (
        dict[int, str],
        {1: "a", 2**64: "b"},
        "929201a16192c714013138343436373434303733373039353531363136a162",
    ),
    (dict[date, int], {date(2024, 1, 31): 1}, "9192c70a03323032342d30312d333101"),
    (dict[Color, int], {Color.RED: 1}, "81a352454401"),
    (int | None, None, "c0"),
    (int | None, 1, "01"),
    (int | str, 1, "92a3696e7401"),
    (
        list[int] | Color | None,
        Color.RED,
        "92bd74657374732e74797065732e746573745f676f6c64656e2e436f6c6f72a3524544",
    ),
    (list[int] | Color | None, None, "c0"),
    (Literal["a"] | int, "a", "92ac4c69746572616c5b2761275da161"),
    (
        Row,
        Row("tea", 1.5, Color.RED),
        "83a46e616d65a3746561a57072696365cb3ff8000000000000a5636f6c6f72a3524544",
    ),
    (Row, Row("tea"), "83a46e616d65a3746561a57072696365cb0000000000000000a5636f6c6f72c0"),
    (
        Tree,
        Tree(1, [Tree(2)]),
        "82a576616c756501a86368696c6472656e9182a576616c756502a86368696c6472656e90",
    ),
    (Author, Author([Book(None)]), "81a5626f6f6b739181a6617574686f72c0"),
    (Span, Span(1), "82a5737461727401a3656e64c0"),
    (Annotated[list[UserId], "ids"], [UserId(1)], "9101"),
    (Annotated[int, msgspec.Meta(ge=1)], 1, "01"),
    (set[int], {3, 300, 1}, "930103cd012c"),
    (frozenset[str | int], frozenset({"b", 1}), "9292a3696e740192a3737472a162"),
    (Decimal, Decimal("-1.50E+3"), "d7062d312e3530452b33"),
    (complex, 1 - 2j, "d8073ff0000000000000c000000000000000"),
    (UUID, UUID(int=7), "d80800000000000000000000000000000007"),
    (PurePosixPath, PurePosixPath("a/ä"), "a4612fc3a4"),
    (
        dict,
        {"a": [1, None, {2: 2**64}]},
        "81a1619301c08102c714013138343436373434303733373039353531363136",
    ),
    (list[Any], ["a", 1.5], "92a161cb3ff8000000000000"),
    (Song, {"title": "a"}, "81a57469746c65a161"),
    (Leaf, Leaf(3), "81a65f7665696e7303"),
    (Cat, Cat("Tom"), "81a966756c6c5f6e616d65a3546f6d"),
    (
        Item,
        Item(itemName="a"),
        "83a96974656d5f6e616d65a161a375726cc0b75f5f707964616e7469635f6669656c64735f7365745f5f91a96974656d5f6e616d65",
    ),
    (Item, Item(itemName="a", url=None), "82a96974656d5f6e616d65a161a375726cc0"),
    (np.float32, np.float32(0.5), "cb3fe0000000000000"),
]
"""Annotations, values of them, and their stored form in hexadecimal digits."""

TYPES: list[tuple[Any, str]] = [
    (None, '{"type":"primitive","name":"none"}'),
    (bool, '{"type":"primitive","name":"bool"}'),
    (int, '{"type":"primitive","name":"int"}'),
    (float, '{"type":"primitive","name":"float"}'),
    (str, '{"type":"primitive","name":"str"}'),
    (bytes, '{"type":"primitive","name":"bytes"}'),
    (datetime, '{"type":"primitive","name":"datetime"}'),
    (date, '{"type":"primitive","name":"date"}'),
    (time, '{"type":"primitive","name":"time"}'),
    (timedelta, '{"type":"primitive","name":"duration"}'),
    (
        Color,
        '{"type":"enum","name":"tests.types.test_golden.Color","members":[{"name":"RED","value":"red"},{"name":"ODD","value":null}]}',
    ),
    (Literal["a", 1, True, None], '{"type":"choice","values":["a",1,true,null]}'),
    (list[float], '{"type":"list","element":{"type":"primitive","name":"float"}}'),
    (list[int], '{"type":"list","element":{"type":"primitive","name":"int"}}'),
    (tuple[int, ...], '{"type":"list","element":{"type":"primitive","name":"int"}}'),
    (
        tuple[int, str],
        '{"type":"tuple","elements":[{"type":"primitive","name":"int"},{"type":"primitive","name":"str"}]}',
    ),
    (tuple[()], '{"type":"tuple","elements":[]}'),
    (
        dict[str, int],
        '{"type":"map","key":{"type":"primitive","name":"str"},"value":{"type":"primitive","name":"int"}}',
    ),
    (
        dict[int, str],
        '{"type":"map","key":{"type":"primitive","name":"int"},"value":{"type":"primitive","name":"str"}}',
    ),
    (
        dict[date, int],
        '{"type":"map","key":{"type":"primitive","name":"date"},"value":{"type":"primitive","name":"int"}}',
    ),
    (
        dict[Color, int],
        '{"type":"map","key":{"type":"enum","name":"tests.types.test_golden.Color","members":[{"name":"RED","value":"red"},{"name":"ODD","value":null}]},"value":{"type":"primitive","name":"int"}}',
    ),
    (
        int | None,
        '{"type":"union","variants":[{"type":"primitive","name":"int"},{"type":"primitive","name":"none"}]}',
    ),
    (
        int | str,
        '{"type":"union","variants":[{"type":"primitive","name":"int"},{"type":"primitive","name":"str"}]}',
    ),
    (
        list[int] | Color | None,
        '{"type":"union","variants":[{"type":"list","element":{"type":"primitive","name":"int"}},{"type":"enum","name":"tests.types.test_golden.Color","members":[{"name":"RED","value":"red"},{"name":"ODD","value":null}]},{"type":"primitive","name":"none"}]}',
    ),
    (
        Literal["a"] | int,
        '{"type":"union","variants":[{"type":"choice","values":["a"]},{"type":"primitive","name":"int"}]}',
    ),
    (
        Row,
        '{"type":"record","name":"tests.types.test_golden.Row","fields":[{"name":"name","type":{"type":"primitive","name":"str"}},{"name":"price","type":{"type":"primitive","name":"float"},"required":false},{"name":"color","type":{"type":"union","variants":[{"type":"enum","name":"tests.types.test_golden.Color","members":[{"name":"RED","value":"red"},{"name":"ODD","value":null}]},{"type":"primitive","name":"none"}]},"required":false}]}',
    ),
    (
        Tree,
        '{"type":"record","name":"tests.types.test_golden.Tree","fields":[{"name":"value","type":{"type":"primitive","name":"int"}},{"name":"children","type":{"type":"list","element":{"type":"recursive","name":"tests.types.test_golden.Tree"}},"required":false}]}',
    ),
    (
        Author,
        '{"type":"record","name":"tests.types.test_golden.Author","fields":[{"name":"books","type":{"type":"list","element":{"type":"recursive","name":"tests.types.test_golden.Book"}}}],"definitions":[{"type":"record","name":"tests.types.test_golden.Book","fields":[{"name":"author","type":{"type":"union","variants":[{"type":"recursive","name":"tests.types.test_golden.Author"},{"type":"primitive","name":"none"}]}}]}]}',
    ),
    (
        Span,
        '{"type":"record","name":"tests.types.test_golden.Span","fields":[{"name":"start","type":{"type":"primitive","name":"int"}},{"name":"end","type":{"type":"union","variants":[{"type":"primitive","name":"int"},{"type":"primitive","name":"none"}]},"required":false}]}',
    ),
    (Annotated[list[UserId], "ids"], '{"type":"list","element":{"type":"primitive","name":"int"}}'),
    (Annotated[int, msgspec.Meta(ge=1)], '{"type":"primitive","name":"int"}'),
    (set[int], '{"type":"set","element":{"type":"primitive","name":"int"}}'),
    (Decimal, '{"type":"primitive","name":"decimal"}'),
    (complex, '{"type":"primitive","name":"complex"}'),
    (UUID, '{"type":"primitive","name":"uuid"}'),
    (PurePosixPath, '{"type":"primitive","name":"path"}'),
    (dict, '{"type":"json","shape":"dict"}'),
    (list[Any], '{"type":"json","shape":"list"}'),
    (
        Song,
        '{"type":"record","name":"tests.types.test_golden.Song","fields":[{"name":"title","type":{"type":"primitive","name":"str"}},{"name":"seconds","type":{"type":"primitive","name":"int"},"required":false}]}',
    ),
    (
        Leaf,
        '{"type":"record","name":"tests.types.test_golden.Leaf","fields":[{"name":"_veins","type":{"type":"primitive","name":"int"},"required":false}]}',
    ),
    (
        Cat,
        '{"type":"record","name":"tests.types.test_golden.Cat","fields":[{"name":"full_name","type":{"type":"primitive","name":"str"}}]}',
    ),
    (
        Item,
        '{"type":"record","name":"tests.types.test_golden.Item","fields":[{"name":"item_name","type":{"type":"primitive","name":"str"},"required":false},{"name":"url","type":{"type":"union","variants":[{"type":"json","shape":"any"},{"type":"primitive","name":"none"}]},"required":false},{"name":"__pydantic_fields_set__","type":{"type":"set","element":{"type":"primitive","name":"str"}},"required":false}]}',
    ),
    (np.float32, '{"type":"primitive","name":"float"}'),
]


@pytest.mark.parametrize(("annotation", "value", "packed"), VALUES)
def test_the_stored_form_of_a_value(annotation: Any, value: object, packed: str):
    codec = codec_for(annotation)
    assert pack(codec, value).hex() == packed
    assert is_same(unpack(codec, bytes.fromhex(packed)), value)


@pytest.mark.parametrize(("annotation", "text"), TYPES)
def test_the_canonical_form_of_the_type_of_an_annotation(annotation: Any, text: str):
    assert canonical(codec_for(annotation).type).decode() == text


CONTENT = {
    "directory", "file", "frame", "hashed", "image", "numpy_array", "pickle", "sklearn", "stream",
    "structured_dataset", "torch", "untyped",
}  # fmt: skip
"""Families of which a library decides about the bytes, or another family."""


def test_every_family_is_covered():
    families = {
        next(module for holds, module in builtin.BUILTIN if holds(annotation))
        for annotation, *_ in VALUES
    }
    elsewhere = {f"volery.types.builtin.{name}" for name in CONTENT}
    assert {module for _, module in builtin.BUILTIN} - families <= elsewhere
