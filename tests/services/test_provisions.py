"""What attempts are given: the code of their execution's package, whatever happens to the files."""

from __future__ import annotations

import shutil
import sys
import textwrap
from importlib import import_module
from io import BytesIO

import msgspec
import pytest

from volery.data.package import pack
from volery.engine.model import Phase
from volery.ir.ref import Ref
from volery.ir.values import EMPTY
from volery.sdk.compile import compile_entity
from volery.services.engine import embedded
from volery.services.packages import Packages

MODULE = """
    from volery import LaunchPlan, dynamic, task, workflow
    from provided_helper import VERSION

    @task
    def version() -> str:
        return VERSION

    @workflow
    def below() -> str:
        return version()

    plan = LaunchPlan.get_or_create(workflow=below, name="provided.plan")

    @dynamic
    def deeper() -> str:
        return plan()

    @workflow
    def outer() -> list[str]:
        return [version(), deeper()]
"""


@pytest.fixture
def code(tmp_path, monkeypatch):
    """A project whose helper says which version it is of."""
    folder = tmp_path / "project"
    folder.mkdir()
    (folder / "provided_flows.py").write_text(textwrap.dedent(MODULE))
    (folder / "provided_helper.py").write_text('VERSION = "one"\n')
    monkeypatch.syspath_prepend(folder)
    yield folder
    for name in ("provided_flows", "provided_helper"):
        sys.modules.pop(name, None)


@pytest.fixture
def engine(volery_home):
    with embedded(volery_home, workers=1, import_roots=[]) as engine:
        yield engine


def packed(engine, folder):
    archive = BytesIO()
    package = pack(folder, archive)
    archive.seek(0)
    Packages(engine.home, engine.storage).put(package.digest, archive)
    return package.digest


def ended(engine, entity, package):
    bundle = msgspec.structs.replace(compile_entity(entity).bundle, package=package)
    ref = Ref("workflow", entity.name)
    return engine.drain(engine._orchestrator.submit(bundle, ref, EMPTY))


def test_an_execution_runs_the_code_of_its_package_for_ever(engine, code):
    flows = import_module("provided_flows")
    first = packed(engine, code)
    (code / "provided_helper.py").write_text('VERSION = "two"\n# changed\n')
    second = packed(engine, code)
    shutil.rmtree(code)
    found = []
    for package in (first, second, first):
        record = ended(engine, flows.outer, package)
        assert record.phase is Phase.SUCCEEDED, record.failure
        found.append(msgspec.msgpack.decode(engine.outputs(record.id))["o0"])
    assert found == [["one", "one"], ["two", "two"], ["one", "one"]]


def test_a_package_that_cannot_be_had_is_a_failure_of_the_system(engine, code):
    flows = import_module("provided_flows")
    record = ended(engine, flows.below, "0" * 64)
    assert record.phase is Phase.FAILED
    assert (record.failure.code, record.failure.kind) == ("PackageUnavailable", "SYSTEM")
    assert "the code package 000000000000 cannot be used" in record.failure.message


def test_code_without_a_package_is_found_where_it_was_submitted(engine, code):
    flows = import_module("provided_flows")
    program = compile_entity(flows.below)
    failed = engine.drain(engine.submit(program, flows.below.ref))
    assert failed.failure.code == "ImportFailed"
    run = engine.drain(engine.submit(program, flows.below.ref, import_root=str(code)))
    assert run.phase is Phase.SUCCEEDED
