"""``record_outputs``: how a notebook says what it gives. It runs in the notebook's own process."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any, Final

import msgspec

from volery.errors import TypeMismatch

FOLDER: Final = "VOLERY_NOTEBOOK"
"""The variable with the folder that outputs go to."""
RECORDED: Final = "outputs.json"
"""The file in it with outputs by name, as JSON; files, directories and frames are paths."""


def record_outputs(**outputs: Any) -> None:
    """Say what the notebook gives. The last word on each name counts.

    In a notebook that no task runs nothing happens.

    Args:
        outputs: by the names that the `NotebookTask` has for them: texts, numbers, lists, dicts,
            dataclasses, frames, and files or directories by their paths.

    Raises:
        TypeMismatch: a value is nothing of that.
    """
    folder = os.environ.get(FOLDER)
    if folder is None:
        return
    file = Path(folder, RECORDED)
    recorded: dict[str, Any] = json.loads(file.read_text()) if file.exists() else {}
    for name, value in outputs.items():
        recorded[name] = _tree(value, Path(folder, f"{name}.parquet"))
    whole = file.with_suffix(".new")
    whole.write_text(json.dumps(recorded))
    whole.replace(file)


def _tree(value: Any, table: Path) -> Any:
    """A value as JSON; `table` is where a frame goes."""
    if isinstance(value, os.PathLike):
        return str(Path(os.fspath(value)).absolute())  # pyright: ignore[reportUnknownArgumentType]
    for write in ("to_parquet", "write_parquet"):  # pandas; polars
        if hasattr(value, write):
            getattr(value, write)(table)
            return str(table)
    try:
        return msgspec.to_builtins(value, enc_hook=_plain)
    except TypeError as error:
        raise TypeMismatch(
            f"cannot record a {type(value).__name__}: {error}",
            hint="record texts, numbers, lists, dicts, frames, or the path of a file",
        ) from None


def _plain(value: Any) -> Any:
    """Scalars and arrays of numpy and its like."""
    for way in ("item", "tolist"):
        if hasattr(value, way):
            try:
                return getattr(value, way)()
            except ValueError:  # an array of more than one
                continue
    message = f"{type(value).__name__} is nothing of what can be recorded"
    raise TypeError(message)
