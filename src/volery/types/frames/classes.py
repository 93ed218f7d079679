"""The classes whose objects are frames. Nothing is imported to tell them."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from volery.types.frames.library import FrameLibrary

_LIBRARIES: Final = {
    ("pandas", "DataFrame"): ("pandas_frames", "DataFrames"),
    ("polars", "DataFrame"): ("polars_frames", "DataFrames"),
    ("polars", "LazyFrame"): ("polars_frames", "LazyFrames"),
    ("pyarrow", "RecordBatchReader"): ("arrow_frames", "Readers"),
    ("pyarrow", "Table"): ("arrow_frames", "Tables"),
}
"""Module and class of each `FrameLibrary`, by the library and the name of the class."""

KNOWN: Final = ", ".join(".".join(key) for key in _LIBRARIES)
"""All classes, for messages."""


def is_frame(cls: Any) -> bool:
    """Whether a class is one of frames."""
    return _key(cls) in _LIBRARIES


def library_of(cls: type) -> FrameLibrary:
    """The library of a class for which `is_frame` holds."""
    module, name = _LIBRARIES[_key(cls)]
    return getattr(import_module(f"volery.types.frames.{module}"), name)()


def _key(cls: Any) -> tuple[str, str]:
    module = str(getattr(cls, "__module__", ""))
    return module.partition(".")[0], str(getattr(cls, "__qualname__", ""))
