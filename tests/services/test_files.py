"""Files and directories through the engine: compiled before it, altered, and half-stored."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.services import files
from tests.services.conftest import ROOT as IMPORT_ROOT

from volery.data.hashing import digest_of_file
from volery.engine.model import Phase
from volery.errors import AlteredContent, AlteredInput
from volery.sdk.compile import compile_entity
from volery.services.engine import Engine, embedded

TEXTS = {"a.txt": "one\n", "deep/b.txt": "two\n"}

COMPILED = {
    files.file_default: {"o0": "one\n"},
    files.directory_default: {"o0": TEXTS},
    files.record_default: {"o0": ["two\n", "one\n"]},
    files.constants: {"o0": TEXTS, "o1": ["one\n", "two\n"]},
    files.fixed: {"o0": TEXTS},
}


def label(entity) -> str:
    return entity.name.rpartition(".")[2]


@pytest.fixture
def engine(tmp_path):
    with embedded(tmp_path / "home", workers=1, import_roots=[IMPORT_ROOT]) as engine:
        yield engine


def storage_of(engine: Engine) -> Path:
    return Path(engine.storage.url.removeprefix("file://"))


# -- what was there before an engine was -------------------------------------------------------


@pytest.mark.parametrize("entity", COMPILED, ids=label)
def test_what_was_compiled_before_runs_in_every_engine(tmp_path, entity):
    """The storage of the process that compiled it, or of an engine before, may be gone by then."""
    compile_entity(entity)
    for home in ("one", "two"):
        with embedded(tmp_path / home, workers=1, import_roots=[IMPORT_ROOT]) as engine:
            assert engine.run(entity).outputs == COMPILED[entity]


def test_what_was_compiled_by_an_engine_can_be_called_without_it(engine):
    assert engine.run(files.constants).outputs == COMPILED[files.constants]
    assert tuple(files.constants()) == tuple(COMPILED[files.constants].values())


# -- the storage is altered --------------------------------------------------------------------


@pytest.mark.parametrize(
    "entity", [files.file_altered_between, files.directory_altered_between], ids=label
)
def test_what_was_altered_is_named_before_a_step_sees_it(engine, entity):
    run = engine.run(entity, {"storage": str(storage_of(engine))})
    assert run.phase is Phase.FAILED
    assert (run.failure.code, run.failure.path) == (AlteredContent.__name__, "n2")
    assert "/blobs/" in run.failure.message


@pytest.mark.parametrize(
    ("entity", "name"),
    [
        (files.file_altered_by_its_reader, "note.txt"),
        (files.directory_altered_by_its_reader, "notes/note.txt"),
    ],
    ids=["file", "directory"],
)
def test_a_step_that_writes_to_its_input_fails_and_is_told_which(engine, entity, name):
    run = engine.run(entity)
    assert run.phase is Phase.FAILED
    assert (run.failure.code, run.failure.kind) == (AlteredInput.__name__, "USER")
    assert f"an input was written to: {name}\n" in run.failure.message


# -- the worker is killed while it stores ------------------------------------------------------

KILLED = {
    files.killed_in_a_stream: files.SIZE + 3,
    files.killed_in_a_generator: files.SIZE // 1000,
    files.killed_before_the_copy: files.SIZE,
    files.killed_before_it_has_its_name: files.SIZE,
    files.killed_before_it_has_its_stamp: files.SIZE,
}


@pytest.mark.parametrize("entity", KILLED, ids=label)
def test_a_worker_that_is_killed_while_it_stores_leaves_nothing_torn(engine, entity):
    run = engine.run(entity)
    assert run.outputs == {"o0": KILLED[entity]}
    attempts = engine.store.attempts(run.execution)
    assert [each.phase for each in attempts if each.path == "n0"] == ["FAILED", "SUCCEEDED"]
    for stored in (storage_of(engine) / "blobs").glob("??/*"):
        assert digest_of_file(stored) == stored.name
