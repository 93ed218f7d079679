"""Progress as a picture on a terminal, drawn anew several times a second."""

from __future__ import annotations

import threading
import time
from collections.abc import Generator, Iterator, Sequence
from contextlib import contextmanager
from heapq import nsmallest
from typing import Self

from rich.cells import cell_len
from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.table import Table
from rich.text import Text

from volery.cli.labels import Labels
from volery.cli.output import PHASE_COLOURS, plainly, seconds
from volery.cli.plain import sums
from volery.cli.progress import OPEN, PHASES, Progress, Step
from volery.ids import split
from volery.store.base import Line

ROWS = 20
"""At most so many steps are shown: those that run, those that failed, and the newest others."""
AROUND = 2
"""Lines that the picture needs besides its rows: the caption, and the one that the cursor is on."""

_MARKS = {"RUNNING": "●", "SUCCEEDED": "✓", "FAILED": "✗", "SKIPPED": "-", "ABORTED": "■"}


class LiveView:
    """Draws on stderr.

    Args:
        title: stands above the picture.
        labels: names for the steps.
    """

    def __init__(self, title: str, labels: Labels) -> None:
        self._title = title
        self._labels = labels
        self._progress = Progress()
        self._began = time.monotonic()
        self._widest = {"path": 0, "label": 0}
        # The picture is drawn by a thread of `Live`, while the main thread folds.
        self._lock = threading.Lock()
        self._console = Console(stderr=True)
        self._live = self._picture()

    def __enter__(self) -> Self:
        self._live.start()
        return self

    @contextmanager
    def quiet(self) -> Generator[None]:
        """Leave the picture as it is for a while, and go on with a new one below."""
        self._live.stop()
        try:
            yield
        finally:
            self._live = self._picture()
            self._live.start()

    def __exit__(self, *exception: object) -> None:
        """Draw once more and leave the picture standing."""
        self._live.stop()

    def lines(self, lines: list[Line]) -> None:
        """Take in what is new in the journal."""
        with self._lock:
            self._progress.fold(lines)

    def printed(self, path: str, stream: str, text: str) -> None:  # noqa: ARG002 (both go above)
        """Pass on what an attempt printed, above the picture."""
        self.say("\n".join(f"{path} | {line}" for line in text.splitlines()))

    def say(self, text: str) -> None:
        """Write a line above the picture."""
        self._console.print(Text.from_ansi(plainly(text)), soft_wrap=True)

    def _picture(self) -> Live:
        return Live(console=self._console, get_renderable=self._draw, refresh_per_second=8)

    def _draw(self) -> RenderableType:
        size = self._console.size
        with self._lock:
            steps = self._progress.steps
            shown = chosen(list(steps.values()), max(1, min(ROWS, size.height - AROUND)))
            table = self._table(shown, size.width)
            hidden = len(steps) - len(shown)
            more = f", {hidden:,} steps not shown" if hidden else ""
            elapsed = seconds(time.monotonic() - self._began)
            caption = f"{self._title}  {elapsed}  {sums(self._progress.counts)}{more}"
        return Group(Text(caption, style="bold", no_wrap=True, overflow="ellipsis"), table)

    def _table(self, steps: Sequence[Step], width: int) -> Table:
        """A line for each step, in columns that grow and never shrink, so that nothing jumps."""
        table = Table(box=None, show_header=False, pad_edge=False, padding=(0, 2, 0, 0))
        table.add_column(no_wrap=True)
        for name, texts in (
            ("path", [step.path for step in steps]),
            ("label", [self._labels.of(step.path) for step in steps]),
        ):
            widest = max(map(cell_len, texts), default=0)
            self._widest[name] = min(max(self._widest[name], widest), width // 3)
            table.add_column(width=self._widest[name], no_wrap=True)
        table.add_column(min_width=max(map(len, PHASES)), no_wrap=True)
        table.add_column(min_width=len("12m34s"), no_wrap=True)
        table.add_column()  # the only one that gives way where there is no room
        for step in steps:
            table.add_row(*self._row(step))
        return table

    def _row(self, step: Step) -> Iterator[Text]:
        colour = PHASE_COLOURS.get(step.phase, "")
        counts = f"{step.elements['SUCCEEDED']:,}/{step.begun:,}" if step.elements else ""
        again = f"attempt {step.attempt} {step.put_off}" if step.attempt > 1 else ""
        yield Text(f"  {_MARKS[step.phase]}", style=colour)
        yield Text(step.path)
        yield Text(self._labels.of(step.path))
        yield Text(step.phase, style=colour)
        yield Text(seconds((step.ended or time.time()) - step.began))
        detail = "  ".join(filter(None, (counts, again, step.detail)))
        yield Text(plainly(detail), no_wrap=True, overflow="ellipsis")


def chosen(steps: Sequence[Step], rows: int = ROWS) -> list[Step]:
    """The steps that are worth a row: failed and running first, then the newest.

    They come as they appeared, each below the one that it is a part of.
    """
    places = {step.path: place for place, step in enumerate(steps)}

    def worth(step: Step) -> tuple[bool, bool, int]:
        return step.phase != "FAILED", step.phase != OPEN, -places[step.path]

    def in_tree(step: Step) -> list[int]:
        # An element of a map has no place of its own if it did not fail.
        return [places.get(path, -1) for path in _from_top(step.path)]

    return sorted(nsmallest(rows, steps, key=worth), key=in_tree)


def _from_top(path: str) -> list[str]:
    """A path, after those of the scopes that it is in."""
    return [*_from_top(split(path)[0]), path] if path else []
