"""Which libraries the codec of an annotation loads: none that the annotation did not bring."""

from __future__ import annotations

import subprocess
import sys

import pytest

OPTIONAL = {
    "attr", "attrs", "cloudpickle", "fsspec", "numpy", "obstore", "pandas", "PIL", "polars",
    "pyarrow", "pydantic", "sklearn", "torch",
}  # fmt: skip
"""Libraries that a user may bring, or that only large values need."""

PROGRAM = """
import sys
{setup}
before = set(sys.modules)
from volery.types.packing import pack, unpack
from volery.types.registry import codec_for
codec = codec_for({annotation})
unpack(codec, pack(codec, {value}))
print(*sorted({{name.partition(".")[0] for name in set(sys.modules) - before}}))
"""


def loaded(setup: str, annotation: str, value: str) -> set[str]:
    """Top-level modules that a new process loads for a codec, besides those of the setup."""
    program = PROGRAM.format(setup=setup, annotation=annotation, value=value)
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    return set(done.stdout.split())


@pytest.mark.parametrize(
    ("setup", "annotation", "value"),
    [
        ("", "int", "1"),
        ("", "list[dict]", "[{'a': 1}]"),
        ("", "set[str] | dict[str, list[int]]", "{'a'}"),
        ("from decimal import Decimal", "Decimal | complex", "1j"),
        ("from uuid import UUID; from pathlib import Path", "dict[UUID, Path]", "{}"),
        ("import enum", "enum.Enum('Color', 'RED')", "'RED'"),
        ("import dataclasses", "dataclasses.make_dataclass('P', [('x', int)])", "codec._cls(1)"),
        ("import typing", "typing.TypedDict('T', {'x': int})", "{'x': 1}"),
        ("import msgspec", "msgspec.defstruct('S', [('x', int)])", "codec._cls(1)"),
    ],
)
def test_types_of_the_standard_library_load_no_other(setup: str, annotation: str, value: str):
    assert loaded(setup, annotation, value).isdisjoint(OPTIONAL)


@pytest.mark.parametrize(
    ("library", "annotation", "value"),
    [
        ("attrs", "attrs.make_class('C', {'x': attrs.field(type=int)})", "C(1)"),
        ("pydantic", "pydantic.create_model('C', x=(int, ...))", "C(x=1)"),
        ("numpy", "numpy.float32", "C(1)"),
    ],
)
def test_types_of_a_library_load_only_that(library: str, annotation: str, value: str):
    setup = f"import {library}; C = {annotation}"
    assert loaded(setup, "C", value).isdisjoint(OPTIONAL - {library})
