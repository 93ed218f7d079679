"""Dispatch: takes attempts out of the outbox, has them carried out, and reports how they ended."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from volery.clock import Clock
from volery.engine.definitions import MapDefinition
from volery.engine.model import AttemptEnded, AttemptPhase, AttemptStarted, Fact
from volery.errors import TypeMismatch
from volery.executors.base import Executor, Started
from volery.ids import range_of, split
from volery.ir.bindings import Binding
from volery.ir.failure import ABORTED, Failure
from volery.ir.values import join_record
from volery.ir.work import Result, Work
from volery.services.context import Contexts
from volery.services.values import Values
from volery.store.base import Claim, Store

BATCH = 512
OnPrint = Callable[[Claim, Result], None]
"""Told of every result that carries something printed."""


class Dispatch:
    """Stands between the outbox and an executor."""

    def __init__(
        self,
        store: Store,
        executor: Executor,
        *,
        contexts: Contexts,
        values: Values,
        clock: Clock,
        owner: str,
        on_print: OnPrint,
    ) -> None:
        self._store = store
        self._executor = executor
        self._contexts = contexts
        self._values = values
        self._clock = clock
        self._owner = owner
        self._on_print = on_print
        self._under_way: dict[int, Claim] = {}
        self._numbers: dict[Claim, int] = {}
        self._next = 1

    def launch(self, root: str | None = None) -> int:
        """Hand work to the executor, as much as it has room for; returns how much."""
        room = min(self._executor.room(), BATCH)
        if room <= 0:
            return 0
        claims = self._store.claim(root, self._owner, room, self._clock.now())
        if not claims:
            return 0
        if len(claims) > 1:
            self._fetch(claims)
        works: list[Work] = []
        refused: list[Fact] = []
        for claim in claims:
            try:
                works.append(self._work(claim))
            except TypeMismatch as error:
                refused.append(self._refused(claim, error))
        if works:
            self._executor.launch(works)
        if refused:
            self._store.record(refused, self._clock.now())
        return len(claims)

    def collect(self, timeout: float) -> int:
        """Report what the executor has to say, waiting up to `timeout` seconds for it."""
        events = self._executor.poll(timeout)
        if not events:
            return 0
        facts: list[Fact] = []
        for event in events:
            if isinstance(event, Started):
                claim = self._under_way[event.id]
                facts.append(AttemptStarted(claim.execution, claim.path, claim.attempt, event.at))
            else:
                facts.append(self._ended(event))
        if self._store.record(facts, self._clock.now()) == len(facts):
            for fact in facts:
                if isinstance(fact, AttemptEnded) and fact.outputs is not None:
                    self._values.keep(fact.execution, fact.path, fact.outputs)
        return len(facts)

    def stop(self) -> None:
        """Pass on to the executor what has to be aborted. Without work under way: nothing."""
        if not self._under_way:
            return
        numbers = [self._numbers.get(claim) for claim in self._store.flagged(self._owner)]
        if numbers:
            self._executor.abort([number for number in numbers if number is not None])

    def _fetch(self, claims: Sequence[Claim]) -> None:
        """Read everything that the claimed attempts refer to in few queries."""
        wanted: dict[tuple[str, str], list[Binding]] = {}
        for claim in claims:
            scope, id = split(claim.path)
            context = self._contexts.get(claim.execution, scope)
            if not isinstance(context.definition, MapDefinition):
                node = context.node(self._contexts.state(claim.execution, scope), id)
                wanted.setdefault((claim.execution, scope), []).extend(
                    bound.binding for bound in node.inputs
                )
        for (execution, scope), bindings in wanted.items():
            self._values.fetch(execution, scope, bindings)

    def _work(self, claim: Claim) -> Work:
        scope, id = split(claim.path)
        context = self._contexts.get(claim.execution, scope)
        state = self._contexts.state(claim.execution, scope)
        elements: int | None = None
        over: tuple[str, ...] = ()
        environment: tuple[tuple[str, str], ...] = ()
        if isinstance(context.definition, MapDefinition):
            inputs = self._values.elements(context, context.definition, id)
            if ":" in id:
                start, end = range_of(id)
                elements, over = end - start, context.definition.target.over
        else:
            node = context.node(state, id)
            inputs = self._values.inputs(context, scope, node)
            environment = node.policy.environment
        task = context.definitions.tasks[context.entity(state, id).name]
        number = self._next
        self._next += 1
        self._under_way[number] = claim
        self._numbers[claim] = number
        return Work(
            number,
            claim.execution,
            claim.path,
            claim.attempt,
            task.name,
            task.loader,
            join_record(inputs),
            elements,
            over,
            task.policy.environment + environment,
        )

    def _ended(self, result: Result) -> AttemptEnded:
        claim = self._under_way.pop(result.id)
        del self._numbers[claim]
        if result.stdout or result.stderr:
            self._on_print(claim, result)
        return AttemptEnded(
            claim.execution,
            claim.path,
            claim.attempt,
            self._owner,
            _phase(result.failure),
            result.outputs,
            result.failure,
            result.elements,
            result.started,
            result.ended,
        )

    def _refused(self, claim: Claim, error: TypeMismatch) -> AttemptEnded:
        failure = Failure(error.code, "USER", str(error), path=claim.path, retryable=False)
        return AttemptEnded(
            claim.execution,
            claim.path,
            claim.attempt,
            self._owner,
            AttemptPhase.FAILED,
            failure=failure,
        )


def _phase(failure: Failure | None) -> AttemptPhase:
    if failure is None:
        return AttemptPhase.SUCCEEDED
    return AttemptPhase.ABORTED if failure.code == ABORTED else AttemptPhase.FAILED
