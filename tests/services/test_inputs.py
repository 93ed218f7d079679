"""Inputs from outside."""

from __future__ import annotations

import msgspec
import pytest

from volery.data.current import using
from volery.data.storage import Storage
from volery.errors import CallError
from volery.ir.content import content_of_wire, content_to_wire
from volery.ir.interface import Constraint, Input, Interface
from volery.ir.types import (
    FLOAT,
    INT,
    NONE,
    STR,
    ContentType,
    Field,
    ListType,
    MapType,
    RecordType,
    UnionType,
)
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
    assert "$.cuont: there is no such input\n  hint: did you mean count?" in told
    assert "$.count: it is missing" in told
    assert "$.rates[1]: expected float, got 'x' (str)\n" in told
    assert "4 problems" in told
    assert [(each.path, each.message) for each in raised.value.problems] == [
        ("$.cuont", "there is no such input"),
        ("$.count", "it is missing"),
        ("$.rates[1]", "expected float, got 'x' (str)"),
        ("$.name", "expected str, got 5 (int)"),
    ]


def test_all_that_is_wrong_inside_of_an_input_is_told():
    row = RecordType("m.Row", (Field("name", STR), Field("prices", MapType(STR, FLOAT))))
    rows = Interface((Input("rows", ListType(row)),))
    given = [{"name": 1, "prices": {"tea": "x", "milk": 2}}, {"nam": "a"}]
    with pytest.raises(CallError) as raised:
        read_inputs(rows, {"rows": given}, None)
    assert [each.path for each in raised.value.problems] == [
        "$.rows[0].name",
        "$.rows[0].prices['tea']",
        "$.rows[1]",
        "$.rows[1].name",
        "$.rows[1].prices",
    ]


def test_a_long_list_of_another_type_is_told_by_its_beginning():
    with pytest.raises(CallError) as raised:
        _read({"count": 1, "rates": ["x"] * 100_000})
    assert len(raised.value.problems) == 100


CONSTRAINED = Interface(
    (
        Input("count", INT, constraints=(Constraint(ge=1, le=10),)),
        Input("rates", ListType(FLOAT), pack([]), constraints=(Constraint(("[]",), gt=0),)),
    )
)


@pytest.mark.parametrize("as_record", [False, True])
def test_inputs_keep_to_their_constraints(as_record):
    given = {"count": 11, "rates": [1.0, 0.0, -1.0]}
    record = join_record({name: pack(each) for name, each in given.items()})
    with pytest.raises(CallError) as raised:
        read_inputs(CONSTRAINED, *(({}, record) if as_record else (given, None)))
    assert [(each.path, each.message) for each in raised.value.problems] == [
        ("$.count", "expected a number from 1 to 10, got 11"),
        ("$.rates[1]", "expected a number > 0, got 0.0"),
        ("$.rates[2]", "expected a number > 0, got -1.0"),
    ]


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


def test_content_that_was_put_before_is_given_by_its_digest(tmp_path):
    storage = Storage(tmp_path.as_uri())
    digest = storage.put(b"tea\n")
    given = {"@": "file", "digest": digest, "size": 4, "name": "tea.csv", "format": "csv"}
    with using(storage):
        record = read_inputs(FILES, {"file": given}, None)
    content = content_of_wire(unpack(split_record(record)["file"]))
    assert (content.digest, content.size, content.name, content.format) == (
        digest,
        4,
        "tea.csv",
        "csv",
    )


@pytest.mark.parametrize(
    ("reference", "told"),
    [
        ({"@": "file", "digest": "0" * 64, "size": 1}, "there is no content 000"),
        ({"@": "directory", "digest": "0" * 64, "size": 1}, "expected File"),
        ({"@": "file", "digest": "no", "size": 1}, "expected the digest and size"),
        ({"@": "file", "uri": "file:///etc/hostname"}, "a path of another machine"),
        ({"@": "file", "name": "../a", "digest": "0" * 64, "size": 1}, "the name of a file"),
        ({"@": "file", "owner": "me"}, "owner"),
    ],
)
def test_a_reference_to_nothing_is_refused(tmp_path, reference, told):
    with using(Storage(tmp_path.as_uri())), pytest.raises(CallError, match=told):
        read_inputs(FILES, {"file": reference}, None)
