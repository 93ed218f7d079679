"""Commands: their words, and folders of files."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys

import msgspec
import pytest
from tests.executors.contained.works import interface, work_of

from volery.data import offload
from volery.data.current import using
from volery.data.references import references
from volery.errors import StorageError, TypeMismatch
from volery.executors.contained import commands, invocations, outcomes
from volery.executors.contained.exits import Exit
from volery.ir.placement import ContainerCommand
from volery.ir.types import (
    BOOL,
    DATETIME,
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
from volery.ir.values import unpack
from volery.ir.words import fields, unknown
from volery.types.builtin.file import content_from_text
from volery.worker.files import READY

FILE = ContentType("file")
FOLDER = ContentType("directory")


def commanded(outputs=None, *, words=("run",), form="json", types=None, **inputs):
    face = interface(outputs or {}, **(types or {}))
    return work_of(face, command=ContainerCommand(words, form=form), **inputs)


def collected(work, storage, folder, end=Exit(0), tail=""):
    written = invocations.write(work, storage)
    return commands.collected(work, written, storage, end, folder, tail)


# -- words ------------------------------------------------------------------------------------


def test_words_are_filled_in_without_a_shell(storage):
    types = {"n": INT, "s": STR, "x": FLOAT, "b": BOOL, "l": ListType(INT)}
    work = commanded(
        words=("echo", "{{.inputs.n}}", "a{{ .inputs.s }}b", "{{.inputs.l}}", "{{.inputs.b}}"),
        types=types,
        n=7,
        s="; rm -rf / $(x) {{.inputs.n}}",
        x=0.5,
        b=True,
        l=[1, 2],
    )
    written = invocations.write(work, storage)
    assert commands.words(work, written) == [
        "echo", "7", "a; rm -rf / $(x) {{.inputs.n}}b", "[1, 2]", "true",
    ]  # fmt: skip


def test_the_folders_and_the_invocation_have_words(storage, tmp_path):
    (tmp_path / "a.csv").write_text("x")
    with using(storage):
        wire = content_from_text(FILE, str(tmp_path / "a.csv"), "$")
    work = commanded(
        words=("{{.inputDir}}", "{{.outputDir}}", "{{.invocation}}", "{{.inputs.f}}"),
        types={"f": FILE},
        f=wire,
    )
    written = invocations.write(work, storage)
    assert commands.words(work, written) == [
        "/var/inputs", "/var/outputs", written.uri, "/var/inputs/f",
    ]  # fmt: skip


@pytest.mark.parametrize("size", [50_000, 200_000])
def test_a_value_that_is_too_large_for_a_command_line_is_refused(storage, size):
    with using(storage):
        text = offload.pack("é" * size)
    work = commanded(words=("{{.inputs.s}}",), types={"s": STR}, s=msgspec.Raw(text))
    with pytest.raises(TypeMismatch, match="input s is too large") as error:
        commands.words(work, invocations.write(work, storage))
    assert "/var/inputs/s" in str(error.value)


def test_fields_that_nobody_fills_in_are_found():
    words = ("{{.inputs.x}}", "{{ .inputs.y }}{{.inputdir}}", "{{.outputDir}}", "{x} {{x}}")
    assert list(fields(words)) == ["inputs.x", "inputs.y", "inputdir", "outputDir"]
    assert unknown(words, ["x"]) == ["inputs.y", "inputdir"]


# -- inputs -----------------------------------------------------------------------------------

VALUES = {
    "s": (STR, "a\nb", "a\nb"),
    "n": (INT, -7, "-7"),
    "x": (FLOAT, 0.1, "0.1"),
    "b": (BOOL, False, "false"),
    "l": (ListType(ListType(INT)), [[1], [2, 3]], "[[1],[2, 3]]"),
    "e": (ListType(INT), [], "[]"),
    "m": (MapType(STR, INT), {"a": 1}, '{"a": 1}'),
}


def test_inputs_are_files_by_name(storage, tmp_path):
    types = {name: kind for name, (kind, _, _) in VALUES.items()}
    inputs = {name: value for name, (_, value, _) in VALUES.items()}
    work = commanded(types=types, **inputs)
    commands.lay(work, invocations.write(work, storage), storage, tmp_path)
    found = {path.name: path.read_text() for path in tmp_path.iterdir() if path.is_file()}
    assert found == {name: text for name, (_, _, text) in VALUES.items()}


def test_what_is_none_has_no_file(storage, tmp_path):
    work = commanded(types={"n": UnionType((INT, NONE))}, n=None)
    folder = tmp_path / "inputs"
    folder.mkdir()
    commands.lay(work, invocations.write(work, storage), storage, folder)
    assert list(folder.iterdir()) == []


def test_values_may_be_yaml(storage, tmp_path):
    work = commanded(types={"m": MapType(STR, INT)}, form="yaml", m={"a": 1})
    folder = tmp_path / "inputs"
    folder.mkdir()
    commands.lay(work, invocations.write(work, storage), storage, folder)
    assert (folder / "m").read_text() == "a: 1\n"


def test_files_and_folders_are_brought_as_they_are(storage, tmp_path):
    (tmp_path / "a.csv").write_text("x,y")
    (tmp_path / "all" / "b").mkdir(parents=True)
    (tmp_path / "all" / "b" / "c.txt").write_text("deep")
    with using(storage):
        file = content_from_text(FILE, str(tmp_path / "a.csv"), "$")
        folder = content_from_text(FOLDER, str(tmp_path / "all"), "$")
    work = commanded(types={"f": FILE, "d": FOLDER}, f=file, d=folder)
    target = tmp_path / "inputs"
    target.mkdir()
    commands.lay(work, invocations.write(work, storage), storage, target)
    assert (target / "f").read_text() == "x,y"
    assert (target / "d" / "b" / "c.txt").read_text() == "deep"


def test_a_large_list_is_written_a_part_at_a_time(storage, tmp_path):
    with using(storage):
        large = offload.pack(list(range(100_000)))
    work = commanded(types={"l": ListType(INT)}, l=msgspec.Raw(large))
    folder = tmp_path / "inputs"
    folder.mkdir()
    commands.lay(work, invocations.write(work, storage), storage, folder)
    assert json.loads((folder / "l").read_text()) == list(range(100_000))


@pytest.mark.parametrize("name", ["../x", "a/../../x", "/x", "..", "a\0b"])
def test_no_name_of_an_input_leads_out_of_the_folder(storage, tmp_path, name):
    folder = tmp_path / "inputs"
    folder.mkdir()
    work = commanded(types={name: INT}, **{name: 1})
    with pytest.raises(StorageError):
        commands.lay(work, invocations.write(work, storage), storage, folder)
    assert not (tmp_path / "x").exists()


# -- outputs ----------------------------------------------------------------------------------

ROW = RecordType("Row", (Field("price", FLOAT),))


@pytest.mark.parametrize(
    ("kind", "text", "value"),
    [
        (STR, "plain\n", "plain"),
        (STR, " a\r\nb\r\n", " a\r\nb"),
        (INT, "42\n", 42),
        (FLOAT, " 0.5 ", 0.5),
        (FLOAT, "NaN", pytest.approx(float("nan"), nan_ok=True)),
        (BOOL, "True\n", True),
        (BOOL, "false", False),
        (ListType(INT), "[1, 2]", [1, 2]),
        (ROW, '{"price": 1}', {"price": 1.0}),
        (UnionType((INT, NONE)), "3", 3),
    ],
)
def test_a_file_is_read_by_the_type_of_its_output(storage, tmp_path, kind, text, value):
    work = commanded({"o": kind})
    (tmp_path / "o").write_text(text, newline="")
    assert unpack(collected(work, storage, tmp_path).outputs) == {"o": value}


def test_times_are_text(storage, tmp_path):
    (tmp_path / "o").write_text("2026-01-02T03:04:05Z\n")
    result = collected(commanded({"o": DATETIME}), storage, tmp_path)
    assert b"2026-01-02T03:04:05" in result.outputs


def test_outputs_may_be_yaml(storage, tmp_path):
    (tmp_path / "o").write_text("price: 1\n")
    result = collected(commanded({"o": ROW}, form="yaml"), storage, tmp_path)
    assert unpack(result.outputs) == {"o": {"price": 1.0}}


def test_files_and_folders_are_stored(storage, tmp_path):
    (tmp_path / "f").write_text("x")
    (tmp_path / "d").mkdir()
    (tmp_path / "d" / "a").write_text("y")
    result = collected(commanded({"f": FILE, "d": FOLDER}), storage, tmp_path)
    kinds = {content.is_manifest for content in references(result.outputs)}
    assert kinds == {False, True}


@pytest.mark.parametrize(
    ("kind", "text", "said"),
    [
        (INT, "seven", "'seven'"),
        (ROW, '{"price": "dear"}', "$.o.price"),
        (ListType(INT), "[1,", "JSON"),
        (BOOL, "yes", "'yes'"),
    ],
)
def test_what_is_not_of_its_type_is_named(storage, tmp_path, kind, text, said):
    (tmp_path / "o").write_text(text)
    failure = collected(commanded({"o": kind}), storage, tmp_path).failure
    assert (failure.code, failure.kind) == ("TypeMismatch", "USER")
    assert said in failure.message


def test_an_output_that_was_not_written_is_named_with_what_was(storage, tmp_path):
    (tmp_path / "totl").write_text("1")
    failure = collected(commanded({"total": INT}), storage, tmp_path).failure
    assert failure.code == "OutputMissing"
    assert "has not written the output total (int)" in failure.message
    assert "left there: storage, totl" in failure.message


def test_an_optional_output_may_be_missing(storage, tmp_path):
    result = collected(commanded({"n": UnionType((INT, NONE))}), storage, tmp_path)
    assert unpack(result.outputs) == {"n": None}


def test_no_link_leads_out_of_the_folder(storage, tmp_path):
    folder = tmp_path / "outputs"
    folder.mkdir()
    (tmp_path / "of-others").write_text("secret")
    (folder / "o").symlink_to(tmp_path / "of-others")
    (folder / "d").mkdir()
    (folder / "d" / "link").symlink_to(tmp_path / "of-others")
    for kind, name in ((STR, "o"), (FILE, "o"), (FOLDER, "d")):
        failure = collected(commanded({name: kind}), storage, folder).failure
        assert (failure.code, failure.kind) == ("UnsafeName", "USER")


@pytest.mark.parametrize("kind", [STR, INT, FILE])
def test_nobody_waits_for_a_pipe(storage, tmp_path, kind):
    os.mkfifo(tmp_path / "o")
    assert collected(commanded({"o": kind}), storage, tmp_path).failure.kind == "USER"


def test_what_is_no_text_is_said_to_be_none(storage, tmp_path):
    (tmp_path / "o").write_bytes(b"\xff\xfe")
    failure = collected(commanded({"o": STR}), storage, tmp_path).failure
    assert "o is not UTF-8" in failure.message


def test_of_a_command_that_has_failed_no_outputs_are_read(storage, tmp_path):
    failure = collected(commanded({"o": INT}), storage, tmp_path, Exit(3), "broken").failure
    assert failure.code == "ExitStatus"
    assert failure.message.endswith("broken")


# -- in a pod ---------------------------------------------------------------------------------


def helper(folder, *words):
    return subprocess.Popen(
        [sys.executable, "-m", "volery.worker.files", *map(str, words)],
        stderr=subprocess.PIPE,
        text=True,
        env=os.environ | {"TMPDIR": str(folder)},
    )


def test_a_helper_does_the_same_where_nobody_sees_the_folders(storage, tmp_path):
    inputs, outputs = tmp_path / "inputs", tmp_path / "outputs"
    inputs.mkdir()
    outputs.mkdir()
    work = commanded({"o": INT}, types={"n": INT}, n=41)
    uri = invocations.write(work, storage).uri
    with helper(tmp_path, "get", uri, inputs) as get:
        assert get.wait(30) == 0
    assert (inputs / "n").read_text() == "41"
    with helper(tmp_path, "put", uri, outputs) as put:
        while not (tmp_path / READY).exists():
            assert put.poll() is None
        (outputs / "o").write_text("42\n")
        put.send_signal(signal.SIGTERM)
        assert put.wait(30) == 0
    assert unpack(outcomes.ended(work, storage, Exit(0)).outputs) == {"o": 42}


@pytest.mark.parametrize("words", [(), ("get",), ("take", "u", "f"), ("get", "u", "f", "xml")])
def test_a_helper_says_how_it_is_used(tmp_path, words):
    with helper(tmp_path, *words) as process:
        _, said = process.communicate(timeout=30)
        assert process.returncode == 76
    assert "usage: python -m volery.worker.files" in said
