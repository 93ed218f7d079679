"""How far an execution is, folded from its journal. The views are `plain` and `live`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from volery.ids import ROOT, child_execution_id, join, range_of, split
from volery.store.base import Line

OPEN = "RUNNING"
PHASES = ("RUNNING", "SUCCEEDED", "FAILED", "SKIPPED", "ABORTED")
"""In the order in which they are counted out."""


@dataclass(slots=True)
class Step:
    """A node execution as a viewer sees it; times are seconds since the epoch.

    Attributes:
        elements: for a map: its elements by phase.
        begun: for a map: how many of its elements have begun.
        put_off: when its newest attempt will be made: ``in 4.0 s``; empty: at once.
    """

    path: str
    phase: str
    began: float
    ended: float | None = None
    attempt: int = 1
    detail: str = ""
    elements: Counter[str] = field(default_factory=Counter[str])
    begun: int = 0
    put_off: str = ""

    def move(self, line: Line) -> None:
        self.phase = line.event
        self.detail = line.detail.partition("\n")[0]
        self.put_off = ""
        self.ended = None if line.event == OPEN else line.at


class Progress:
    """Folds the journal of an execution and its children.

    The nodes of a child stand below the launch plan node that started it.

    Attributes:
        steps: node executions by path, as they appeared; of those inside maps only failed ones.
        counts: node executions by phase; a map counts by its elements.
    """

    def __init__(self) -> None:
        self.counts: Counter[str] = Counter()
        self.steps: dict[str, Step] = {}
        self._inner: dict[str, Step] = {}
        self._places: dict[str, str] = {}

    def fold(self, lines: Iterable[Line]) -> list[Step]:
        """Take in lines; returns the steps that changed phase and are worth a word, each once."""
        changed: dict[str, Step] = {}
        for line in lines:
            if line.path == ROOT:
                continue
            path = join(self._places.get(line.execution, ROOT), line.path)
            if line.attempt:
                if self._attempt(path, line):
                    changed[path] = self.steps[path]
            elif line.event in PHASES:
                # The id of a child is known before there is one, whether there will be one or not.
                self._places[child_execution_id(line.execution, line.path)] = path
                step = self._element(path, line) if "[" in path else self._node(path, line)
                if path in self.steps:
                    changed[path] = step
        return list(changed.values())

    def _attempt(self, path: str, line: Line) -> bool:
        """Whether the attempt is a new try that has to wait, which is worth a word."""
        step = self.steps.get(path)
        if step is None:
            return False
        step.attempt = max(step.attempt, line.attempt)
        step.put_off = line.detail if line.event == "LAUNCHING" else ""
        return bool(step.put_off)

    def _node(self, path: str, line: Line) -> Step:
        step = self.steps.get(path)
        if step is None:
            step = self.steps[path] = Step(path, line.event, line.at)
        elif not step.begun:
            self.counts[step.phase] -= 1
        if not step.begun:
            self.counts[line.event] += 1
        step.move(line)
        return step

    def _element(self, path: str, line: Line) -> Step:
        """Something inside a map: an element, a range of elements, or a node of an element."""
        scope, id = split(path)
        is_element = id.startswith("[")
        start, end = range_of(id) if is_element else (0, 1)
        step = self._inner.get(path)
        change = Counter({line.event: end - start})
        if step is not None:
            change.subtract({step.phase: end - start})
        above = self.steps.get(scope) if is_element else None
        if above is not None:
            if above.begun == 0:  # it turns out to be a map
                self.counts[above.phase] -= 1
            elif step is None and start < above.begun:
                change["SUCCEEDED"] -= 1  # an element that failed in a range that had counted it
            above.begun = max(above.begun, end)
            above.elements.update(change)
        self.counts.update(change)
        return self._keep(path, step, line)

    def _keep(self, path: str, step: Step | None, line: Line) -> Step:
        if step is None:
            step = self._inner[path] = Step(path, line.event, line.at)
        step.move(line)
        if line.event == "FAILED":
            self.steps[path] = step
        return step
