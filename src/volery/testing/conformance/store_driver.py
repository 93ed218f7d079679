"""A hand on the verbs of a store, for its conformance suite: fills in what a test leaves out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from itertools import count
from typing import Any

from msgspec import structs

from volery.engine.model import (
    Abort,
    AttemptEnded,
    AttemptPhase,
    AttemptStarted,
    Create,
    Launch,
    Move,
    NodeKind,
    NodeState,
    Phase,
)
from volery.ids import ROOT, child_execution_id, join, split
from volery.ir.failure import Failure
from volery.ir.ref import Ref
from volery.ir.values import EMPTY, pack
from volery.store.base import Claim, Commit, Line, NewExecution, NewScope, Room, Store
from volery.store.moves import IllegalMove

OWNERS = ("another", "me", "owner", "you")
"""Owners that live, and share a pool; ``owner`` drives what nothing else is said of."""

POOL = "pool"
FOREVER = 1e12

OUTPUTS = pack({"o0": 1})
FAILURE = Failure("ValueError", "USER", "no such column\nin table 3")


def rooms(most: int = 9) -> tuple[Room, ...]:
    """Room for so many attempts, on an executor that is the only one."""
    return (Room("", most, default=True),)


class Driver:
    """Drives a store as the services would. Every change is a second later than the one before.

    `run` is the execution that verbs concern where none is named.
    """

    def __init__(self, store: Store, run: str = "run") -> None:
        self.store = store
        self.run = run
        self._seconds = count(1000)
        for owner in OWNERS:
            with suppress(IllegalMove):  # another hand on the same store was first
                store.enlist(owner, POOL, FOREVER)

    def now(self) -> float:
        """A time later than all before."""
        return float(next(self._seconds))

    def begin(self, execution: str | None = None, **fields: Any) -> NewExecution:
        """Create an execution, by default a family of its own."""
        new = self.new(execution, **fields)
        assert self.store.create(new, self.now()) == "created"
        return new

    def new(self, execution: str | None = None, **fields: Any) -> NewExecution:
        """An execution that could be created."""
        name = execution or self.run
        self.store.put_bundle("bundle", b"{}")
        given: dict[str, Any] = {"root": name, "inputs": EMPTY, "owner": "owner", **fields}
        return NewExecution(name, "project", "domain", Ref("workflow", "w"), "bundle", **given)

    def plan(self, path: str = ROOT, *, execution: str | None = None, **changes: Any) -> bool:
        """Load a scope and commit changes to it."""
        return self.commit(self.prepare(path, execution=execution, **changes))

    def commit(self, commit: Commit) -> bool:
        """Carry one commit in."""
        (carried,) = self.store.commit([commit], self.now())
        return carried

    def prepare(self, path: str = ROOT, *, execution: str | None = None, **changes: Any) -> Commit:
        """Load a scope; the commit that would carry changes into it."""
        name = execution or self.run
        row = self.store.load(name, path, -1)
        return Commit(name, path, row.version, row.wake_seq, **changes)

    def ahead(self, path: str = ROOT, **changes: Any) -> Commit:
        """The commit that would carry changes in together with ends that lead to them."""
        commit = self.prepare(path, **changes)
        return structs.replace(commit, planned_seq=commit.planned_seq + 1)

    def proceed(
        self,
        *paths: str,
        room: int = 9,
        owner: str = "owner",
        fact: Mapping[str, Any] | None = None,
        **changes: Any,
    ) -> list[Claim] | None:
        """Report the ends of attempts in one scope together with changes to it."""
        facts = [self.ended(path, owner=owner, **(fact or {})) for path in paths]
        commit = self.ahead(split(paths[0])[0], **changes)
        return self.store.proceed(facts, [commit], owner, rooms(room), self.now())

    def launch(self, *ids: str, path: str = ROOT, execution: str | None = None) -> None:
        """Create task nodes and launch their first attempts."""
        create = [Create(id, "task") for id in ids]
        launch = [Launch(id, 1) for id in ids]
        assert self.plan(path, execution=execution, create=create, launch=launch)

    def relaunch(self, id: str, attempt: int, path: str = ROOT) -> bool:
        """Launch another attempt of a task node."""
        return self.plan(path, launch=[Launch(id, attempt, user_failures=attempt - 1)])

    def open(
        self,
        id: str,
        path: str = ROOT,
        inputs: bytes = EMPTY,
        kind: NodeKind = "workflow",
        execution: str | None = None,
    ) -> str:
        """Open a child scope; returns its path."""
        create, scopes = [Create(id, kind)], [NewScope(id, inputs)]
        assert self.plan(path, execution=execution, create=create, scopes=scopes)
        return join(path, id)

    def start(self, id: str, path: str = ROOT, owner: str | None = None) -> str:
        """Create a launch plan node with the execution that it starts; returns its id."""
        new = self.child(id, path, owner)
        assert self.plan(path, create=[Create(id, "launch_plan")], executions=[new])
        return new.id

    def child(self, id: str, path: str = ROOT, owner: str | None = None) -> NewExecution:
        """The execution that a launch plan node would start."""
        at = join(path, id)
        entity = Ref("launch_plan", "lp")
        name = child_execution_id(self.run, at)
        parent = (self.run, at)
        return NewExecution(
            name, "project", "domain", entity, "bundle", EMPTY, self.run, parent, owner
        )

    def move(self, id: str, phase: Phase, path: str = ROOT) -> bool:
        """Move a node execution."""
        failure = FAILURE if phase is Phase.FAILED else None
        return self.plan(path, move=[Move(id, phase, failure)])

    def stop(self, *ids: str, path: str = ROOT, reason: str = "enough") -> bool:
        """Ask children to stop."""
        return self.plan(path, abort=[Abort(id, reason) for id in ids])

    def finish(
        self, phase: Phase = Phase.SUCCEEDED, path: str = ROOT, execution: str | None = None
    ) -> bool:
        """End a scope."""
        return self.plan(
            path,
            execution=execution,
            finish_phase=phase,
            finish_outputs=OUTPUTS if phase is Phase.SUCCEEDED else None,
            finish_failure=FAILURE if phase is Phase.FAILED else None,
        )

    def claim(self, owner: str = "owner", limit: int = 100) -> list[Claim]:
        """Take attempts out of the outbox."""
        return self.store.claim(owner, self.run, rooms(limit), self.now())

    def started(self, path: str, attempt: int = 1) -> int:
        """Report that an attempt runs."""
        now = self.now()
        return self.store.record([AttemptStarted(self.run, path, attempt, now)], now)

    def end(self, *paths: str, **fields: Any) -> int:
        """Report the ends of attempts, in one call; by default first ones that succeeded."""
        return self.store.record([self.ended(path, **fields) for path in paths], self.now())

    def ended(
        self,
        path: str,
        attempt: int = 1,
        phase: AttemptPhase = AttemptPhase.SUCCEEDED,
        owner: str = "owner",
        **fields: Any,
    ) -> AttemptEnded:
        """The fact that an attempt ended."""
        if phase is AttemptPhase.SUCCEEDED:
            fields = {"outputs": OUTPUTS, **fields}
        return AttemptEnded(self.run, path, attempt, owner, phase, **fields)

    def carry_out(self, *ids: str) -> None:
        """Launch tasks, and have them succeed."""
        self.launch(*ids)
        self.claim()
        assert self.end(*ids) == len(ids)
        assert self.plan(move=[Move(id, Phase.SUCCEEDED) for id in ids])

    def children(self, since: int = -1, path: str = ROOT) -> dict[str, NodeState]:
        """The children of a scope that a fact changed after `since`."""
        loaded = self.store.load(self.run, path, since).children
        found = {child.id: child for child in loaded}
        assert len(found) == len(loaded), "a child is reported twice"
        return found

    def dirty(self) -> set[tuple[str, str]]:
        """The dirty scopes of the family."""
        return {(each.execution, each.path) for each in self.store.dirty("owner", self.run, 1000)}

    def lines(self, path: str | None = None) -> list[Line]:
        """The journal of the family, or the part about one path."""
        lines = self.store.journal(self.run, 0, 1_000_000)
        return lines if path is None else [line for line in lines if line.path == path]

    def events(self, path: str) -> list[tuple[int, str, str]]:
        """Attempt, event and detail of each line about a path."""
        return [(line.attempt, line.event, line.detail) for line in self.lines(path)]

    def phases(self) -> dict[str, Phase]:
        """Phases of all node executions."""
        return {node.path: node.phase for node in self.store.nodes(self.run)}


_SCOPES = frozenset({"workflow", "branch", "map", "dynamic", "eager"})


def everything(store: Store, executions: Sequence[str]) -> list[Any]:
    """All that can be read of a store about some executions, in an order of its own."""
    told: list[Any] = [store.owners(), store.nearest("task", 1_000_000)]
    for owner in OWNERS:
        told.append(sorted(map(repr, store.dirty(owner, None, 1_000_000))))
        told.append(sorted(map(repr, store.held(owner, None))))
        told.append(sorted(map(repr, store.lost(owner, None, 1_000_000))))
        told.append(sorted(map(repr, store.flagged(owner))))
        told.append([each.id for each in store.executions(limit=1_000_000, owner=owner)])
    told.append([each.id for each in store.executions(limit=1_000_000)])
    for execution in executions:
        record = store.execution(execution)
        told.append(record)
        if record is None:
            continue
        told.append(store.its_turn(execution))
        nodes = store.nodes(execution)
        told += [nodes, store.attempts(execution), store.journal(execution, 0, 1_000_000)]
        paths = [ROOT, *(node.path for node in nodes)]
        told.append(store.outputs(execution, paths))
        told.append(store.ended(execution, paths))
        scopes = [ROOT, *(node.path for node in nodes if node.kind in _SCOPES)]
        told += [_scope(store, execution, path) for path in scopes]
    return told


def _scope(store: Store, execution: str, path: str) -> list[Any]:
    row = store.load(execution, path, -1)
    told: list[Any] = [store.scope_inputs(execution, path), store.scope_state(execution, path)]
    told.append(store.children_outputs(execution, path, "", 1_000_000))
    for since in range(-1, row.wake_seq + 1):
        row = store.load(execution, path, since)
        row.children.sort(key=lambda child: child.id)
        told.append(row)
    return told
