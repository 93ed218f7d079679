"""No pickle is run, whatever a value says, unless the declared type asks for it."""

from __future__ import annotations

import base64
import contextlib
import importlib
import importlib.util
import io
import os
import pickle
import zipfile
from collections.abc import Iterator
from dataclasses import make_dataclass
from datetime import datetime
from decimal import Decimal
from enum import Enum
from pathlib import Path
from typing import Annotated, Any, BinaryIO, Literal, NamedTuple, NewType, TextIO, TypedDict
from uuid import UUID

import attrs
import msgspec
import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.parquet
import pydantic
import pytest
from numpy.typing import NDArray
from PIL import Image
from sklearn.base import BaseEstimator

from volery import Directory, File, HashMethod, Pickle, StructuredDataset
from volery.data.content import content_of
from volery.data.current import using
from volery.data.storage import Storage
from volery.errors import VoleryError
from volery.ir import values
from volery.ir.content import Content, content_to_wire
from volery.types.builtin import BUILTIN
from volery.types.marks import untyped
from volery.types.packing import unpack
from volery.types.registry import codec_for
from volery.types.torch_checkpoint import TorchCheckpoint

HAS_TORCH = importlib.util.find_spec("torch") is not None


class Color(Enum):
    RED = frozenset({1})


class Named(NamedTuple):
    data: bytes


class Typed(TypedDict):
    data: bytes


class Model(pydantic.BaseModel):
    data: bytes


NEVER: list[Any] = [
    bytes,
    datetime,
    complex,
    Decimal,
    UUID,
    Path,
    Color,
    Literal["a", 1],
    Annotated[bytes, HashMethod(repr)],
    Annotated[int, msgspec.Meta(ge=1)],
    untyped(bytes),
    list,
    dict,
    File,
    File["pickle"],
    TextIO,
    BinaryIO,
    Directory,
    pd.DataFrame,
    pl.DataFrame,
    pl.LazyFrame,
    pa.Table,
    pa.RecordBatchReader,
    StructuredDataset,
    NewType("Data", bytes),
    bytes | np.ndarray,
    list[bytes],
    Iterator[bytes],
    dict[str, bytes],
    set[bytes],
    tuple[bytes, bytes],
    np.ndarray,
    NDArray[np.float64],
    Image.Image,
    Typed,
    make_dataclass("Data", [("data", bytes)]),
    Named,
    msgspec.defstruct("Struct", [("data", bytes)]),
    attrs.make_class("Made", {"data": attrs.field(type=bytes)}),
    Model,
    np.float64,
]
ASKED: list[Any] = [Annotated[Any, Pickle], untyped(Any), BaseEstimator]
"""Types that say it by themselves."""
if HAS_TORCH:
    torch = importlib.import_module("torch")
    NEVER += [torch.Tensor, TorchCheckpoint]
    ASKED += [torch.nn.Module]


class Malicious:
    """Its pickle makes a folder."""

    def __init__(self, made: Path) -> None:
        self.made = made

    def __reduce__(self) -> Any:
        return os.mkdir, (str(self.made),)


@pytest.fixture(autouse=True)
def storage(tmp_path: Path) -> Iterator[None]:
    with using(Storage((tmp_path / "blobs").as_uri())):
        yield


@pytest.fixture
def made(tmp_path: Path) -> Path:
    return tmp_path / "made"


def forms(made: Path) -> Iterator[bytes]:
    """The pickle, as files of the formats that have room for one."""
    data = pickle.dumps(Malicious(made))
    yield data
    yield array(made)
    yield archive(data)
    yield table(data)


def array(made: Path) -> bytes:
    file = io.BytesIO()
    np.save(file, np.array([Malicious(made)], dtype=object), allow_pickle=True)
    return file.getvalue()


def archive(data: bytes) -> bytes:
    """As ``torch.save`` writes it."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as made:
        made.writestr("archive/data.pkl", data)
        made.writestr("archive/version", "3\n")
        made.writestr("archive/byteorder", "little")
    return file.getvalue()


def table(data: bytes) -> bytes:
    """With a column of the type by which old versions of pyarrow unpickle."""
    metadata = {
        b"ARROW:extension:name": b"arrow.py_extension_type",
        b"ARROW:extension:metadata": data,
    }
    field = pa.field("a", pa.int64(), metadata=metadata)
    file = io.BytesIO()
    pa.parquet.write_table(pa.table([[1]], schema=pa.schema([field])), file)
    return file.getvalue()


def wires(made: Path) -> Iterator[Any]:
    """The pickle, wherever a value may hold bytes."""
    data = pickle.dumps(Malicious(made))
    yield data
    yield {"data": data}
    yield [0, data]
    yield from (values.Ext(code, data) for code in range(1, 20))
    for form in forms(made):
        for format in ("", "pickle", "pt", "npy", "png", "parquet", "arrow", "csv"):
            content = content_of(form, format=format)
            yield content_to_wire(content)
            yield content_to_wire(msgspec.structs.replace(content, is_manifest=True))
    facts = {"schema": base64.b64encode(data).decode(), "library": data}
    yield content_to_wire(content_of(b"a\n1\n", format="csv", facts=facts))
    file = made.with_name("file.pickle")
    file.write_bytes(data)
    yield content_to_wire(Content(uri=file.as_uri()))


def use(value: Any) -> None:
    """What a step does with what it takes."""
    match value:
        case StructuredDataset():
            value.open(pd.DataFrame).all()
        case pl.LazyFrame():
            value.collect()
        case pa.RecordBatchReader():
            value.read_all()
        case File():
            value.download()
        case Iterator():
            list(value)


@pytest.mark.parametrize("annotation", NEVER, ids=str)
def test_a_value_that_is_a_pickle_is_not_run(annotation: Any, made: Path):
    codec = codec_for(annotation)
    for wire in wires(made):
        try:
            value = unpack(codec, values.pack(wire))
        except VoleryError:
            continue
        with contextlib.suppress(Exception):  # as the libraries tell it; nothing is hidden here
            use(value)
    assert not made.exists()


@pytest.mark.parametrize("annotation", ASKED, ids=str)
def test_a_type_that_asks_for_it_runs_the_pickle(annotation: Any, made: Path):
    """So the values of the test above do what they should not."""
    codec = codec_for(annotation)
    for form in forms(made):
        with contextlib.suppress(VoleryError):
            unpack(codec, values.pack(content_to_wire(content_of(form))))
    assert made.exists()


def test_every_family_is_tried():
    tried = {
        next(module for holds, module in BUILTIN if holds(annotation))
        for annotation in [*NEVER, *ASKED, int, NewType("Other", int)]
        if any(holds(annotation) for holds, _ in BUILTIN)
    }
    missing = {module for _, module in BUILTIN} - tried
    assert missing <= (set() if HAS_TORCH else {"volery.types.builtin.torch"})
