"""All rows of the store in memory, and the changes that several of its verbs make to them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import count, islice

from volery.engine.model import CacheEntry, Launch
from volery.ids import ROOT
from volery.store import journal
from volery.store.base import CacheRecord, Created, Line, NewExecution, Queue
from volery.store.memory_rows import Attempt, Execution, Family, Node, Owner, Scope
from volery.store.moves import replaced_by


class Tables:
    """All rows.

    Attributes:
        executions: by id, oldest first.
        families: by the id of their root.
        queues: executions that are RUNNING in a queue, oldest first (ordered sets).
        flagged: open attempts that have to be stopped (an ordered set).
        cache: by key.
        reservations: the node execution that fills an entry of the cache, by key.
        waits: scopes to be woken when the reservation of a key ends (ordered sets).
    """

    def __init__(self) -> None:
        self.bundles: dict[str, bytes] = {}
        self.owners: dict[str, Owner] = {}
        self.executions: dict[str, Execution] = {}
        self.families: dict[str, Family] = {}
        self.queues: dict[str, dict[Execution, None]] = {}
        self.flagged: dict[Attempt, None] = {}
        self.cache: dict[str, CacheRecord] = {}
        self.reservations: dict[str, Node] = {}
        self.waits: dict[str, dict[Scope, None]] = {}
        self._serials = count(1)
        self._lines = count(1)

    def write(self, family: Family, at: float, *entries: journal.Entry) -> None:
        """Add lines to the journal of a family."""
        for entry in entries:
            family.lines.append(Line(next(self._lines), at, *entry))

    # -- owners ---------------------------------------------------------------------------

    def is_gone(self, owner: str | None) -> bool:
        """Whether nothing that an owner reports counts any more; an unknown one is gone."""
        found = self.owners.get(owner) if owner is not None else None
        return found is None or found.gone

    def driven_by(self, owner: str, root: str | None) -> list[Family]:
        """The families that a verb concerns."""
        if root is None:
            return [each for each in self.families.values() if each.owner == owner]
        return [self.families[root]] if root in self.families else []

    def has_something(self, owner: str) -> bool:
        """Whether an owner drives what goes on, or holds an attempt that is open."""
        running = [each for each in self.executions.values() if not each.phase.terminal]
        nodes = (node for execution in running for node in execution.nodes.values())
        open_ = (each for node in nodes for each in node.attempts[-1:] if each.open)
        return any(each.family.owner == owner for each in running) or any(
            each.owner == owner for each in open_
        )

    def part(self, owner: Owner) -> None:
        """An owner is gone from now on: reservations of what it drove count no longer."""
        owner.gone = True
        for family in self.driven_by(owner.id, None):
            self.forsake(family)

    def forsake(self, family: Family) -> None:
        """Nobody drives a family any more: wake who waits for its reservations."""
        for key, node in list(self.reservations.items()):
            if node.scope.execution.family is family:
                self._wake_waiting(key)

    # -- executions -----------------------------------------------------------------------

    def create(self, new: NewExecution, at: float) -> Created:
        """Insert an execution with its outermost scope."""
        if new.id in self.executions:
            return "taken"
        if new.queue is not None and not self._make_room(new.id, new.queue, at):
            return "full"
        if new.root == new.id:
            self.families[new.id] = Family(new.id, new.owner)
        family = self.families[new.root]
        execution = self.executions[new.id] = Execution(new, family, len(self.executions), at)
        if new.queue is not None:
            self.queues.setdefault(new.queue.name, {})[execution] = None
        Scope(execution, ROOT, new.inputs, new.state)
        self.write(family, at, journal.began(new.id))
        return "created"

    def _make_room(self, execution: str, queue: Queue, at: float) -> bool:
        """Whether an execution may come into its queue; others are asked to go where it says so."""
        others = self.queues.get(queue.name, {})
        beyond = len(others) - queue.most + 1
        if queue.when_full == "queue" or beyond <= 0:
            return True
        if queue.when_full == "skip":
            return False
        for other in islice(others, beyond):
            if other.scopes[ROOT].abort is None:
                self.ask(other, replaced_by(execution), at)
        return True

    def leave_queue(self, execution: Execution, queue: Queue) -> None:
        """An execution has ended: wake those whose turn it now is, and who have not begun."""
        others = self.queues[queue.name]
        del others[execution]
        for other in islice(others, queue.most):
            scope = other.scopes[ROOT]
            if not scope.state.begun:
                scope.wake()

    # -- stopping -------------------------------------------------------------------------

    def ask(self, execution: Execution, reason: str, at: float) -> None:
        """Somebody asks an execution for an abort."""
        scope = execution.scopes[ROOT]
        self.stop(scope, reason, scope.aborts + 1, at)

    def stop(self, scope: Scope, reason: str, asked: int, at: float) -> None:
        """Tell a scope how often it was asked to stop, unless it has heard of as many."""
        if scope.aborts >= asked or scope.phase.terminal:
            return
        scope.abort = scope.abort or reason
        scope.aborts = asked
        scope.wake()
        execution = scope.execution
        entry = journal.abort_asked(execution.new.id, scope.path, 0, reason)
        self.write(execution.family, at, entry)

    # -- attempts -------------------------------------------------------------------------

    def launch(self, node: Node, launch: Launch, at: float) -> None:
        """Insert an attempt: into the outbox, or for `wake` to put there."""
        node.user_failures = launch.user_failures
        node.system_failures = launch.system_failures
        attempt = Attempt(node, launch, next(self._serials), at)
        node.attempts.append(attempt)
        execution = node.scope.execution
        family = execution.family
        if execution.new.max_parallelism is None and launch.due <= at:
            family.put_out(attempt)
        else:
            execution.waiting[attempt] = None
            family.put_off[execution] = None
        if launch.deadline is not None or launch.until is not None:
            family.deadlines.set(attempt, attempt.stop_at)

    # -- cache ----------------------------------------------------------------------------

    def keep(self, entries: Iterable[CacheEntry], at: float) -> None:
        """Put entries into the cache."""
        self.cache.update((entry.key, CacheRecord(entry, at)) for entry in entries)

    def holder(self, key: str) -> Node | None:
        """Who fills an entry of the cache, as long as somebody drives its family."""
        node = self.reservations.get(key)
        if node is None:
            return None
        family = node.scope.execution.family
        runs = not self.executions[family.root].phase.terminal
        return node if runs and not self.is_gone(family.owner) else None

    def held_by(self, node: Node) -> Iterator[str]:
        """Keys of the entries that a node execution fills."""
        return (key for key, holder in list(self.reservations.items()) if holder is node)

    def release(self, key: str) -> None:
        """A reservation ends."""
        del self.reservations[key]
        self._wake_waiting(key)

    def _wake_waiting(self, key: str) -> None:
        for scope in self.waits.pop(key, {}):
            if not scope.phase.terminal:
                scope.wake()
