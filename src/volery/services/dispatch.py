"""Dispatch: takes attempts out of the outbox, has them carried out, and reports how they ended."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Callable, Sequence

import msgspec

from volery.clock import Clock
from volery.engine.definitions import MapDefinition
from volery.engine.model import (
    AttemptEnded,
    AttemptPhase,
    AttemptStarted,
    CacheEntry,
    Fact,
)
from volery.executors.base import Event, Executor, Printed, Started
from volery.executors.placing import Placing
from volery.ids import digest, range_of, split
from volery.ir.bindings import Binding
from volery.ir.failure import ABORTED, TIMED_OUT, Failure
from volery.ir.placement import Placement, is_shared
from volery.ir.policy import Limits
from volery.ir.secret import SecretValue
from volery.ir.specs import TaskSpec
from volery.ir.values import Raw, join_record
from volery.ir.work import Call, Place, Result, Work
from volery.services.caching import Cache, Inputs
from volery.services.calls import Calls
from volery.services.context import Child, Context, Contexts
from volery.services.provisions import Provisions, Unprovided
from volery.services.refusal import refusal
from volery.services.values import Values
from volery.store.base import Claim, Room, Stop, Store
from volery.wire.logs import LogRecord

BATCH = 512
MOST_BYTES = 32 * 1024 * 1024
"""Inputs under way at a time, beyond the first work: large ones must not fill the memory."""

OnPrint = Callable[[Claim, Sequence[LogRecord]], None]
"""Told what attempts print; without lines: the attempt has printed some before, and is over."""


class Job(msgspec.Struct, frozen=True):
    """A work under way. `inputs` are kept where its outputs go into the cache."""

    claim: Claim
    size: int
    context: Context
    child: Child
    inputs: dict[str, bytes | Raw] | None


class Dispatch:
    """Stands between the outbox and an executor."""

    def __init__(
        self,
        store: Store,
        executor: Executor,
        *,
        placing: Placing,
        contexts: Contexts,
        values: Values,
        clock: Clock,
        owner: str,
        on_print: OnPrint,
        most_nodes: int,
        provisions: Provisions,
    ) -> None:
        """`placing`: what stands behind the executor.

        `most_nodes`: so many may be in a graph that a dynamic task emits.
        """
        self._store = store
        self._executor = executor
        self._placing = placing
        self._contexts = contexts
        self._values = values
        self._cache = Cache(clock)
        self._clock = clock
        self._owner = owner
        self._on_print = on_print
        self._most_nodes = most_nodes
        self._provisions = provisions
        self._printing: set[int] = set()
        """Works that have printed something."""
        self._calls = Calls(store, executor, contexts, owner)
        self._waiting: deque[Claim] = deque()
        self._under_way: dict[int, Job] = {}
        self._numbers: dict[Claim, int] = {}
        self._stopping: dict[Claim, Stop] = {}
        self._resting = False
        self._bytes: Counter[str] = Counter()
        self._next = 1

    @property
    def busy(self) -> bool:
        """Whether anything is under way that can end by itself."""
        return len(self._under_way) > self._calls.waiting

    @property
    def tied(self) -> bool:
        """The same, of what would end together with this process."""
        jobs = self._under_way.values()
        tied = sum(
            not self._placing.lasts_on(job.claim.executor) or _is_shared(job.child) for job in jobs
        )
        return tied > self._calls.waiting

    def lasts(self, claim: Claim) -> bool:
        """Whether an attempt goes on without the process that has begun it."""
        if not self._placing.lasts_on(claim.executor):
            return False
        try:
            return not _is_shared(self._contexts.child_at(claim.execution, claim.path))
        except Exception:  # noqa: BLE001 - whoever begins it again tells what is wrong
            return True

    def rooms(self) -> list[Room]:
        """How many more attempts may be claimed."""
        if self._resting:
            return []
        default = self._placing.default
        rooms = self._placing.rooms()
        if self._waiting:
            waiting = Counter(claim.executor for claim in self._waiting)
            rooms = {name: max(0, room - waiting[name]) for name, room in rooms.items()}
        return [
            Room(name, min(room, BATCH), name == default) for name, room in rooms.items() if room
        ]

    def rest(self) -> None:
        """From now on no more attempts are claimed."""
        self._resting = True

    def go_on(self) -> None:
        """Attempts are claimed again."""
        self._resting = False

    @property
    def waits(self) -> bool:
        """Whether claimed attempts wait, as there is too much under way."""
        return bool(self._waiting)

    def launch(self, root: str | None = None) -> int:
        """Hand work to the executor, as much as it has room for; returns how much."""
        rooms = self.rooms()
        claims = self._store.claim(self._owner, root, rooms, self._clock.now()) if rooms else []
        return self.begin(claims)

    def begin(self, claims: Sequence[Claim]) -> int:
        """Hand claimed attempts to the executor, after those that wait; returns how many."""
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
                self._waiting.appendleft(self._forget(work.id).claim)
            raise
        finally:
            if refused:
                self._store.record(refused, self._clock.now())
        return len(works) + len(refused)

    def _prepare(self, works: list[Work], refused: list[Fact]) -> None:
        """Turn waiting claims into work, as much as may be under way on each executor."""
        waiting: deque[Claim] = deque()
        try:
            while self._waiting:
                claim = self._waiting[0]
                if self._bytes[claim.executor] > MOST_BYTES:
                    waiting.append(claim)
                else:
                    self._turn(claim, works, refused)
                self._waiting.popleft()
        finally:
            self._waiting.extendleft(reversed(waiting))

    def _turn(self, claim: Claim, works: list[Work], refused: list[Fact]) -> None:
        """Turn a claim into work, or into the reason why it cannot be done."""
        try:
            works.append(self._work(claim))
        except Unprovided as error:
            refused.append(self._without_work(claim, error.failure))
        except Exception as error:  # noqa: BLE001 - see `refusal`
            failure = refusal(error, claim.execution, claim.path)
            refused.append(self._without_work(claim, failure))

    def hear(self, timeout: float) -> list[Fact]:
        """What the executor has to say, waiting up to `timeout` seconds for it."""
        if self._calls.waiting:
            self._calls.answer()
        news = self._store.news if timeout else None
        events = self._executor.poll(timeout, news)
        return [fact for event in events if (fact := self._fact(event)) is not None]

    def stop(self) -> None:
        """Pass on to the executor what has to be stopped. Without work under way: nothing."""
        if not self._under_way and not self._waiting:
            return
        flagged = dict(self._store.flagged(self._owner))
        self._stopping.update(flagged)
        self._executor.abort([self._numbers[claim] for claim in flagged if claim in self._numbers])
        never_begun = [claim for claim in self._waiting if claim in flagged]
        for claim in never_begun:
            self._waiting.remove(claim)
        if never_begun:
            failure = Failure(ABORTED, "SYSTEM", "aborted before it began")
            facts = [self._stopped(claim, failure) for claim in never_begun]
            self._store.record(facts, self._clock.now())

    # -- from claims to works -------------------------------------------------------------

    def _fetch(self, claims: Sequence[Claim]) -> None:
        """Read everything that the claimed attempts refer to in few queries."""
        wanted: dict[tuple[str, str], list[Binding]] = {}
        for claim in claims:
            node = self._contexts.child_at(claim.execution, claim.path).node
            if node is not None:
                scope, _ = split(claim.path)
                wanted.setdefault((claim.execution, scope), []).extend(
                    bound.binding for bound in node.inputs
                )
        for (execution, scope), bindings in wanted.items():
            self._values.fetch(execution, scope, bindings)

    def _work(self, claim: Claim) -> Work:
        scope, id = split(claim.path)
        context = self._contexts.get(claim.execution, scope)
        state = self._contexts.state(claim.execution, scope, id)
        child = self._contexts.child(context, scope, state, id)
        inputs = self._values.inputs(context, scope, state, id, child)
        task = child.definitions.tasks[child.started.name]
        elements, over = _part(context, id)
        record = join_record(inputs)
        policy = child.policy
        # What a dynamic or eager task gives is known to others when its scope ends.
        kept = inputs if policy.cache is not None and not task.mode else None
        about = self._placing.about(claim.executor)
        place = self._place(claim, context, child, task) if about.away else None
        code = "" if about.away else self._provisions.code(context.execution)
        secrets: tuple[SecretValue, ...] = ()
        if task.secrets:
            given = self._provisions.names if about.brings_secrets else self._provisions.secrets
            secrets = given(task.secrets)
        number = self._number(Job(claim, len(record), context, child, kept))
        return Work(
            number,
            claim.execution,
            claim.path,
            claim.attempt,
            task.name,
            task.loader,
            record,
            elements,
            over,
            policy.environment,
            child.definitions.contract(task.name),
            task.mode,
            policy.limits and policy.limits.running,
            policy.requests,
            context.execution.options.recovers,
            self._most_nodes,
            code,
            secrets,
            claim.executor,
            place,
        )

    def _place(self, claim: Claim, context: Context, child: Child, task: TaskSpec) -> Place:
        """What an attempt needs to know that is carried out away from here."""
        placement = child.policy.placement or Placement()
        execution = context.execution
        return Place(
            execution.project,
            execution.domain,
            task.interface,
            self._provisions.package(execution, task, placement),
            digest(f"{claim.execution}/{claim.path}".encode()),
            placement,
            child.policy.caps,
            task.command,
            self._store.crashes(claim) if placement.interruptible else 0,
            self._expires(claim, child.policy.limits or Limits()),
        )

    def _expires(self, claim: Claim, limits: Limits) -> float:
        """When it is of no more use to begin an attempt; 0: it always is."""
        if limits.queued is None and limits.total is None:
            return 0.0
        found = self._store.attempt(claim)
        times = (found.deadline, found.until) if found is not None else ()
        return min((each for each in times if each is not None), default=0.0)

    def _number(self, job: Job) -> int:
        """A number for a job that goes to the executor."""
        number = self._next
        self._next += 1
        self._under_way[number] = job
        self._numbers[job.claim] = number
        self._bytes[job.claim.executor] += job.size
        return number

    def _forget(self, number: int) -> Job:
        """A work is no longer under way."""
        job = self._under_way.pop(number)
        # A claim that was lost with its database, and taken again, has another number by now.
        if self._numbers.get(job.claim) == number:
            del self._numbers[job.claim]
        self._bytes[job.claim.executor] -= job.size
        return job

    # -- from events to facts -------------------------------------------------------------

    def _fact(self, event: Event) -> Fact | None:
        match event:
            case Result():
                return self._ended(event)
            case Started(number, at):
                return AttemptStarted(*_key(self._under_way[number].claim), at)
            case Printed(number, records):
                self._printing.add(number)
                self._on_print(self._under_way[number].claim, records)
                return None
            case Call():
                return self._calls.made(self._under_way[event.work].claim, event)

    def _ended(self, result: Result) -> AttemptEnded:
        job = self._forget(result.id)
        claim = job.claim
        self._calls.over(result.id)
        if result.id in self._printing:
            self._printing.discard(result.id)
            self._on_print(claim, ())
        if result.failure is not None and _is_stopped(result.failure):
            return self._stopped(claim, result.failure, result.started, result.ended)
        return AttemptEnded(
            *_key(claim),
            self._owner,
            AttemptPhase.FAILED if result.failure else AttemptPhase.SUCCEEDED,
            result.outputs,
            result.failure,
            result.elements,
            result.started,
            result.ended,
            result.graph,
            () if job.inputs is None else self._made(job, job.inputs, result),
            result.returned or None,
        )

    def _made(self, job: Job, inputs: Inputs, result: Result) -> tuple[CacheEntry, ...]:
        """What an attempt leaves in the cache."""
        return self._cache.made(job.context, job.claim.path, job.child, inputs, result)

    def _stopped(
        self,
        claim: Claim,
        failure: Failure,
        started: float | None = None,
        ended: float | None = None,
    ) -> AttemptEnded:
        """The end of an attempt that had to be stopped."""
        phase = AttemptPhase.ABORTED
        if self._stopping.pop(claim, "abort") == "timeout":
            phase = AttemptPhase.FAILED
            failure = Failure(TIMED_OUT, "USER", self._overrun(claim), retryable=False)
        return AttemptEnded(*_key(claim), self._owner, phase, None, failure, (), started, ended)

    def _overrun(self, claim: Claim) -> str:
        """Which of its time limits an attempt has reached."""
        limits = self._contexts.child_at(claim.execution, claim.path).policy.limits or Limits()
        told = {
            "it did not begin within queued": limits.queued,
            "it took longer than total": limits.total,
        }
        reached = [f"{what}={limit:g} s" for what, limit in told.items() if limit is not None]
        return ", or ".join(reached) or "it took longer than its time limits allow"

    def _without_work(self, claim: Claim, failure: Failure) -> AttemptEnded:
        """The end of an attempt that never reached the executor."""
        return AttemptEnded(*_key(claim), self._owner, AttemptPhase.FAILED, failure=failure)


def _key(claim: Claim) -> tuple[str, str, int]:
    return claim.execution, claim.path, claim.attempt


def _is_stopped(failure: Failure) -> bool:
    """Whether an executor says that it has stopped a work; users have classes of that name too."""
    return failure.code == ABORTED and failure.kind == "SYSTEM"


def _is_shared(child: Child) -> bool:
    """Whether the container of an attempt is not its own."""
    task = child.definitions.tasks[child.started.name]
    return is_shared(child.policy.placement or Placement(), task.command)


def _part(context: Context, id: str) -> tuple[int | None, tuple[str, ...]]:
    """For a range of a map: how many elements it has, and the inputs that hold them."""
    if ":" not in id or not isinstance(context.definition, MapDefinition):
        return None, ()
    start, end = range_of(id)
    return end - start, context.definition.target.over
