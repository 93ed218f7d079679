"""Inputs from outside."""

from __future__ import annotations

import msgspec
import pytest

from volery.errors import CallError
from volery.ir.content import content_of_wire, content_to_wire
from volery.ir.interface import Input, Interface
from volery.ir.types import FLOAT, INT, NONE, STR, ContentType, ListType, UnionType
from volery.ir.values import join_record, pack, split_record, unpack
from volery.services.inputs import as_it_was, read_inputs
from volery.types.written.reading import to_wire

INTERFACE = Interface(
    (
        Input("count", INT),
        Input("rates", ListType(FLOAT), default=pack([1.0])),
        Input("name", UnionType((STR, NONE))),
    )
)


def _read(given, record=None):
    return {
        name: unpack(value)
        for name, value in split_record(read_inputs(INTERFACE, given, record)).items()
    }


def test_inputs_are_read_by_their_types():
    assert _read({"count": 3, "rates": [1, 2]}) == {"count": 3, "rates": [1.0, 2.0], "name": None}


def test_what_has_a_default_may_be_left_out():
    assert "rates" not in _read({"count": 3})


def test_a_record_wins():
    assert _read({"count": 3}, join_record({"count": pack(4)}))["count"] == 4


def test_all_problems_are_told_with_their_paths():
    with pytest.raises(CallError) as raised:
        _read({"rates": [1, "x"], "cuont": 1, "name": 5})
    told = raised.value.message
    assert "$.cuont: there is no such input; did you mean count?" in told
    assert "$.count: it is missing" in told
    assert "expected float, got 'x' at $.rates[1]" in told
    assert "4 problems" in told


@pytest.mark.parametrize(
    "record", [b"", b"\xc1", b"\x93\x01\x02\x03", join_record({"count": pack("x")})]
)
def test_a_record_that_is_not_what_it_should_be_is_refused(record):
    with pytest.raises(CallError):
        _read({"count": 1}, record)


def test_an_input_that_is_nested_too_deeply_is_refused():
    deep = 1
    for _ in range(5_000):
        deep = [deep]
    with pytest.raises(CallError):
        _read({"count": 1, "rates": deep})


def test_inputs_become_defaults_of_the_same_again():
    again = as_it_was(INTERFACE, join_record({"count": pack(7)}))
    assert again.inputs[0].default == pack(7)
    assert again.inputs[1].default == pack([1.0])


FILES = Interface((Input("file", ContentType("file")),))


@pytest.mark.parametrize("place", ["/etc/hostname", "file:///etc/hostname", "../hostname"])
def test_a_path_of_the_caller_is_no_file_here(place):
    with pytest.raises(CallError, match=r"\$\.file: expected a URI that this server can read"):
        read_inputs(FILES, {"file": place}, None)


def test_a_record_cannot_name_a_file_here_either(tmp_path):
    tmp_path.joinpath("file").touch()
    wire = to_wire(ContentType("file"), str(tmp_path / "file"))
    content = msgspec.structs.replace(content_of_wire(wire), uri=tmp_path.as_uri(), digest="")
    record = join_record({"file": pack(content_to_wire(content))})
    with pytest.raises(CallError):
        read_inputs(FILES, {}, record)
