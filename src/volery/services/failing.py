"""Failing: why something did not succeed, with the user's code around it."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache, partial
from pathlib import Path
from typing import Final

from volery.errors import NotFound, VoleryError
from volery.ids import ROOT
from volery.ir.failure import Failure
from volery.services import records
from volery.services.packages import Packages
from volery.services.sight import Sight
from volery.services.tracebacks import Call, Raised, last_of
from volery.store.base import ExecutionRecord
from volery.wire.access import Identity
from volery.wire.failures import FailureReport, Frame, Origin, SourceLine

AROUND: Final = 3
"""Lines before and after the one that is shown."""
MOST_FRAMES: Final = 50
LARGEST: Final = 4 * 1000**2
"""Bytes of a file that is read for a line of it."""
LONGEST: Final = 500
"""Characters of a line that are shown."""


class Failing:
    """See the module's text. Any thread may use it.

    Args:
        sight: which executions somebody may see.
        packages: have the code of executions.
    """

    def __init__(self, sight: Sight, packages: Packages) -> None:
        self._sight = sight
        self._packages = packages

    def report(self, who: Identity, id: str, path: str, attempt: int) -> FailureReport:
        """See `Backend.failure`."""
        record = self._sight.record(who, id)
        failure = self._failure(record, path, attempt)
        if failure is None:
            what = f"node {path} of execution {id}" if path else f"execution {id}"
            raise NotFound(f"{what} has not failed", hint="or it has no such attempt")
        raised = last_of(failure.traceback) or Raised((), "")
        sources = Sources(list(self._folders(record)))
        began = Origin(failure.execution or id, failure.path or path)
        return FailureReport(
            failure,
            raised.exception or f"{failure.code}: {failure.message}",
            tuple(map(sources.frame, raised.calls[-MOST_FRAMES:])),
            None if began == Origin(id, path) else began,
        )

    def _failure(self, record: ExecutionRecord, path: str, attempt: int) -> Failure | None:
        if path == ROOT:
            return record.failure
        if attempt:
            found = self._sight.search.attempts(record.id, path)
            return next((each.failure for each in found if each.number == attempt), None)
        node = self._sight.search.node(record.id, path)
        return node and node.failure

    def _folders(self, record: ExecutionRecord) -> Iterator[Path]:
        """Where the code of an execution is on this machine."""
        package = self._sight.definitions(record.bundle).bundle.package
        try:
            if package:
                yield self._packages.unpacked(package)
        except (VoleryError, OSError):
            return  # the traceback says enough by itself
        folder = records.code_folder(record)
        if folder and not package:
            yield Path(folder)


class Sources:
    """Files of the user's, as far as they still are what ran.

    Args:
        folders: import roots; nothing outside of them is read.
    """

    def __init__(self, folders: list[Path]) -> None:
        self._folders = [folder.resolve() for folder in folders]
        self._found = cache(self._find)
        self._lines = cache(partial(_lines_of, most=LARGEST))

    def frame(self, call: Call) -> Frame:
        """A call with the lines around it."""
        found = self._found(call.file)
        if found is None:
            return Frame(call.file, call.line, call.function, call.text)
        file, name = found
        lines = self._lines(file)
        index = call.line - 1
        # Who has edited the file since then would be shown what did not run.
        if not (0 <= index < len(lines) and call.text and lines[index].strip() == call.text):
            return Frame(name, call.line, call.function, call.text)
        shown = lines[max(0, index - AROUND) : call.line + AROUND]
        first = max(0, index - AROUND) + 1
        around = tuple(SourceLine(first + at, text[:LONGEST]) for at, text in enumerate(shown))
        return Frame(name, call.line, call.function, call.text, around)

    def _find(self, name: str) -> tuple[Path, str] | None:
        """The file that a traceback calls so, wherever it was unpacked; its name below the root."""
        path = Path(name)
        # Where it has run it may have been unpacked into another folder.
        ends = [Path(*path.parts[at:]) for at in range(path.is_absolute(), len(path.parts))]
        for folder in self._folders:
            for file in (path, *(folder / end for end in ends)):
                if file.is_absolute() and _is_below(file, folder):
                    whole = file.resolve()
                    return whole, whole.relative_to(folder).as_posix()
        return None


def _is_below(file: Path, folder: Path) -> bool:
    """Whether it is a Python file of a folder."""
    try:
        whole = file.resolve()
        return whole.suffix == ".py" and whole.is_relative_to(folder) and whole.is_file()
    except (OSError, ValueError, RuntimeError):
        return False


def _lines_of(file: Path, most: int) -> list[str]:
    try:
        if file.stat().st_size > most:
            return []
        return file.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return []
