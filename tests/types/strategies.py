"""Annotations together with values of them, for hypothesis."""
# ruff: noqa: DTZ001, UP007, UP017, UP045 - the ways in which users write types, and naive datetimes

from __future__ import annotations

import dataclasses
import keyword
from collections.abc import Callable
from datetime import date, datetime, time, timedelta, timezone
from decimal import Decimal
from enum import Enum
from pathlib import PurePosixPath
from typing import Any, Literal, NamedTuple, NotRequired, Optional, TypedDict, Union
from uuid import UUID
from zoneinfo import ZoneInfo

import attrs
import msgspec
import pydantic
from hypothesis import strategies as st

Typed = tuple[Any, st.SearchStrategy[Any]]
"""An annotation and the values of it."""


class Color(Enum):
    RED = "red"
    DEEP_BLUE = 7


@dataclasses.dataclass(frozen=True)
class Point:
    x: float
    y: float = 0.0


@dataclasses.dataclass
class Share:
    """An object whose fields are not what ``__init__`` was given."""

    percent: float
    score: int | None = dataclasses.field(init=False, default=None)
    doubled: float = dataclasses.field(init=False)

    def __post_init__(self) -> None:
        self.percent /= 100
        self.doubled = self.percent * 2


class Span(NamedTuple):
    start: int
    end: int | None = None


ZONES = st.sampled_from(
    [
        None,
        timezone.utc,
        timezone(timedelta(hours=-3, minutes=-30)),
        ZoneInfo("Europe/Berlin"),
        ZoneInfo("UTC"),
    ]
)

FLOATS = st.one_of(st.floats(), st.integers())
TEXTS = st.text(st.characters(exclude_categories=["Cs"]))
POINTS = st.builds(Point, FLOATS, FLOATS)


@st.composite
def shares(draw: st.DrawFn) -> Share:
    share = Share(draw(st.floats()))
    share.score = draw(st.none() | st.integers())
    share.doubled = draw(FLOATS)
    return share


class Song(TypedDict):
    title: str
    seconds: NotRequired[int]


SPANS = st.builds(Span, st.integers(), st.none() | st.integers())
# A day from either end of the calendar: a zone cannot move the first or last instant any further.
DATETIMES = st.datetimes(
    datetime(1, 1, 2),
    datetime(9999, 12, 30),
    timezones=ZONES,
    allow_imaginary=True,
)

SONGS = st.fixed_dictionaries({"title": TEXTS}, optional={"seconds": st.integers()})
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | TEXTS,
    lambda parts: st.lists(parts, max_size=3) | st.dictionaries(TEXTS, parts, max_size=3),
    max_leaves=5,
)

KEYS: list[Typed] = [
    (bool, st.booleans()),
    (int, st.integers()),
    (str, TEXTS),
    (bytes, st.binary()),
    (float, FLOATS),
    (date, st.dates()),
    (timedelta, st.timedeltas()),
    (Color, st.sampled_from(Color)),
    (Decimal, st.decimals().filter(lambda number: not number.is_snan())),
    (complex, st.complex_numbers()),
    (UUID, st.uuids()),
    (PurePosixPath, TEXTS.map(PurePosixPath)),
]
LEAVES: list[Typed] = [
    *KEYS,
    (None, st.none()),
    (Share, shares()),
    (datetime, DATETIMES),
    (time, st.times(timezones=ZONES)),
    (Point, POINTS),
    (Span, SPANS),
    (Song, SONGS),
    (Literal["a", 1, True], st.sampled_from(["a", 1, True])),
    (dict, st.dictionaries(TEXTS, JSON, max_size=3)),
    (list, st.lists(JSON, max_size=3)),
]
ELEMENTS: list[Typed] = [
    *KEYS,
    (Point, POINTS),
    (Span, SPANS),
    (tuple[int, str], st.tuples(st.integers(), TEXTS)),
]
"""Types whose values have a hash."""
VARIANTS: list[Typed] = [
    *KEYS,
    (None, st.none()),
    (Point, POINTS),
    (Span, SPANS),
    (list[float], st.lists(FLOATS)),
    (dict[str, int], st.dictionaries(TEXTS, st.integers())),
    (set[str], st.sets(TEXTS)),
]
"""Types of which every value shows by its Python type which one it belongs to."""


@st.composite
def unions(draw: st.DrawFn) -> Typed:
    chosen = draw(st.permutations(VARIANTS))[: draw(st.integers(1, 4))]
    # An int is a value of float, too, but in a union with int it is the int.
    union = Union[tuple(each for each, _ in chosen)]
    return union, st.one_of([values for _, values in chosen])


@st.composite
def mappings(draw: st.DrawFn, parts: st.SearchStrategy[Typed]) -> Typed:
    (key, keys), (value, values) = draw(st.sampled_from(KEYS)), draw(parts)
    return dict[key, value], st.dictionaries(keys, values, max_size=3)


@st.composite
def tuples(draw: st.DrawFn, parts: st.SearchStrategy[Typed]) -> Typed:
    chosen = draw(st.lists(parts, max_size=3))
    return tuple[tuple(each for each, _ in chosen)], st.tuples(*[values for _, values in chosen])


@st.composite
def sets(draw: st.DrawFn) -> Typed:
    element, values = draw(st.sampled_from(ELEMENTS))
    # Python holds two NaNs for different elements; their bytes are the same, which is refused.
    distinct = st.lists(values, max_size=4, unique_by=repr)
    return draw(
        st.sampled_from(
            [(set[element], distinct.map(set)), (frozenset[element], distinct.map(frozenset))]
        )
    )


NAMES = st.from_regex(r"[a-z]{1,5}", fullmatch=True).filter(lambda n: not keyword.iskeyword(n))


def _dataclass(fields: dict[str, Any]) -> Any:
    return dataclasses.make_dataclass("Made", fields.items(), namespace={"__module__": "m"})


def _attrs(fields: dict[str, Any]) -> Any:
    # To attrs itself the type None says that there is none.
    typed = {name: attrs.field(type=each or type(None)) for name, each in fields.items()}
    made = attrs.make_class("Made", typed)
    made.__module__ = "m"
    return made


def _struct(fields: dict[str, Any]) -> Any:
    return msgspec.defstruct("Made", fields.items(), module="m")


def _typed_dict(fields: dict[str, Any]) -> Any:
    return TypedDict("Made", fields)


MAKERS: list[Callable[[dict[str, Any]], Any]] = [_dataclass, _attrs, _struct, _typed_dict]


@st.composite
def records(draw: st.DrawFn, parts: st.SearchStrategy[Typed]) -> Typed:
    fields = draw(st.dictionaries(NAMES, parts, max_size=3))
    cls = draw(st.sampled_from(MAKERS))({name: each for name, (each, _) in fields.items()})
    return cls, st.builds(cls, **{name: values for name, (_, values) in fields.items()})


PLAIN: list[Typed] = [
    (int, st.integers()),
    (str, TEXTS),
    (Color, st.sampled_from(Color)),
    (Point, POINTS),
    (dict, st.dictionaries(TEXTS, JSON, max_size=3)),
    (Optional[list[bytes]], st.none() | st.lists(st.binary(), max_size=3)),
    (set[UUID], st.sets(st.uuids(), max_size=3)),
]
"""Types of which pydantic takes every value."""


@st.composite
def models(draw: st.DrawFn) -> Typed:
    fields = draw(st.dictionaries(NAMES.map("f_{}".format), st.sampled_from(PLAIN), max_size=3))
    extra = draw(st.sampled_from(["allow", "forbid"]))
    config = pydantic.ConfigDict(extra=extra)
    given = {name: (each, ...) for name, (each, _) in fields.items()}
    cls = pydantic.create_model(
        "Made", __config__=config, __module__="m", unset=(int | None, None), **given
    )
    more = {"more": JSON} if extra == "allow" else {}
    values = {name: values for name, (_, values) in fields.items()}
    return cls, st.builds(cls, **values, **more)


def _containers(parts: st.SearchStrategy[Typed]) -> st.SearchStrategy[Typed]:
    return st.one_of(
        parts.map(lambda part: (list[part[0]], st.lists(part[1], max_size=4))),
        parts.map(lambda part: (tuple[part[0], ...], st.lists(part[1], max_size=4).map(tuple))),
        parts.map(lambda part: (Optional[part[0]], st.none() | part[1])),
        mappings(parts),
        tuples(parts),
        records(parts),
    )


ANNOTATIONS: st.SearchStrategy[Typed] = st.recursive(
    st.sampled_from(LEAVES) | unions() | sets() | models(), _containers, max_leaves=6
)


@st.composite
def annotated_values(draw: st.DrawFn) -> tuple[Any, Any]:
    """An annotation and a value of it."""
    annotation, values = draw(ANNOTATIONS)
    return annotation, draw(values)


@st.composite
def annotated_pairs(draw: st.DrawFn) -> tuple[Any, Any, Any]:
    """An annotation and two values of it."""
    annotation, values = draw(ANNOTATIONS)
    return annotation, draw(values), draw(values)
