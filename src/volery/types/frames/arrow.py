"""pyarrow, the common form of all frames. It has no types, so its objects are `Any` here."""

from __future__ import annotations

from importlib import import_module
from typing import Any, TypeAlias

pa: Any = import_module("pyarrow")
compute: Any = import_module("pyarrow.compute")

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


def batches_of(rows: Rows) -> Any:
    """The rows, piece by piece: an iterable of batches."""
    return rows.to_batches() if isinstance(rows, pa.Table) else rows
