from __future__ import annotations

import subprocess
import sys

import msgspec
import pytest
from hypothesis import given
from tests.ir.kinds import types
from tests.ir.strategies import bundles

from volery.errors import StoreError
from volery.ir.codec import canonical, contract_of, digest_of, read_bundle
from volery.ir.interface import Input, Interface, Output
from volery.ir.specs import SCHEMA_VERSION, Bundle
from volery.ir.types import INT, STR, LiteralType
from volery.ir.values import pack

DEEP = b'{"schema":1,"code":' + b"[" * 100_000


@given(types)
def test_a_type_comes_back_from_its_canonical_form(kind):
    data = canonical(kind)
    read = msgspec.json.decode(data, type=LiteralType)
    assert read == kind
    assert canonical(read) == data


@given(bundles)
def test_a_bundle_comes_back_from_its_canonical_form(bundle):
    data = canonical(bundle)
    read = read_bundle(data)
    assert read == bundle
    assert canonical(read) == data
    assert digest_of(read) == digest_of(bundle)


def test_different_content_has_a_different_digest():
    assert digest_of(Bundle(schema=1)) != digest_of(Bundle(schema=2))


def test_a_bundle_of_an_older_schema_is_read():
    data = b'{"tasks":[{"name":"m.f","interface":{}}],"workflows":[],"launch_plans":[],"schema":1}'
    assert read_bundle(data).tasks[0].mode == ""


def test_a_bundle_of_a_newer_schema_is_refused():
    data = canonical(Bundle(schema=SCHEMA_VERSION + 1))
    with pytest.raises(StoreError) as caught:
        read_bundle(data)
    assert caught.value.message == (
        f"this bundle has schema {SCHEMA_VERSION + 1}; this Volery reads up to {SCHEMA_VERSION}"
    )
    assert caught.value.hint == "upgrade Volery"


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"{",
        b"{}",
        b"[]",
        b'{"schema":"one"}',
        DEEP,
        b'{"tasks":[{"name":1}],"schema":1}',
        b"\xff",
    ],
)
def test_a_damaged_bundle_is_refused(data):
    with pytest.raises(StoreError, match="this bundle cannot be read"):
        read_bundle(data)


def test_a_contract_is_names_and_types_and_nothing_else():
    """A docstring added between a kill and a resume made the code another one."""
    plain = Interface((Input("x", INT),), (Output("o0", INT),))
    described = Interface((Input("x", INT, pack(1), "a number"),), (Output("o0", INT, "another"),))
    changed = Interface((Input("x", INT),), (Output("o0", STR),))
    assert contract_of(plain) == contract_of(described) != contract_of(changed)


def test_threads_may_read_the_first_bundle_at_once(tmp_path):
    path = tmp_path / "bundle"
    path.write_bytes(canonical(Bundle()))
    command = [sys.executable, "-c", AT_ONCE, str(path)]  # of its own: msgspec would crash it
    assert subprocess.run(command, check=False).returncode == 0


AT_ONCE = """
import sys
from pathlib import Path
from threading import Barrier, Thread
from volery.ir.codec import read_bundle

sys.setswitchinterval(1e-6)
data, barrier = Path(sys.argv[1]).read_bytes(), Barrier(16)
threads = [Thread(target=lambda: (barrier.wait(), read_bundle(data))) for _ in range(16)]
for each in threads:
    each.start()
for each in threads:
    each.join()
"""
