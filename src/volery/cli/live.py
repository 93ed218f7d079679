"""Progress as a picture on a terminal, drawn anew several times a second."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from typing import Self

from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.table import Table
from rich.text import Text

from volery.cli.labels import Labels
from volery.cli.output import PHASE_COLOURS, seconds
from volery.cli.plain import sums
from volery.cli.progress import OPEN, Progress, Step
from volery.store.base import Line

ROWS = 20
"""At most so many steps are shown: those that run, those that failed, and the newest others."""

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
        # The picture is drawn by a thread of `Live`, while the main thread folds.
        self._lock = threading.Lock()
        self._live = Live(
            console=Console(stderr=True), get_renderable=self._draw, refresh_per_second=8
        )

    def __enter__(self) -> Self:
        self._live.start()
        return self

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
        self._live.console.print(Text.from_ansi(text), soft_wrap=True)

    def _draw(self) -> RenderableType:
        with self._lock:
            table = Table(box=None, show_header=False, pad_edge=False, padding=(0, 2, 0, 0))
            for step in chosen(list(self._progress.steps.values())):
                table.add_row(*self._row(step))
            hidden = len(self._progress.steps) - table.row_count
            more = f", {hidden:,} steps not shown" if hidden else ""
            elapsed = seconds(time.monotonic() - self._began)
            caption = f"{self._title}  {elapsed}  {sums(self._progress.counts)}{more}"
        return Group(Text(caption, style="bold"), table)

    def _row(self, step: Step) -> Iterator[Text]:
        colour = PHASE_COLOURS.get(step.phase, "")
        yield Text(f"  {_MARKS[step.phase]}", style=colour)
        yield Text(step.path)
        yield Text(self._labels.of(step.path))
        yield Text(step.phase, style=colour)
        yield Text(seconds((step.ended or time.time()) - step.began))
        counts = f"{step.elements['SUCCEEDED']:,}/{step.begun:,}" if step.elements else ""
        again = f"attempt {step.attempt}" if step.attempt > 1 else ""
        yield Text("  ".join(filter(None, (counts, again, step.detail))), overflow="ellipsis")


def chosen(steps: list[Step], rows: int = ROWS) -> list[Step]:
    """The steps that are worth a row, in their order: running and failed first, then the newest."""
    if len(steps) <= rows:
        return steps
    order = sorted(
        range(len(steps)),
        key=lambda at: (steps[at].phase != "FAILED", steps[at].phase != OPEN, -at),
    )
    return [steps[at] for at in sorted(order[:rows])]
