"""Ranges of a map: how they are cut, begin and end, and what becomes of elements that failed.

A range that fails as a whole is SKIPPED, and its elements are tried one by one, each as an attempt
of its own. What is found in the cache is cut out of its range as a piece. Ranges and pieces begin
in order, so what has begun is known from its highest end.
"""

from __future__ import annotations

from collections.abc import Iterator
from heapq import heapify, heappop, heappush
from math import ceil

from volery.engine.definitions import MapDefinition
from volery.engine.elements import Again, Elements
from volery.engine.look import Look
from volery.engine.model import (
    MISSING,
    Answer,
    AttemptPhase,
    Create,
    Lookup,
    NodeKind,
    NodeState,
    Phase,
    Piece,
)
from volery.engine.nodes import task
from volery.engine.nodes.begin import begin
from volery.engine.retry import Tries, may_answer
from volery.engine.scope import Scope
from volery.ids import range_id, range_of
from volery.ir.failure import TIMED_OUT, Failure

LARGEST_RANGE = 1024
RANGES = 64
"""A short list is cut into ranges of one, so that long-running elements spread over workers."""
WINDOW = 1024
"""Children that are open at once where the map sets no limit of its own."""


class Ranges:
    """One look at the elements of a map whose length is known."""

    def __init__(self, look: Look, definition: MapDefinition, length: int, may_fail: int) -> None:
        """`may_fail`: how many elements may."""
        scope = look.scope
        if scope.elements is None:
            scope.elements = _resume(scope)
        self.elements = scope.elements
        self._look = look
        self._scope = scope
        self._kind: NodeKind = definition.kind
        self._policy = definition.policy
        self._length = length
        self._may_fail = may_fail
        self._most = definition.target.concurrency or WINDOW
        self._size = _size(definition, length)
        self._asks = scope.state.recovers or self._policy.cache is not None

    # -- what has ended -------------------------------------------------------------------

    def settle(self) -> None:
        """Decide about tasks whose attempts have ended."""
        scope = self._scope
        self._count()  # known before the first decision, so that nothing is tried in vain
        changed, scope.changed = scope.changed, []
        for id in changed:
            child = scope.children[id]
            if child.kind != "task" or child.phase.terminal:
                continue
            if ":" in id:
                self._settle_range(child)
            else:
                task.settle(self._look, child, self._policy, stopping=scope.stopping)
        self._count()

    def _settle_range(self, child: NodeState) -> None:
        failed = child.attempt_phase is AttemptPhase.FAILED
        stopping = self._scope.stopping
        if failed and not stopping and self._is_divided(child.attempt_failure or task.UNKNOWN):
            self._look.move(child.id, Phase.SKIPPED)
        else:
            task.settle(self._look, child, self._policy, stopping=stopping or failed)
        for left in _left(child):
            if child.phase is Phase.SKIPPED or (
                not stopping and self._is_tried_again(left.failure)
            ):
                heappush(self.elements.again, left)
            else:
                self._fail(left)

    def _is_divided(self, failure: Failure) -> bool:
        """Whether the elements of a range that has failed are tried alone.

        What is not the user's doing, or took too long, need not be the doing of each of them.
        """
        innocent = failure.kind == "SYSTEM" or failure.code == TIMED_OUT
        return innocent or self._is_tried_again(failure)

    def _is_tried_again(self, failure: Failure) -> bool:
        """Whether a first failure of an element is answered by another attempt."""
        return may_answer(self._policy, failure, Tries().after(failure))

    def _count(self) -> None:
        """Take note of children that have ended. They are not needed any more."""
        scope = self._scope
        ended, scope.ended = scope.ended, []
        for id in ended:
            child = scope.children.pop(id)
            if child.phase in {Phase.FAILED, Phase.ABORTED}:
                start, end = range_of(id)
                self.elements.failed += end - start
        if self.elements.failed > self._may_fail:
            scope.stopping = True

    # -- what begins ----------------------------------------------------------------------

    def begin(self) -> None:
        """Begin as much as may be under way at once."""
        elements, scope = self.elements, self._scope
        self._hear()
        while not scope.stopping:
            while elements.again and scope.open < self._most:
                self._try_again(heappop(elements.again))
            while elements.pieces and scope.open < self._most:
                piece = elements.pieces.popleft()
                begin(self._look, piece.id, self._kind, self._policy, piece.answer)
            self._count()
            if elements.pieces or elements.asked or not self._cut():
                break
        if scope.stopping:
            scope.asking.clear()
            elements.asked.clear()
            self._give_up()
        self._look.ask(*elements.asked)

    def _give_up(self) -> None:
        """Nothing is tried again. What failed in a range that succeeded has to be seen."""
        again, self.elements.again = self.elements.again, []
        for each in sorted(again):
            if each.counts:
                self._fail(each)
        self._count()

    def _fail(self, left: Again) -> None:
        """An element that has failed in its range stays so."""
        id = range_id(left.position, left.position + 1)
        self._look.create(Create(id, "task", Phase.FAILED, left.failure))

    def _hear(self) -> None:
        """Take in what has been answered: about tasks that wait, and about ranges."""
        elements, known = self.elements, self._look.known
        for id, answer in self._look.answers():
            [piece] = _pieces(id, answer)
            begin(self._look, id, self._kind, self._policy, piece.answer)
        answered = [id for id in elements.asked if Lookup(id) in known]
        if len(answered) == len(elements.asked):
            elements.asked = []
            for id in answered:
                elements.pieces.extend(_pieces(id, known[Lookup(id)]))

    def _try_again(self, left: Again) -> None:
        """Have an element tried alone. The attempts of its range count as its own."""
        id, failure = range_id(left.position, left.position + 1), left.failure
        tries, attempt = Tries().after(failure), left.attempt + 1
        self._look.create(
            Create(id, "task", user_failures=tries.user, system_failures=tries.system)
        )
        due = task.due(self._look, id, self._policy, failure, attempt=attempt, tries=tries)
        task.launch(self._look, id, self._policy, attempt=attempt, tries=tries, due=due)

    def _cut(self) -> bool:
        """Cut as many ranges as there is room for; False when there is none, or none is left."""
        elements, room = self.elements, self._most - self._scope.open
        if room <= 0 or elements.next >= self._length:
            return False
        for _ in range(room):
            if elements.next >= self._length:
                break
            end = min(elements.next + self._size, self._length)
            id = range_id(elements.next, end)
            elements.next = end
            if self._asks:
                elements.asked.append(id)
            else:
                elements.pieces.append(Piece(id, MISSING))
        return not self._asks


def _size(definition: MapDefinition, length: int) -> int:
    """How many elements a range has."""
    policy, concurrency = definition.policy, definition.target.concurrency
    total = policy.limits and policy.limits.total
    serialized = policy.cache is not None and policy.cache.serialize
    # Others wait for single elements, and the time of each is limited.
    if definition.kind != "task" or serialized or total is not None:
        return 1
    size = min(LARGEST_RANGE, max(1, length // RANGES))
    return size if concurrency is None else min(size, ceil(length / concurrency))


def _resume(scope: Scope) -> Elements:
    """How far the elements have come, from the children alone."""
    elements = Elements()
    for child in sorted(scope.children.values(), key=lambda child: range_of(child.id)):
        elements.next = max(elements.next, range_of(child.id)[1])
        elements.again.extend(
            left
            for left in _left(child)
            if range_id(left.position, left.position + 1) not in scope.children
        )
    heapify(elements.again)
    return elements


def _left(child: NodeState) -> Iterator[Again]:
    """The elements that a range which has ended leaves to be tried alone."""
    start, end = range_of(child.id)
    if child.phase is Phase.SUCCEEDED:
        for each in child.elements:
            yield Again(start + each.index, each.failure, child.attempt, counts=True)
    elif child.phase is Phase.SKIPPED and end > start + 1:
        failure = child.attempt_failure or task.UNKNOWN
        for index in range(start, end):
            yield Again(index, failure, child.attempt, counts=False)


def _pieces(id: str, answer: Answer | tuple[Piece, ...]) -> tuple[Piece, ...]:
    """The answer about a range; about a single element it may come as it is."""
    return answer if isinstance(answer, tuple) else (Piece(id, answer),)
