"""Progress in plain lines, for logs and pipes."""

from __future__ import annotations

import sys
import time
from collections import Counter
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from typing import Self

from volery.cli.labels import Labels
from volery.cli.output import phase, say, seconds
from volery.cli.progress import OPEN, PHASES, Progress, Step
from volery.store.base import Line

LINES = 200
"""After so many lines on single steps only sums are told, one a second."""


class QuietView:
    """Passes on what tasks print, and nothing else."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        """Nothing has to be cleaned up."""

    def lines(self, lines: list[Line]) -> None:
        """Take in what is new in the journal."""

    def printed(self, path: str, stream: str, text: str) -> None:  # noqa: ARG002 (both go to stderr)
        """Pass on what an attempt printed."""
        self.say("\n".join(f"  {path} | {line}" for line in text.splitlines()))

    def say(self, text: str) -> None:
        """Write a line."""
        say(text)

    def quiet(self) -> AbstractContextManager[None]:
        """Nothing is drawn here at all."""
        return nullcontext()


class PlainView(QuietView):
    """Writes a line to stderr for each step that changes phase.

    Args:
        title: the first line.
        labels: names for the steps.
        now: seconds of a clock that only goes forward.
    """

    def __init__(
        self, title: str, labels: Labels, now: Callable[[], float] = time.monotonic
    ) -> None:
        self._title = title
        self._labels = labels
        self._now = now
        self._progress = Progress()
        self._left = LINES
        self._summed = now()

    def __enter__(self) -> Self:
        self.say(self._title)
        return self

    def __exit__(self, *exception: object) -> None:
        """Tell where it stands, if not every step was told."""
        if self._left == 0:
            self.say(f"  {sums(self._progress.counts)}")

    def lines(self, lines: list[Line]) -> None:
        for step in self._progress.fold(lines):
            if self._left > 0:
                self._left -= 1
                self.say(describe(step, self._labels))
        if self._left == 0 and self._now() - self._summed >= 1:
            self._summed = self._now()
            self.say(f"  {sums(self._progress.counts)}")


def describe(step: Step, labels: Labels) -> str:
    """A step in a line."""
    parts = [f"  {step.path}", labels.of(step.path), phase(step.phase, sys.stderr)]
    if step.elements:
        parts.append(f"{step.elements['SUCCEEDED']:,} of {step.begun:,} elements")
    if step.ended is not None:
        parts.append(seconds(step.ended - step.began))
    if step.attempt > 1:
        parts.append(f"attempt {step.attempt} {step.put_off}".rstrip())
    if step.detail:
        parts.append(step.detail)
    return "  ".join(part for part in parts if part)


def sums(counts: Counter[str]) -> str:
    """Counts in words: ``16 running, 1,204 succeeded``."""
    told = [f"{counts[name]:,} {name.lower()}" for name in PHASES if counts[name]]
    return ", ".join(told) or f"nothing {OPEN.lower()} yet"
