"""Annotations together with values of them, for hypothesis."""
# ruff: noqa: DTZ001, UP007, UP017, UP045 - the ways in which users write types, and naive datetimes

from __future__ import annotations

import dataclasses
import keyword
from datetime import date, datetime, time, timedelta, timezone
from enum import Enum
from typing import Any, Literal, NamedTuple, Optional, Union
from zoneinfo import ZoneInfo

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


SPANS = st.builds(Span, st.integers(), st.none() | st.integers())
# A day from either end of the calendar: a zone cannot move the first or last instant any further.
DATETIMES = st.datetimes(
    datetime(1, 1, 2),
    datetime(9999, 12, 30),
    timezones=ZONES,
    allow_imaginary=True,
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
]
LEAVES: list[Typed] = [
    *KEYS,
    (None, st.none()),
    (Share, shares()),
    (datetime, DATETIMES),
    (time, st.times(timezones=ZONES)),
    (Point, POINTS),
    (Span, SPANS),
    (Literal["a", 1, True], st.sampled_from(["a", 1, True])),
]
VARIANTS: list[Typed] = [
    *KEYS,
    (None, st.none()),
    (Point, POINTS),
    (Span, SPANS),
    (list[float], st.lists(FLOATS)),
    (dict[str, int], st.dictionaries(TEXTS, st.integers())),
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
def dataclasses_of(draw: st.DrawFn, parts: st.SearchStrategy[Typed]) -> Typed:
    names = st.from_regex(r"[a-z]{1,5}", fullmatch=True).filter(lambda n: not keyword.iskeyword(n))
    fields = draw(st.dictionaries(names, parts, max_size=3))
    cls = dataclasses.make_dataclass(
        "Made", [(name, each) for name, (each, _) in fields.items()], namespace={"__module__": "m"}
    )
    return cls, st.builds(cls, **{name: values for name, (_, values) in fields.items()})


def _containers(parts: st.SearchStrategy[Typed]) -> st.SearchStrategy[Typed]:
    return st.one_of(
        parts.map(lambda part: (list[part[0]], st.lists(part[1], max_size=4))),
        parts.map(lambda part: (tuple[part[0], ...], st.lists(part[1], max_size=4).map(tuple))),
        parts.map(lambda part: (Optional[part[0]], st.none() | part[1])),
        mappings(parts),
        tuples(parts),
        dataclasses_of(parts),
    )


ANNOTATIONS: st.SearchStrategy[Typed] = st.recursive(
    st.sampled_from(LEAVES) | unions(), _containers, max_leaves=6
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
