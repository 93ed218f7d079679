from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from typing import Annotated, Generic, NotRequired, Required, TypedDict, TypeVar

import pytest
from typing_extensions import ReadOnly, TypedDict as ExtendedTypedDict

from volery.errors import TypeMismatch, UnsupportedType
from volery.ir.types import FLOAT, INT, STR, Field, ListType, RecordType, RecursiveType
from volery.testing.conformance.codec import check_codec
from volery.types.packing import pack, unpack
from volery.types.registry import codec_for

T = TypeVar("T")


class Base(TypedDict):
    id: int


class Movie(Base, total=False):
    title: Required[str]
    year: int
    price: Annotated[float, "EUR"]


class Show(ExtendedTypedDict):
    name: ReadOnly[str]
    seasons: NotRequired[ReadOnly[list[int]]]


class Folder(TypedDict):
    name: str
    folders: list[Folder]


@dataclass
class Shelf:
    movies: list[Movie]


Keyed = TypedDict("Keyed", {"in": int, "two words": str})


def test_a_typed_dict_is_a_record():
    assert codec_for(Movie).type == RecordType(
        f"{__name__}.Movie",
        (
            Field("id", INT),
            Field("title", STR),
            Field("year", INT, required=False),
            Field("price", FLOAT, required=False),
        ),
    )


def test_a_dict_with_the_declared_keys_comes_back():
    movies = [{"id": 1, "title": "a"}, {"title": "a", "id": 1, "year": 2000, "price": 1.5}]
    bad = [
        ({"id": 1}, "$.title"),
        ({"id": 1, "title": "a", "yaer": 1}, "$.yaer"),
        ({"id": 1, "title": "a", 3: 1}, "$[3]"),
        ({"id": 1, "title": 2}, "$.title"),
        (OrderedDict(id=1, title="a"), "$"),
        ([], "$"),
        (None, "$"),
    ]
    check_codec(Movie, movies, bad, golden=[(movies[0], "82a2696401a57469746c65a161")])


def test_a_missing_key_is_not_filled_in():
    codec = codec_for(Movie)
    assert unpack(codec, pack(codec, {"id": 1, "title": "a"})).keys() == {"id", "title"}


def test_qualifiers_and_names_that_are_no_identifiers():
    check_codec(Show, [{"name": "a"}, {"name": "a", "seasons": [1]}], bad=[({}, "$.name")])
    check_codec(Keyed, [{"in": 1, "two words": "a"}])


def test_a_missing_and_an_unknown_key_get_the_way_out():
    with pytest.raises(TypeMismatch, match=r"declare it NotRequired\[\.\.\.\]"):
        pack(codec_for(Base), {})
    with pytest.raises(TypeMismatch, match="did you mean title"):
        pack(codec_for(Movie), {"id": 1, "titel": "a", "title": "b"})


def test_stored_keys_are_checked_too():
    for wire in ({}, {"id": "x"}, {"id": 1, "more": 2}, [], None):
        with pytest.raises(TypeMismatch):
            codec_for(Base).from_wire(wire, "$")


def test_a_recursive_typed_dict():
    folder = {"name": "a", "folders": [{"name": "b", "folders": []}]}
    bad = [({"name": "a", "folders": [{"name": 1, "folders": []}]}, "$.folders[0].name")]
    check_codec(Folder, [folder], bad)
    assert codec_for(Folder).type.fields[1].type == ListType(RecursiveType(f"{__name__}.Folder"))


def test_typed_dicts_in_other_types():
    check_codec(
        Shelf, [Shelf([{"id": 1, "title": "a"}])], [(Shelf([{"id": 1}]), "$.movies[0].title")]
    )
    check_codec(Movie | int | None, [{"id": 1, "title": "a"}, 3, None], [({"id": 1}, "$.title")])


def test_a_dict_that_fits_two_typed_dicts_is_refused_with_their_names():
    first = {"name": "a"}
    with pytest.raises(TypeMismatch, match=r"Show and dict\[str, str\] take it alike"):
        pack(codec_for(Show | dict[str, str]), first)
    check_codec(Show | Base, [first, {"id": 1}])


def test_a_generic_typed_dict_is_refused():
    class Box(TypedDict, Generic[T]):
        content: T

    with pytest.raises(UnsupportedType, match=r"without type parameters in place of .*Box"):
        codec_for(Box[int])
    with pytest.raises(UnsupportedType, match=r"no codec handles ~T, at \$\.content"):
        codec_for(Box)
