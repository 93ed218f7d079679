"""Dispatch: takes attempts out of the outbox, has them carried out, and reports how they ended."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence

from volery.clock import Clock
from volery.engine.definitions import MapDefinition
from volery.engine.model import AttemptEnded, AttemptPhase, AttemptStarted, Fact
from volery.executors.base import Executor, Started
from volery.ids import range_of, split
from volery.ir.bindings import Binding
from volery.ir.failure import ABORTED, Failure
from volery.ir.values import join_record
from volery.ir.work import Result, Work
from volery.services.context import Contexts
from volery.services.refusal import refusal
from volery.services.values import Values
from volery.store.base import Claim, Store

BATCH = 512
MOST_BYTES = 32 * 1024 * 1024
"""Inputs under way at a time, beyond the first work: large ones must not fill the memory."""

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
        self._waiting: deque[Claim] = deque()
        self._under_way: dict[int, tuple[Claim, int]] = {}
        self._numbers: dict[Claim, int] = {}
        self._bytes = 0
        self._next = 1

    def launch(self, root: str | None = None) -> int:
        """Hand work to the executor, as much as it has room for; returns how much."""
        room = min(self._executor.room(), BATCH) - len(self._waiting)
        if room > 0:
            claims = self._store.claim(root, self._owner, room, self._clock.now())
            self._waiting.extend(claims)
            if len(claims) > 1:
                self._fetch(claims)
        works: list[Work] = []
        refused: list[Fact] = []
        try:
            self._prepare(works, refused)
            self._executor.launch(works)
        except BaseException:
            # Whoever comes back to this object finds everything where it was.
            for work in reversed(works):
                self._waiting.appendleft(self._forget(work.id))
            raise
        finally:
            if refused:
                self._store.record(refused, self._clock.now())
        return len(works) + len(refused)

    def _prepare(self, works: list[Work], refused: list[Fact]) -> None:
        """Turn waiting claims into work, as much as may be under way."""
        while self._waiting and self._bytes <= MOST_BYTES:
            claim = self._waiting[0]
            try:
                works.append(self._work(claim))
            except Exception as error:  # noqa: BLE001 - see `refusal`
                failure = refusal(error, claim.execution, claim.path)
                refused.append(self._without_work(claim, AttemptPhase.FAILED, failure))
            self._waiting.popleft()

    def collect(self, timeout: float) -> int:
        """Report what the executor has to say, waiting up to `timeout` seconds for it."""
        events = self._executor.poll(timeout)
        if not events:
            return 0
        facts: list[Fact] = []
        for event in events:
            if isinstance(event, Started):
                claim, _ = self._under_way[event.id]
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
        flagged = self._store.flagged(self._owner)
        self._executor.abort([self._numbers[claim] for claim in flagged if claim in self._numbers])
        begun_never = [claim for claim in flagged if claim in self._waiting]
        for claim in begun_never:
            self._waiting.remove(claim)
        if begun_never:
            self._store.record(list(map(self._aborted, begun_never)), self._clock.now())

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
        record = join_record(inputs)
        return Work(
            self._number(claim, len(record)),
            claim.execution,
            claim.path,
            claim.attempt,
            task.name,
            task.loader,
            record,
            elements,
            over,
            task.policy.environment + environment,
            context.definitions.contract(task.name),
        )

    def _number(self, claim: Claim, size: int) -> int:
        """A number for a claim that goes to the executor with inputs of this size."""
        number = self._next
        self._next += 1
        self._under_way[number] = (claim, size)
        self._numbers[claim] = number
        self._bytes += size
        return number

    def _forget(self, number: int) -> Claim:
        """A work is no longer under way."""
        claim, size = self._under_way.pop(number)
        del self._numbers[claim]
        self._bytes -= size
        return claim

    def _ended(self, result: Result) -> AttemptEnded:
        claim = self._forget(result.id)
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

    def _aborted(self, claim: Claim) -> AttemptEnded:
        failure = Failure(ABORTED, "SYSTEM", "aborted before it began")
        return self._without_work(claim, AttemptPhase.ABORTED, failure)

    def _without_work(self, claim: Claim, phase: AttemptPhase, failure: Failure) -> AttemptEnded:
        """The end of an attempt that never reached the executor."""
        return AttemptEnded(
            claim.execution, claim.path, claim.attempt, self._owner, phase, failure=failure
        )


def _phase(failure: Failure | None) -> AttemptPhase:
    if failure is None:
        return AttemptPhase.SUCCEEDED
    return AttemptPhase.ABORTED if failure.code == ABORTED else AttemptPhase.FAILED
