"""From what an attempt has left to a result."""

from __future__ import annotations

import json

import msgspec
import pytest
from tests.executors.contained.works import changed, interface, work_of

from volery.data.current import using
from volery.data.references import references
from volery.data.remote import open_uri
from volery.executors.contained import invocations, outcomes
from volery.executors.contained.exits import Exit
from volery.ir.failure import Failure
from volery.ir.invocation import Outcome
from volery.ir.placement import ContainerCommand
from volery.ir.types import (
    BYTES,
    FLOAT,
    INT,
    NONE,
    STR,
    ContentType,
    Field,
    ListType,
    RecordType,
    UnionType,
)
from volery.ir.values import pack, unpack
from volery.ir.work import ElementFailure

FILE = ContentType("file")
ROW = RecordType("Row", (Field("price", FLOAT), Field("name", STR)))


def left(work, storage, document, end=Exit(0)):
    """The result of a work whose attempt has left a document."""
    data = document if isinstance(document, bytes) else json.dumps(document).encode()
    storage.put_named(invocations.outcome_name(work), data)
    return outcomes.ended(work, storage, end)


def values(result):
    assert result.outputs is not None, result.failure
    return unpack(result.outputs)


def test_outputs_are_read_by_their_types(storage):
    work = work_of(interface({"n": INT, "x": FLOAT, "b": BYTES, "rows": ListType(ROW)}))
    rows = [{"price": 1, "name": "a"}]
    result = left(work, storage, {"outputs": {"n": 7, "x": 2, "b": "AAE=", "rows": rows}})
    assert values(result) == {"n": 7, "x": 2.0, "b": b"\0\1", "rows": [{"price": 1.0, "name": "a"}]}


def test_a_record_counts_before_the_outputs(storage):
    work = work_of(interface({"n": INT}))
    outcome = Outcome(outputs={"n": msgspec.Raw(b"1")}, record=pack({"n": 2}))
    assert values(left(work, storage, msgspec.json.encode(outcome))) == {"n": 2}


def test_a_failure_is_passed_on_as_it_is(storage):
    work = work_of(interface({"n": INT}))
    failure = {"code": "NoDisk", "kind": "SYSTEM", "message": "it is full", "retryable": False}
    result = left(work, storage, {"failure": failure}, Exit(1))
    assert result.failure == Failure("NoDisk", "SYSTEM", "it is full", retryable=False)


def test_an_output_of_another_type_is_named_with_the_path_to_what_is_wrong(storage):
    work = work_of(interface({"rows": ListType(ROW)}))
    rows = [{"price": 1, "name": "a"}, {"price": "dear", "name": "b"}]
    failure = left(work, storage, {"outputs": {"rows": rows}}).failure
    assert (failure.code, failure.kind) == ("TypeMismatch", "USER")
    assert "output rows:" in failure.message
    assert "$.rows[1].price" in failure.message


@pytest.mark.parametrize("record", [False, True])
def test_an_output_that_was_not_written_is_named(storage, record):
    work = work_of(interface({"n": INT, "name": STR}))
    given = {"n": 1}
    document = msgspec.json.encode(Outcome(record=pack(given))) if record else {"outputs": given}
    failure = left(work, storage, document).failure
    assert (failure.code, failure.kind) == ("OutputMissing", "USER")
    assert "has not written name (str)" in failure.message


def test_an_output_that_nobody_knows_is_named_with_the_nearest(storage):
    work = work_of(interface({"total": INT}))
    failure = left(work, storage, {"outputs": {"total": 1, "totl": 2}}).failure
    assert failure.code == "OutputUnknown"
    assert "did you mean total?" in failure.message


def test_an_optional_output_may_be_null(storage):
    work = work_of(interface({"n": UnionType((INT, NONE))}))
    assert values(left(work, storage, {"outputs": {"n": None}})) == {"n": None}


def test_a_part_of_a_map_gives_arrays_with_null_where_one_failed(storage):
    work = changed(work_of(interface({"n": INT})), elements=3)
    broken = [1, {"code": "X", "kind": "USER", "message": "m"}]
    result = left(work, storage, {"outputs": {"n": [1, None, 3]}, "elements": [broken]})
    assert values(result) == {"n": [1, None, 3]}
    assert result.elements == (ElementFailure(1, Failure("X", "USER", "m")),)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"nothing",
        b"[]",
        b'{"outputs": 1}',
        b'{"failure": {}}',
        b"[" * 100_000,
        b'{"record": "?"}',
    ],
)
def test_what_is_no_outcome_is_said_to_be_none(storage, data):
    failure = left(work_of(interface({"n": INT})), storage, data).failure
    assert (failure.code, failure.kind) == ("OutcomeRefused", "USER")
    assert "is no outcome" in failure.message


def test_a_record_that_is_none_is_refused(storage):
    outcome = Outcome(record=b"\xc1")
    work = work_of(interface({"n": INT}))
    assert left(work, storage, msgspec.json.encode(outcome)).failure.code == "OutcomeRefused"


def test_another_contract_is_refused(storage):
    failure = left(work_of(interface({})), storage, {"contract": 9, "outputs": []}).failure
    assert "an outcome of contract 9" in failure.message


def test_without_an_outcome_the_exit_counts(storage):
    result = outcomes.ended(work_of(interface({})), storage, Exit(137, "OutOfMemory"))
    assert result.failure.code == "OutOfMemory"


def test_a_command_that_has_failed_counts_before_what_its_helper_has_written(storage):
    work = work_of(interface({}), command=ContainerCommand(("run",)))
    assert left(work, storage, {"outputs": {}}, Exit(2)).failure.code == "ExitStatus"
    assert left(work, storage, {"outputs": {}}, Exit(0)).failure is None


# -- files ------------------------------------------------------------------------------------


def uri_of(work, storage, name):
    return f"{invocations.invocation_of(work, storage).outputs}/{name}"


def path_of(work, storage, name):
    path = storage_path(storage) / "attempts" / invocations.files_name(work) / name
    path.parent.mkdir(parents=True, exist_ok=True)
    return path


def storage_path(storage):
    from volery.data.places import path_of as path

    return path(storage.url)


def test_a_file_that_an_output_names_is_stored(storage):
    work = work_of(interface({"file": FILE}))
    path_of(work, storage, "a.txt").write_text("content")
    result = left(work, storage, {"outputs": {"file": uri_of(work, storage, "a.txt")}})
    assert result.failure is None
    (content,) = references(result.outputs)
    assert (content.name, content.uri) == ("a.txt", "")
    assert storage.get(content.digest, content.size) == b"content"


def test_a_folder_that_an_output_names_is_stored(storage):
    work = work_of(interface({"folder": ContentType("directory")}))
    path_of(work, storage, "all/a/b.txt").write_text("content")
    result = left(work, storage, {"outputs": {"folder": uri_of(work, storage, "all")}})
    (content,) = references(result.outputs)
    assert content.is_manifest


@pytest.mark.parametrize("name", ["/etc/hostname", "file:///etc/hostname", "file:///"])
def test_a_file_of_this_machine_is_none_of_its_business(storage, name):
    work = work_of(interface({"file": FILE}))
    failure = left(work, storage, {"outputs": {"file": name}}).failure
    assert (failure.code, failure.kind) == ("TypeMismatch", "USER")


def test_no_name_leads_out_of_the_folder_of_the_attempt(storage):
    work = work_of(interface({"file": FILE}))
    up = uri_of(work, storage, "../../../../../secret")
    assert left(work, storage, {"outputs": {"file": up}}).failure.code == "UnsafeName"


@pytest.mark.parametrize("inside", ["link", "folder/file"])
def test_no_link_leads_out_of_the_folder_of_the_attempt(storage, tmp_path, inside):
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside" / "file").write_text("of others")
    work = work_of(interface({"file": FILE}))
    path_of(work, storage, "link").symlink_to(tmp_path / "outside" / "file")
    path_of(work, storage, "folder").symlink_to(tmp_path / "outside")
    failure = left(work, storage, {"outputs": {"file": uri_of(work, storage, inside)}}).failure
    assert failure.code == "UnsafeName"


def test_a_file_that_is_not_there_is_the_fault_of_the_attempt(storage):
    work = work_of(interface({"file": FILE}))
    failure = left(work, storage, {"outputs": {"file": uri_of(work, storage, "no")}}).failure
    assert failure.kind == "USER"


# -- invocations ------------------------------------------------------------------------------


def test_an_invocation_says_its_inputs_as_json(storage):
    work = work_of(
        interface({}, n=INT, rows=ListType(ROW)), n=1, rows=[{"price": 1.5, "name": "é"}]
    )
    written = invocations.write(work, storage)
    with open_uri(written.uri) as file:
        document = json.load(file)
    assert document["inputs"] == {"n": 1, "rows": [{"price": 1.5, "name": "é"}]}
    assert (document["contract"], document["attempt"], document["token"]) == (1, 2, "token")
    assert document["outcome"].endswith("/attempts/e/a/b/2/outcome.json")


def test_an_invocation_names_large_values_and_files_by_their_uri(storage, tmp_path):
    from volery.data import offload
    from volery.types.builtin.file import content_from_text

    (tmp_path / "a.csv").write_text("x")
    with using(storage):
        wire = content_from_text(FILE, str(tmp_path / "a.csv"), "$")
        large = offload.pack(list(range(100_000)))
    work = work_of(
        interface({}, file=FILE, large=ListType(INT)), file=wire, large=msgspec.Raw(large)
    )
    inputs = json.loads(msgspec.json.encode(invocations.invocation_of(work, storage)))["inputs"]
    assert inputs["file"]["@"] == "file"
    assert (inputs["file"]["name"], inputs["file"]["size"]) == ("a.csv", 1)
    with open_uri(inputs["file"]["uri"]) as file:
        assert file.read() == b"x"
    assert (inputs["large"]["@"], inputs["large"]["length"]) == ("value", 100_000)


def test_to_write_an_invocation_again_does_no_harm(storage):
    work = work_of(interface({}, n=INT), n=1)
    assert invocations.write(work, storage) == invocations.write(work, storage)
