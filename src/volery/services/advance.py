"""Advance: plans scopes that have news, and commits the plans."""

from __future__ import annotations

from typing import NamedTuple

from volery.clock import Clock
from volery.engine.definitions import MapDefinition
from volery.engine.model import Open, Plan, ScopeState
from volery.engine.plan import plan, refuse
from volery.engine.scope import Scope
from volery.ids import ROOT, child_execution_id, join
from volery.ir.values import EMPTY, join_record
from volery.services.context import Context, Contexts
from volery.services.refusal import refusal
from volery.services.values import Values
from volery.store.base import Commit, NewExecution, NewScope, Store, Ticket

KEPT = 4096
"""Scopes that stay in memory between looks; others are loaded again."""
BATCH = 256
EVERYTHING = -1


class Looked(NamedTuple):
    """What a tick came to: how many scopes were looked at, and which executions ended."""

    scopes: int
    ended: set[str]


class Advance:
    """Looks at dirty scopes.

    Several may work on one store. Whoever commits second for the same version has wasted its
    time and nothing else: the scope is still dirty for it if anything is left to do.
    """

    def __init__(self, store: Store, contexts: Contexts, values: Values, clock: Clock) -> None:
        self._store = store
        self._contexts = contexts
        self._values = values
        self._clock = clock
        self._scopes: dict[tuple[str, str], Scope] = {}

    def tick(self, root: str | None = None) -> Looked:
        """Plan what is dirty, in one family of executions or (None) in all."""
        tickets = self._store.dirty(root, BATCH)
        return Looked(len(tickets), {each.execution for each in tickets if self._advance(each)})

    def _advance(self, ticket: Ticket) -> bool:
        """Look at a scope; True when that brought its execution to the end."""
        key = (ticket.execution, ticket.path)
        scope = self._current(*key)
        context = self._contexts.get(*key)
        decided = self._decide(scope, context)
        if not self._store.commit(self._resolve(scope, context, decided), self._clock.now()):
            return False
        if decided.finish is not None:
            return scope.path == ROOT
        if len(self._scopes) >= KEPT:
            self._scopes.clear()
        scope.version += 1
        self._scopes[key] = scope
        return False

    def _current(self, execution: str, path: str) -> Scope:
        """A scope as it is: kept and brought up to date, or loaded if somebody else planned it."""
        scope = self._scopes.pop((execution, path), None)
        if scope is not None:
            row = self._store.load(execution, path, scope.wake_seq)
            if row.version == scope.version:
                scope.merge(row)
                return scope
        scope = Scope(execution, path)
        scope.merge(self._store.load(execution, path, EVERYTHING))
        return scope

    def _decide(self, scope: Scope, context: Context) -> Plan:
        decided = plan(scope, context.definition)
        if not decided.wants:
            return decided
        try:
            known = self._values.known(context, scope.path, decided.wants)
        except Exception as error:  # noqa: BLE001 - see `refusal`
            return refuse(refusal(error, scope.execution, scope.path))
        return plan(scope, context.definition, known)

    def _resolve(self, scope: Scope, context: Context, decided: Plan) -> Commit:
        """A plan with its bindings turned into values."""
        finish = decided.finish
        outputs: bytes | None = None
        if finish is not None:
            try:
                outputs = self._values.finished(context, scope.path, finish)
            except Exception as error:  # noqa: BLE001 - see `refusal`
                finish = refuse(refusal(error, scope.execution, scope.path)).finish
        scopes: list[NewScope] = []
        executions: list[NewExecution] = []
        for child in decided.open:
            inputs, state = self._open(scope, context, child)
            if child.kind == "launch_plan":
                executions.append(self._start(scope, context, child, inputs, state))
            else:
                scopes.append(NewScope(child.id, inputs, state))
        return Commit(
            execution=scope.execution,
            path=scope.path,
            version=scope.version,
            planned_seq=scope.wake_seq,
            create=decided.create,
            move=decided.move,
            launch=decided.launch,
            scopes=scopes,
            executions=executions,
            abort=decided.abort,
            state=decided.state,
            finish_phase=None if finish is None else finish.phase,
            finish_outputs=outputs,
            finish_failure=None if finish is None else finish.failure,
        )

    def _open(self, scope: Scope, context: Context, child: Open) -> tuple[bytes, ScopeState]:
        """The inputs and first state of a child scope; refused where the inputs cannot be made."""
        try:
            if isinstance(context.definition, MapDefinition):
                inputs = self._values.elements(context, context.definition, child.id)
            else:
                node = context.node(scope.state, child.id)
                inputs = self._values.inputs(context, scope.path, node)
            return join_record(inputs), ScopeState()
        except Exception as error:  # noqa: BLE001 - see `refusal`
            path = join(scope.path, child.id)
            return EMPTY, ScopeState(refused=refusal(error, scope.execution, path))

    def _start(
        self, scope: Scope, context: Context, child: Open, inputs: bytes, state: ScopeState
    ) -> NewExecution:
        """The execution that a launch plan node starts. Its id is the same on every try."""
        above = context.execution
        path = join(scope.path, child.id)
        return NewExecution(
            id=child_execution_id(scope.execution, path),
            project=above.project,
            domain=above.domain,
            entity=context.entity(scope.state, child.id),
            bundle=above.bundle,
            inputs=inputs,
            root=above.root,
            parent=(scope.execution, path),
            labels=above.labels,
            state=state,
        )
