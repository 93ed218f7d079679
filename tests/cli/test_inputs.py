"""The input record that options and files make."""

from __future__ import annotations

import json
import math
import sys

import click
import pytest

from volery.cli.inputs import input_options, read_record
from volery.data import offload
from volery.errors import CallError, TypeMismatch
from volery.ir.content import content_of_wire
from volery.ir.interface import Constraint, Input, Interface
from volery.ir.types import (
    BOOL,
    BYTES,
    DATE,
    DATETIME,
    DECIMAL,
    FLOAT,
    INT,
    NONE,
    PATH,
    STR,
    ContentType,
    CustomType,
    FrameType,
    JsonType,
    ListType,
    MapType,
    SetType,
    TupleType,
    UnionType,
)
from volery.ir.values import DECIMAL as DECIMAL_CODE, Ext, pack, split_record, unpack

INTERFACE = Interface(
    inputs=(
        Input("values", ListType(FLOAT)),
        Input("num_samples", INT, default=pack(10)),
        Input("note", UnionType((STR, NONE))),
    )
)


def accept(name, wire):
    """The codecs have nothing to say here."""


def read(given, file=None, *, interface=INTERFACE, check=accept):
    record = read_record(interface, given, file, check)
    return {name: unpack(value) for name, value in split_record(record).items()}


def test_options_become_the_record_and_defaults_are_left_to_the_engine():
    assert read({"values": "[1, 2]"}) == {"values": [1.0, 2.0], "note": None}


def test_an_optional_input_is_none_when_it_is_not_given():
    assert read({"values": "[]"})["note"] is None


def test_all_problems_are_told_together():
    with pytest.raises(CallError) as caught:
        read({"num_samples": "many", "note": "x"})
    assert caught.value.message.splitlines() == [
        "2 problems with the inputs",
        "  1. --values is missing: list[float]",
        "  2. --num-samples: expected int, got 'many'",
    ]


def test_the_path_inside_json_is_told():
    with pytest.raises(CallError, match=r"^--values: expected float, got 'x' \(str\) at \$\[1\]$"):
        read({"values": '[1, "x"]'})


def test_an_option_wins_over_the_file(tmp_path):
    file = tmp_path / "in.json"
    file.write_text('{"values": [1.5], "num_samples": 3}')
    assert read({"num_samples": "4"}, str(file)) == {
        "values": [1.5],
        "num_samples": 4,
        "note": None,
    }


def test_a_wrong_value_in_a_file_is_told_with_the_file(tmp_path):
    file = tmp_path / "in.json"
    file.write_text('{"values": [1, "x"], "extra": 1}')
    with pytest.raises(CallError) as caught:
        read({}, str(file))
    assert f"{file}: values: expected float, got 'x' (str) at $[1]" in caught.value.message
    assert f"{file}: there is no input 'extra'" in caught.value.message


@pytest.mark.parametrize(
    ("text", "told"),
    [("[1]", "expected an object of inputs, got list"), ("{", "this is not JSON")],
)
def test_a_file_that_holds_no_inputs_is_refused(tmp_path, text, told):
    file = tmp_path / "in.json"
    file.write_text(text)
    with pytest.raises(CallError, match=told):
        read({}, str(file))


def test_a_file_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(CallError, match=r"in\.json: cannot be read: No such file"):
        read({}, str(tmp_path / "in.json"))


def test_an_option_may_name_a_file_with_its_json(tmp_path):
    file = tmp_path / "values.json"
    file.write_text("[1, 2, 3]")
    assert read({"values": f"@{file}"})["values"] == [1.0, 2.0, 3.0]


def test_bytes_are_read_from_a_file_as_they_are(tmp_path):
    file = tmp_path / "raw"
    file.write_bytes(b"\xff\x00")
    interface = Interface(inputs=(Input("data", BYTES),))
    assert read({"data": f"@{file}"}, interface=interface) == {"data": b"\xff\x00"}


def test_text_that_begins_with_an_at_sign_is_text():
    interface = Interface(inputs=(Input("handle", STR),))
    assert read({"handle": "@home"}, interface=interface) == {"handle": "@home"}


def test_a_flag_is_a_bool():
    interface = Interface(inputs=(Input("fast", UnionType((BOOL, NONE))),))
    assert read({"fast": "false"}, interface=interface) == {"fast": False}


CONSTRAINED = Interface(
    inputs=(
        Input("count", INT, constraints=(Constraint(ge=1, le=10),)),
        Input("rates", ListType(FLOAT), constraints=(Constraint(("[]",), gt=0),)),
    )
)


def test_all_that_breaks_a_constraint_is_told():
    with pytest.raises(CallError) as caught:
        read({"count": "11", "rates": "[1, 0, -1]"}, interface=CONSTRAINED)
    assert caught.value.message.splitlines() == [
        "3 problems with the inputs",
        "  1. --count: expected a number from 1 to 10, got 11",
        "  2. --rates: expected a number > 0, got 0.0 at $[1]",
        "  3. --rates: expected a number > 0, got -1.0 at $[2]",
    ]


def test_help_tells_constraints():
    count, rates = (each.help for each in input_options(CONSTRAINED.inputs))
    assert count == "A number from 1 to 10.  [required]"
    assert rates is not None
    assert "rates[]: a number > 0." in rates


def test_the_codec_has_the_last_word():
    def check(name, wire):
        if name == "values" and len(wire) < 2:
            raise TypeMismatch("expected at least two")

    with pytest.raises(CallError, match="--values: expected at least two"):
        read({"values": "[1]"}, check=check)


def test_an_input_of_any_size_is_taken(tmp_path):
    """One of more than 64 MiB was refused."""
    file = tmp_path / "big.json"
    text = "x" * 70_000_000
    file.write_text(json.dumps({"text": text}))
    record = read_record(Interface(inputs=(Input("text", STR),)), {}, str(file), accept)
    assert len(record) < 1000
    assert offload.unpack(record) == {"text": text}


MONEY = CustomType("m.Money", TupleType((DECIMAL, STR)))


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        (SetType(STR), ["EUR", "1.10"]),
        (JsonType("list"), ["1.10", "EUR"]),
        (MONEY, [Ext(DECIMAL_CODE, b"1.10"), "EUR"]),
    ],
)
def test_sets_json_and_custom_types_may_come_from_a_file(tmp_path, kind, value):
    file = tmp_path / "it.json"
    file.write_text('["1.10", "EUR"]')
    interface = Interface(inputs=(Input("it", kind),))
    assert read({"it": f"@{file}"}, interface=interface) == {"it": value}


def test_a_file_that_is_not_there_is_told_with_its_option(tmp_path):
    interface = Interface(inputs=(Input("data", ContentType("file")),))
    with pytest.raises(CallError, match=r"^--data: .*missing\.csv"):
        read({"data": str(tmp_path / "missing.csv")}, interface=interface)


def test_a_path_in_a_file_of_inputs_is_read_and_a_wrong_one_told(tmp_path):
    (tmp_path / "a.csv").write_text("x\n1\n")
    file = tmp_path / "in.json"
    interface = Interface(inputs=(Input("data", UnionType((ContentType("file"), NONE))),))
    file.write_text(json.dumps({"data": str(tmp_path / "a.csv")}))
    content = content_of_wire(read({}, str(file), interface=interface)["data"])
    assert (content.name, content.size) == ("a.csv", 4)
    file.write_text(json.dumps({"data": "missing.csv"}))
    with pytest.raises(CallError, match=r"in\.json: data: .*missing\.csv"):
        read({}, str(file), interface=interface)


@pytest.mark.parametrize(
    ("kind", "metavar", "completed"),
    [
        (ContentType("file", "csv"), "FILE", ["file"]),
        (ContentType("directory"), "FOLDER", ["dir"]),
        (UnionType((FrameType(), NONE)), "FILE", ["file"]),
        (PATH, "PATH", ["file"]),
        (DECIMAL, "DECIMAL", []),
        (CustomType("m.Amount", DECIMAL), "DECIMAL", []),
        (SetType(STR), "set[str]", []),
        (JsonType("dict"), "dict", []),
    ],
)
def test_an_option_says_what_it_takes_and_completes_paths(kind, metavar, completed):
    [option] = input_options([Input("it", kind)])
    context = click.Context(click.Command("run", params=[option]))
    assert option.make_metavar(context) == metavar
    assert [each.type for each in option.type.shell_complete(context, option, "da")] == completed


def test_the_help_of_an_input_has_an_example():
    inputs = [
        Input("labels", SetType(STR)),
        Input("settings", JsonType("dict"), default=pack({"a": 1})),
        Input("price", DECIMAL),
        Input("data", ContentType("file"), description="What to read."),
    ]
    assert [option.help for option in input_options(inputs)] == [
        """JSON or @FILE, such as '["text"]'.  [required]""",
        """JSON or @FILE, such as '{"key":1}'.  [default: {"a": 1}]""",
        "Such as 1.10.  [required]",
        "What to read.  A path or URI.  [required]",
    ]


def read_yaml(tmp_path, text, kind):
    file = tmp_path / "in.yaml"
    file.write_text(text)
    return read({}, str(file), interface=Interface(inputs=(Input("it", kind),)))["it"]


def test_inputs_come_from_yaml(tmp_path):
    assert read_yaml(tmp_path, "it:\n  - 1\n  - 2.5\n  - .inf\n", ListType(FLOAT)) == [
        1.0,
        2.5,
        math.inf,
    ]


@pytest.mark.parametrize(
    ("text", "kind", "value"),
    [
        ("2024-05-01", DATE, "2024-05-01"),
        ("2024-05-01 09:00:00", DATETIME, "2024-05-01T09:00:00"),
        ("!!binary AAEC", BYTES, b"\0\1\2"),
        ("{1: one, 2: two}", MapType(INT, STR), {1: "one", 2: "two"}),
        ("{true: yes}", MapType(BOOL, BOOL), {True: True}),
        ("null", UnionType((STR, NONE)), None),
    ],
)
def test_what_yaml_has_and_json_has_not_is_read(tmp_path, text, kind, value):
    found = read_yaml(tmp_path, f"it: {text}\n", kind)
    assert (bytes(found.data).decode() if isinstance(found, Ext) else found) == value


@pytest.mark.parametrize("text", ["it: [", "it: &a [*a]", "it: !!python/name:os.system"])
def test_what_is_no_yaml_or_no_value_is_refused(tmp_path, text):
    with pytest.raises(CallError, match=r"in\.yaml: this is not YAML that can be read"):
        read_yaml(tmp_path, text, ListType(FLOAT))


def test_without_pyyaml_its_reader_is_told_how_to_get_it(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "yaml", None)  # how Python marks what cannot be imported
    with pytest.raises(CallError) as caught:
        read_yaml(tmp_path, "it: 1", INT)
    assert caught.value.hint == "pip install 'volery[yaml]', or write JSON"
