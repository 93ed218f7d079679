"""Tasks in other languages: each keeps to the attempt contract, as does Volery's own program."""

from __future__ import annotations

import json
import shutil
import time
from pathlib import Path

import jsonschema_rs
import pytest
from tests.docs.attempts_schema import schema
from tests.worker.attempts import Container

from volery.data.current import using
from volery.data.references import references
from volery.data.remote import open_uri
from volery.data.storage import Storage
from volery.executors.contained import invocations
from volery.ir.interface import Input, Interface, Output
from volery.ir.invocation import EXPIRED, FAILED, REFUSED, SUCCEEDED
from volery.ir.placement import ContainerCommand
from volery.ir.types import FLOAT, INT, STR, ContentType, ListType, MapType
from volery.ir.values import pack, unpack
from volery.ir.work import Place, Work
from volery.types.builtin.file import content_from_text

ROOT = Path(__file__).parents[2]
FILE = ContentType("file")
LINES = Interface((Input("file", FILE),), (Output("lines", INT),))
STATISTICS = Interface(
    (Input("values", ListType(FLOAT)), Input("title", STR)),
    (Output("mean", FLOAT), Output("extremes", MapType(STR, FLOAT)), Output("report", FILE)),
)


class Program(Container):
    """A container of a program that gets its URI in the variable."""

    def attempt(self, interface: Interface, expires: float = 0.0, **inputs):
        with using(self.storage):
            record = pack(inputs)
        command = ContainerCommand(contract=True)
        place = Place("p", "d", interface, token="t", command=command, expires=expires)
        work = Work(1, "e", "n", 1, "other.program", None, record, place=place)
        written = invocations.write(work, self.storage)
        self.environment["VOLERY_INVOCATION"] = written.uri
        return self.ended(self.start_at(written.uri), work)


@pytest.fixture
def program(tmp_path):
    def make(*words):
        return Program(tmp_path, Storage((tmp_path / "storage").as_uri()), program=words)

    return make


@pytest.fixture
def script(program):
    return program("sh", str(ROOT / "examples" / "attempts" / "lines.sh"))


@pytest.fixture
def node(program):
    if shutil.which("node") is None:
        pytest.skip("no Node.js: install nodejs")
    return program("node", str(ROOT / "examples" / "attempts" / "statistics.mjs"))


def a_file(container, text):
    path = container.folder / "input.txt"
    path.write_text(text)
    with using(container.storage):
        return content_from_text(FILE, str(path), "$")


def test_a_task_may_be_a_shell_script(script):
    ran = script.attempt(LINES, file=a_file(script, "one\ntwo\nthree\n"))
    assert ran.status == SUCCEEDED, ran.stderr
    assert unpack(ran.result.outputs) == {"lines": 3}
    assert ran.stdout.startswith("counting the lines of ")


def test_a_failure_of_a_shell_script_is_told(script):
    file = a_file(script, "one\n")
    shutil.rmtree(script.folder / "storage" / "blobs")
    ran = script.attempt(LINES, file=file)
    assert (ran.status, ran.failure.code) == (FAILED, "NoFile")


def test_a_shell_script_keeps_to_the_time(script):
    ran = script.attempt(LINES, expires=time.time() - 60, file=a_file(script, "one\n"))
    assert (ran.status, ran.failure.code) == (EXPIRED, "Expired")


def test_a_shell_script_does_not_write_over_an_outcome(script):
    file = a_file(script, "one\n")
    assert unpack(script.attempt(LINES, file=file).result.outputs) == {"lines": 1}
    again = script.attempt(LINES, file=a_file(script, "one\ntwo\n"))
    assert unpack(again.result.outputs) == {"lines": 1}
    assert "there is an outcome already" in again.stderr


def test_a_task_may_be_in_javascript(node):
    ran = node.attempt(STATISTICS, values=[1.0, 2.0, 6.0], title="prices")
    assert ran.status == SUCCEEDED, ran.stderr
    outputs = unpack(ran.result.outputs)
    assert (outputs["mean"], outputs["extremes"]) == (3.0, {"least": 1.0, "most": 6.0})
    (report,) = references(ran.result.outputs)
    assert node.storage.get(report.digest, -1) == b"prices: 3 (1 to 6)\n"
    assert 0 < ran.result.started <= ran.result.ended


def test_a_failure_in_javascript_is_told(node):
    ran = node.attempt(STATISTICS, values=[], title="prices")
    assert (ran.failure.code, ran.failure.message) == ("Error", "there are no values")


def test_a_contract_of_the_future_is_refused(node):
    written = node.attempt(STATISTICS, values=[1.0], title="x")
    assert written.status == SUCCEEDED
    uri = node.environment["VOLERY_INVOCATION"]
    path = Path(uri.removeprefix("file://"))
    path.write_bytes(path.read_bytes().replace(b'"contract":1', b'"contract":2'))
    process = node.start_at(uri)
    process.communicate(timeout=30)
    assert process.returncode == REFUSED


# -- the schema -------------------------------------------------------------------------------


def test_the_schema_is_that_of_the_structs():
    assert (ROOT / "docs" / "attempts.schema.json").read_bytes() == schema(), (
        "python -m tests.docs.attempts_schema > docs/attempts.schema.json"
    )


def test_documents_keep_to_the_schema(node):
    assert node.attempt(STATISTICS, values=[1.0], title="x").status == SUCCEEDED
    whole = json.loads(schema())
    uri = node.environment["VOLERY_INVOCATION"]
    for name, place in (("Invocation", uri), ("Outcome", uri.replace("invocation", "outcome"))):
        with open_uri(place) as file:
            document = json.load(file)
        validator = jsonschema_rs.validator_for({**whole, "$ref": f"#/$defs/{name}"})
        assert [str(error) for error in validator.iter_errors(document)] == []
        assert not validator.is_valid({**document, "contract": "one"})
