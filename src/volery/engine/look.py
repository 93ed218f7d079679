"""A look at a scope: what it decides is noted in the scope and written into the plan."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from msgspec.structs import replace

from volery.engine.model import (
    LEGAL_MOVES,
    Create,
    Give,
    Launch,
    Lookup,
    Move,
    NodeKind,
    NodeState,
    Open,
    Phase,
    Plan,
    Reuse,
    Want,
)
from volery.engine.scope import Scope
from volery.ids import join
from volery.ir.bindings import Bound
from volery.ir.failure import Failure
from volery.ir.policy import Policy

POLL = 5.0
"""Seconds after which a scope looks again at what others may have changed unseen."""


class Look:
    """A scope, the plan that is being made for it, and what may be known.

    Attributes:
        now: the time of the look.
        known: answers to what the plan wants.
    """

    __slots__ = ("known", "now", "plan", "scope")

    def __init__(self, scope: Scope, plan: Plan, now: float, known: Mapping[Want, Any]) -> None:
        self.scope = scope
        self.plan = plan
        self.now = now
        self.known = known

    def decide(self, **changes: Any) -> None:
        """The scope's own state changes."""
        self.scope.state = self.plan.state = replace(self.scope.state, **changes)

    def create(self, create: Create) -> None:
        """A node execution begins to exist."""
        if create.failure is not None and not create.failure.path:
            create = replace(create, failure=self.scope.here(create.failure, create.id))
        self.plan.create.append(create)
        self.scope.add(
            NodeState(
                create.id,
                create.kind,
                create.phase,
                user_failures=create.user_failures,
                system_failures=create.system_failures,
                failure=create.failure,
                until=create.until,
            )
        )

    def launch(self, launch: Launch) -> None:
        """An attempt of a child is to be carried out."""
        child = self.scope.children[launch.id]
        child.attempt = launch.attempt
        child.attempt_phase = None
        child.attempt_failure = None
        child.elements = ()
        child.user_failures = launch.user_failures
        child.system_failures = launch.system_failures
        self.plan.launch.append(launch)

    def open(self, id: str, kind: NodeKind, deadline: float | None) -> None:
        """A child scope begins."""
        self.create(Create(id, kind))
        self.plan.open.append(Open(id, kind, deadline))

    def move(self, id: str, phase: Phase, failure: Failure | None = None) -> None:
        """A child changes phase."""
        scope = self.scope
        child = scope.children[id]
        if phase not in LEGAL_MOVES[child.phase]:
            raise AssertionError(
                f"{scope.execution}:{join(scope.path, id)} cannot move from {child.phase} to"
                f" {phase} (attempt {child.attempt} is {child.attempt_phase}, scope version"
                f" {scope.version})"
            )
        if failure is not None and not failure.path:
            failure = scope.here(failure, id)
        child.phase = phase
        child.failure = failure
        self.plan.move.append(Move(id, phase, failure))
        scope.close(child)

    def end(
        self, id: str, kind: NodeKind, phase: Phase, policy: Policy, failure: Failure | None = None
    ) -> None:
        """A child ends, whether it exists already or not. A reservation that it holds ends too."""
        if id in self.scope.children:
            self.move(id, phase, failure)
            if policy.cache is not None and policy.cache.serialize:
                self.plan.release.append(id)
        else:
            self.create(Create(id, kind, phase, failure))

    def give(self, id: str, outputs: bytes | tuple[Bound, ...], reuse: Reuse | None = None) -> None:
        """The outputs of a child that succeeds with this plan."""
        self.plan.give.append(Give(id, outputs, reuse))

    def answers(self) -> list[tuple[str, Any]]:
        """What has been answered about children, by id; it is not asked any more."""
        asking, known = self.scope.asking, self.known
        found = [(id, known[want]) for id in asking if (want := Lookup(id)) in known]
        for id, _ in found:
            del asking[id]
        return found

    def ask(self, *ids: str) -> None:
        """Want to know whether these have to run, and those that are asked about already."""
        self.plan.wants = tuple(Lookup(id) for id in (*self.scope.asking, *ids))
