"""pyarrow, the common form of all frames. It has no types, so its objects are `Any` here."""

from __future__ import annotations

from importlib import import_module
from typing import Any, Final, TypeAlias

pa: Any = import_module("pyarrow")
compute: Any = import_module("pyarrow.compute")
types: Any = pa.types

Schema: TypeAlias = Any
"""``pyarrow.Schema``."""
ArrowType: TypeAlias = Any
"""``pyarrow.DataType``."""
Array: TypeAlias = Any
"""``pyarrow.Array``."""
Batch: TypeAlias = Any
"""``pyarrow.RecordBatch``."""
Table: TypeAlias = Any
"""``pyarrow.Table``."""
Rows: TypeAlias = Any
"""``pyarrow.Table`` or, where the rows come piece by piece, ``pyarrow.RecordBatchReader``."""


TEXTS: Final = (types.is_string, types.is_large_string, types.is_string_view)
BINARIES: Final = (types.is_binary, types.is_large_binary, types.is_binary_view)
"""Predicates of types that differ in their offsets only."""


def is_text(kind: ArrowType) -> bool:
    """Whether a type is one of texts."""
    return any(holds(kind) for holds in TEXTS)


def batches_of(rows: Rows) -> Any:
    """The rows, piece by piece: an iterable of batches."""
    return rows.to_batches() if isinstance(rows, pa.Table) else rows
