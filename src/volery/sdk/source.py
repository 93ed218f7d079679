"""Where user code stands: module names, import roots, files and lines."""
# ruff: noqa: PTH100, PTH113, PTH118, PTH120, PTH122, PTH206
# pathlib costs more to import than all of this module.

from __future__ import annotations

import functools
import inspect
import os.path
from collections.abc import Callable, Mapping
from types import CodeType, FrameType
from typing import Any

from volery.ir.ref import Source

_OURS = ("volery.sdk.", "volery.kinds.", "volery.worker.")
_STANDARD_LIBRARY = os.path.dirname(os.__file__) + os.sep


@functools.cache
def import_root(file: str) -> str:
    """The folder that has to be on ``sys.path`` for a file's module to be imported by full name."""
    folder = os.path.dirname(os.path.abspath(file))
    while os.path.isfile(os.path.join(folder, "__init__.py")):
        folder = os.path.dirname(folder)
    return folder


def module_of_file(file: str) -> str:
    """The full name of the module in a file, as seen from its import root."""
    stem = os.path.splitext(os.path.abspath(file))[0]
    parts = os.path.relpath(stem, import_root(file)).split(os.sep)
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


@functools.cache
def full_module(name: str, file: str) -> str:
    """The full name of a module that runs as `name`, which may be ``__main__`` or a short form."""
    if not os.path.isfile(file):
        return name
    found = module_of_file(file)
    return found if name == "__main__" or found.endswith(f".{name}") else name


def module_of(function: Callable[..., Any]) -> str:
    """The full name of the module that a function is defined in."""
    return full_module(function.__module__, function.__code__.co_filename)


def source_of(function: Callable[..., Any]) -> Source:
    """Where a function is defined: the line of its ``def``."""
    code = function.__code__
    return Source(_file(function.__module__, code.co_filename), _definition_line(code))


def is_interactive(names: Mapping[str, Any]) -> bool:
    """Whether the globals are those of a session, such as a notebook, and not of a file."""
    return "__file__" not in names


def here() -> Source:
    """Where the nearest frame of user code stands."""
    frame = user_frame()
    module = frame.f_globals.get("__name__", "")
    return Source(_file(module, frame.f_code.co_filename), frame.f_lineno)


def user_frame() -> FrameType:
    """The nearest frame of what is neither the SDK, nor a worker, nor the standard library."""
    frame = inspect.currentframe()
    while frame is not None and frame.f_back is not None:
        if _is_users(frame.f_globals.get("__name__", ""), frame.f_code.co_filename):
            break
        frame = frame.f_back
    if frame is None:
        raise RuntimeError("this interpreter has no frames to look at")
    return frame


@functools.lru_cache(4096)  # every node of a graph asks, from the same few places
def _is_users(module: str, file: str) -> bool:
    if module.startswith(_OURS):
        return False
    return not file.startswith((_STANDARD_LIBRARY, "<frozen ")) or "-packages" in file


@functools.cache
def _file(module: str, file: str) -> str:
    if not os.path.isfile(file):
        return file
    depth = full_module(module, file).count(".") + 1
    parts = os.path.abspath(file).split(os.sep)
    return "/".join(parts[-depth - (parts[-1] == "__init__.py") :])


def _definition_line(code: CodeType) -> int:
    """A code object begins with its first decorator; people look for the ``def`` below it."""
    import linecache

    first = code.co_firstlineno
    last = max((line for _, _, line in code.co_lines() if line), default=first)
    for line in range(first, last + 1):
        text = linecache.getline(code.co_filename, line).lstrip()
        if text.startswith(("def ", "async def ")):
            return line
    return first


def show(source: Source | None) -> str:
    """A source as people write it: ``flows/stats.py:21``."""
    return f"{source.file}:{source.line}" if source else "unknown place"
