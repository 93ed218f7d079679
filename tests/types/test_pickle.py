from __future__ import annotations

import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Annotated, Any, NewType, TypeVar

import pytest

from volery import Pickle, task, workflow
from volery.errors import CompileError, TypeMismatch, UnsupportedType
from volery.ir.content import content_of_wire
from volery.ir.types import INT, ContentType, ListType, RecordType
from volery.testing.conformance.codec import check_codec
from volery.types.marks import untyped
from volery.types.packing import pack, unpack
from volery.types.registry import codec_for

T = TypeVar("T")


class Engine:
    def __init__(self, power: float) -> None:
        self.power = power

    def __eq__(self, other: object) -> bool:
        return type(self) is type(other) and vars(self) == vars(other)

    def __hash__(self) -> int:
        return hash(self.power)


class Diesel(Engine):
    pass


@dataclass
class Car:
    name: str
    engine: Annotated[Engine, Pickle]


@dataclass
class Parked:
    engine: Engine
    places: int


def trip(annotation: Any, value: Any, **how: bool) -> Any:
    codec = codec_for(annotation, **how)
    return unpack(codec, pack(codec, value))


# -- asked for by annotation ----------------------------------------------------------------------


def test_a_pickled_object_comes_back():
    check_codec(
        Annotated[Engine, Pickle],
        [Engine(1.5), Diesel(2.0)],
        bad=[(1.5, "$"), (None, "$"), (Engine, "$")],
    )
    check_codec(Annotated[Any, Pickle], [None, 1, "a", (1, 2), {1: Engine(1.0)}])


@pytest.mark.parametrize(
    ("annotation", "name"),
    [
        (Annotated[Engine, Pickle], f"{__name__}.Engine"),
        (Annotated[Engine, Pickle()], f"{__name__}.Engine"),
        (Annotated[Engine, "a", Pickle], f"{__name__}.Engine"),
        (Annotated[NewType("Motor", Engine), Pickle], f"{__name__}.Engine"),
        (Annotated[list[Engine], Pickle], "builtins.list"),
        (Annotated[Any, Pickle], ""),
        (Annotated[object, Pickle], ""),
        (Annotated[Engine | int, Pickle], ""),
    ],
)
def test_the_type_names_the_declared_class(annotation: Any, name: str):
    assert codec_for(annotation).type == ContentType("pickle", name)


def test_pickles_stand_in_other_types():
    car = Car("a", Engine(1.0))
    assert trip(list[Car], [car]) == [car]
    assert trip(Annotated[Engine, Pickle] | int, 5) == 5
    assert trip(Annotated[Engine, Pickle] | None, None) is None
    with pytest.raises(TypeMismatch) as caught:
        trip(list[Car], [Car("a", 1.0)])
    assert caught.value.path == "$[0].engine"


def test_functions_and_classes_without_a_module_are_pickled_as_they_are():
    double = trip(Annotated[Callable[[int], int], Pickle], lambda number: number * 2)
    assert double(4) == 8

    class Local:
        size = 3

    assert trip(Annotated[Any, Pickle], Local()).size == 3


def test_the_class_is_checked_when_it_is_read_too():
    packed = pack(codec_for(Annotated[Any, Pickle]), Engine(1.0))
    with pytest.raises(TypeMismatch, match="expected Diesel, got"):
        unpack(codec_for(Annotated[Diesel, Pickle]), packed)


def test_what_cannot_be_pickled_is_refused_with_the_reason():
    codec = codec_for(list[Annotated[Any, Pickle]])
    with pytest.raises(TypeMismatch, match="lock") as caught:
        pack(codec, [1, threading.Lock()])
    assert caught.value.path == "$[1]"
    assert "TypeError" in str(caught.value.hint)


def test_what_cannot_be_unpickled_is_refused_with_the_reason(monkeypatch: pytest.MonkeyPatch):
    codec = codec_for(list[Annotated[Any, Pickle]])
    packed = pack(codec, [Engine(1.0)])
    monkeypatch.delattr(sys.modules[__name__], "Engine")
    with pytest.raises(TypeMismatch, match="Can't get attribute 'Engine'") as caught:
        unpack(codec, packed)
    assert caught.value.path == "$[0]"


def test_a_preview_tells_the_class_and_the_beginning():
    wire = codec_for(Annotated[Any, Pickle]).to_wire(["x" * 10_000] * 100, "$")
    preview = content_of_wire(wire).preview
    assert preview["type"] == "builtins.list"
    assert len(preview["text"]) < 300


def test_without_cloudpickle_the_way_to_it_is_told(monkeypatch: pytest.MonkeyPatch):
    class Unseen:
        pass

    monkeypatch.setitem(sys.modules, "cloudpickle", None)
    with pytest.raises(UnsupportedType, match=r"pip install 'volery\[pickle\]'"):
        codec_for(Annotated[Unseen, Pickle])


# -- asked for by pickle_untyped ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("annotation", "value"),
    [
        (Any, Engine(1.0)),
        (Any, None),
        (object, 3),
        (Engine, Diesel(1.0)),
        (list[Engine], [Engine(1.0)]),
        (dict[str, tuple[Engine, int]], {"a": (Engine(1.0), 2)}),
        (Engine | None, None),
        (Engine | int, Engine(2.0)),
        (Parked, Parked(Engine(1.0), 2)),
        (Annotated[Engine, "fast"], Engine(1.0)),
    ],
)
def test_what_no_family_handles_is_pickled_when_it_is_asked_for(annotation: Any, value: Any):
    back = trip(annotation, value, pickle_untyped=True)
    assert back == value
    assert type(back) is type(value)


def test_what_a_family_handles_is_not_pickled():
    assert codec_for(list[int], pickle_untyped=True).type == ListType(INT)
    assert isinstance(codec_for(Parked, pickle_untyped=True).type, RecordType)
    assert codec_for(Decimal, pickle_untyped=True).type == codec_for(Decimal).type


def test_nothing_is_pickled_because_another_task_asked_for_it():
    codec_for(Parked, pickle_untyped=True)
    with pytest.raises(UnsupportedType, match="no codec handles Engine"):
        codec_for(Parked)


@pytest.mark.parametrize("annotation", ["Engine", T, 3])
def test_what_is_no_type_is_not_pickled(annotation: Any):
    with pytest.raises(UnsupportedType):
        codec_for(annotation, pickle_untyped=True)


def test_an_annotation_can_carry_the_wish():
    assert codec_for(untyped(list[Engine])) is codec_for(list[Engine], pickle_untyped=True)
    assert trip(list[untyped(Engine)], [Engine(1.0)]) == [Engine(1.0)]
    assert trip(untyped(Engine | int) | None, None) is None
    assert trip(untyped(Annotated[Engine, Pickle]), Engine(2.0)) == Engine(2.0)


# -- in a graph -----------------------------------------------------------------------------------


@task(pickle_untyped=True)
def opaque(thing=None):
    return thing


@task
def number() -> int:
    return 3


@task
def doubled(number: int) -> int:
    return number * 2


def test_pickles_and_what_is_declared_do_not_mix_and_there_is_a_way_out():
    @workflow
    def into() -> None:
        opaque(thing=number())

    @workflow
    def out_of() -> None:
        doubled(number=opaque())

    with pytest.raises(CompileError, match=r"hint: declare int where it is taken, or .*Pickle"):
        into()
    with pytest.raises(CompileError, match="hint: declare int where it is made"):
        out_of()


def test_a_pickle_goes_where_one_is_taken():
    @workflow
    def passed(thing: Annotated[Any, Pickle]) -> Annotated[Any, Pickle]:
        return opaque(thing=opaque(thing=thing))

    assert passed(thing=Engine(1.0)) == Engine(1.0)
