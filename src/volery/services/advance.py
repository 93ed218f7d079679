"""Advance: plans scopes that have news, and commits the plans."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterable
from functools import cached_property
from typing import TYPE_CHECKING, Any

import msgspec
from msgspec.structs import replace

from volery.clock import Clock
from volery.engine.graph import GraphIndex
from volery.engine.model import (
    Answer,
    AttemptEnded,
    Emitted,
    Fact,
    Found,
    Give,
    Launch,
    Lookup,
    Open,
    Piece,
    Plan,
    PolicyOf,
    ScopeState,
    Turn,
    Want,
)
from volery.engine.plan import plan
from volery.engine.scope import Scope
from volery.errors import VoleryError
from volery.ids import ROOT, child_execution_id, join, split
from volery.ir.bindings import Binding
from volery.ir.failure import Failure
from volery.ir.values import EMPTY, join_record
from volery.services.caching import Cache
from volery.services.context import Child, Context, Contexts
from volery.services.lookups import Lookups
from volery.services.refusal import refusal
from volery.services.starting import prepared, with_turn
from volery.services.values import Values
from volery.store.base import Commit, NewExecution, NewScope, Options, Store, Ticket

if TYPE_CHECKING:
    from volery.services.recovery import Recovery

KEPT = 500_000
"""Scopes and their children that stay in memory between looks; others are loaded again."""
BATCH = 256
BATCH_BYTES = 16 * 1024 * 1024
"""Most that one transaction takes in: plans, and bytes of what they create."""
EVERYTHING = -1
_DEEPER = frozenset({"dynamic", "eager"})


class Looked(msgspec.Struct, frozen=True):
    """What a tick came to.

    Attributes:
        ended: executions that are over.
        put_off: something was put off to a later time.
        stirred: what was decided may have given other scopes news, or there are more with news.
    """

    ended: set[str]
    put_off: bool
    stirred: bool


class _Look(msgspec.Struct):
    """A look at one scope.

    Attributes:
        pending: outputs of children that succeed with the plan, by id.
    """

    scope: Scope
    context: Context
    decided: Plan = msgspec.field(default_factory=Plan)
    known: dict[Want, Any] = {}
    pending: dict[str, bytes] = {}


class Foreseen(msgspec.Struct, frozen=True):
    """What follows, in one scope, from how attempts ended that nobody has been told of yet."""

    ends: list[AttemptEnded]
    look: _Look
    commit: Commit


class Advance:
    """Looks at dirty scopes.

    Several may work on one store. Whoever commits second for the same version has wasted its
    time and nothing else: the scope is still dirty for it if anything is left to do.
    """

    def __init__(
        self,
        store: Store,
        *,
        contexts: Contexts,
        values: Values,
        clock: Clock,
        owner: str,
        most_depth: int,
        executor_of: Callable[[str, str], str],
    ) -> None:
        """`most_depth`: dynamic and eager tasks may lie in each other so deep.

        `executor_of`: see `Placing.name_of`.
        """
        self._store = store
        self._contexts = contexts
        self._values = values
        self._cache = Cache(clock)
        self._lookups = Lookups(store, contexts, values, lambda: self._recovery, clock)
        self._clock = clock
        self._owner = owner
        self._most_depth = most_depth
        self._executor_of = executor_of
        self._scopes: OrderedDict[tuple[str, str], Scope] = OrderedDict()
        self._weight = 0

    def tick(self, root: str | None = None) -> Looked:
        """Plan what is dirty, in one family of executions or (None) in all that are ours."""
        tickets = self._store.dirty(self._owner, root, BATCH)
        ended: set[str] = set()
        put_off = False
        stirred = len(tickets) == BATCH
        looks: list[_Look] = []
        commits: list[Commit] = []
        size = 0
        for ticket in tickets:
            look, commit = self._resolve(self._look(ticket))
            looks.append(look)
            commits.append(commit)
            put_off = put_off or _puts_off(look, commit)
            stirred = stirred or commit.stirs
            size += _size(commit)
            if size > BATCH_BYTES:
                stirred |= not self._commit(looks, commits, ended)
                looks, commits, size = [], [], 0
        stirred |= not self._commit(looks, commits, ended)
        return Looked(ended, put_off, stirred)

    def foresee(self, facts: Iterable[Fact]) -> list[Foreseen]:
        """Plan the scopes in which nothing is open any more once these facts are recorded.

        Nobody else can have much to say about those. What is foreseen has to be carried in with its
        facts, by the store's `proceed`; a scope whose plan is not `carried` is loaded anew.
        """
        ends: dict[tuple[str, str], dict[str, AttemptEnded]] = {}
        for fact in facts:
            if isinstance(fact, AttemptEnded):
                path, id = split(fact.path)
                ends.setdefault((fact.execution, path), {})[id] = fact
        found = [self._foresee(key, of) for key, of in ends.items()]
        return [each for each in found if each is not None]

    def carried(self, foreseen: Iterable[Foreseen]) -> Looked:
        """What was foreseen has come about."""
        ended: set[str] = set()
        put_off = stirred = False
        for each in foreseen:
            self._carried(each.look, ended)
            put_off = put_off or _puts_off(each.look, each.commit)
            stirred = stirred or each.commit.stirs
        return Looked(ended, put_off, stirred)

    @cached_property
    def _recovery(self) -> Recovery:
        """Most executions recover no other one."""
        from volery.services.recovery import Recovery

        return Recovery(self._store, self._contexts, self._values)

    # -- looking --------------------------------------------------------------------------

    def _foresee(self, key: tuple[str, str], ends: dict[str, AttemptEnded]) -> Foreseen | None:
        """What follows in one scope; None: that is left to who looks when the facts are there."""
        scope = self._scopes.get(key)
        if scope is None or not scope.awaits(ends) or not all(map(_is_plain, ends.values())):
            return None
        self._forget(*key)
        scope.foresee(ends)
        outputs = {id: end.outputs for id, end in ends.items() if end.outputs is not None}
        look = _Look(scope, self._contexts.get(*key), pending=outputs)
        try:
            self._decide(look)
            return Foreseen(list(ends.values()), look, self._resolved(look))
        except Exception as error:  # noqa: BLE001 - see `refusal`
            refusal(error, *key)
            return None

    def _look(self, ticket: Ticket) -> _Look:
        scope = self._current(ticket.execution, ticket.path)
        look = _Look(scope, self._contexts.get(ticket.execution, ticket.path))
        try:
            self._decide(look)
        except Exception as error:  # noqa: BLE001 - see `refusal`
            return self._refuse(look, error)
        return look

    def _decide(self, look: _Look) -> None:
        now = self._clock.now()
        definition = look.context.definition
        decided = plan(look.scope, definition, now, look.known, look.decided)
        while wants := decided.wants:
            decided.wants = ()
            self._note_given(look)
            self._answer(look, wants)
            plan(look.scope, definition, now, look.known, decided)
        if decided.give:
            self._note_given(look)

    def _refuse(self, look: _Look, error: Exception, *, handled: bool = False) -> _Look:
        """A look at a scope that cannot go on: what the first one noted is not going to happen.

        `handled`: without its failure handler.
        """
        execution, path = look.scope.execution, look.scope.path
        failure = refusal(error, execution, path)
        scope = self._current(execution, path)
        state = scope.state
        # What the scope was refused for first is why it ends.
        first = state.refused or look.scope.state.refused or failure
        if handled:
            # A handler that runs already stops where its scope is refused for something else.
            scope.state = replace(state, refused=failure, handled=state.handled or first)
        else:
            scope.state = replace(state, refused=first)
        again = _Look(scope, look.context, Plan(state=scope.state))
        plan(scope, look.context.definition, self._clock.now(), {}, again.decided)
        return again

    def _current(self, execution: str, path: str) -> Scope:
        """A scope as it is: kept and brought up to date, or loaded if somebody else planned it."""
        scope = self._forget(execution, path)
        if scope is not None:
            row = self._store.load(execution, path, scope.wake_seq)
            if row.version == scope.version:
                scope.merge(row)
                return scope
        scope = Scope(execution, path)
        scope.merge(self._store.load(execution, path, EVERYTHING))
        return scope

    def _answer(self, look: _Look, wants: tuple[Want, ...]) -> None:
        """Fetch what a plan asks for."""
        bindings: list[Binding] = []
        lookups: list[Lookup] = []
        for want in wants:
            match want:
                case Lookup():
                    lookups.append(want)
                case Turn():
                    look.known[want] = self._store.its_turn(look.scope.execution)
                case Emitted(digest):
                    look.known[want] = self._emitted(look, digest)
                case PolicyOf(id):
                    look.known[want] = self._child(look, id).policy
                case _:
                    bindings.append(want)
        scope, context = look.scope, look.context
        if bindings:
            values = self._values.known(context, scope.path, tuple(bindings), look.pending)
            look.known |= values
        if lookups:
            reserved = {each.reserve for each in look.decided.launch if each.reserve}
            answers = self._lookups.answer(
                context, scope.path, scope.state, lookups, look.pending, reserved=reserved
            )
            look.known |= answers
            self._note_found(look, answers)

    def _emitted(self, look: _Look, digest: str) -> GraphIndex | Failure:
        """The graph that a dynamic task has emitted."""
        state = ScopeState(graph=digest)
        try:
            return self._contexts.graph(look.context, state)[1]
        except VoleryError as error:
            return refusal(error, look.scope.execution, look.scope.path)

    def _note_found(self, look: _Look, answers: dict[Lookup, Answer | tuple[Piece, ...]]) -> None:
        """Outputs that need not be made are there for the other wants of the same plan."""
        for want, answer in answers.items():
            pieces = answer if isinstance(answer, tuple) else (Piece(want.id, answer),)
            for piece in pieces:
                if isinstance(piece.answer, Found) and not piece.answer.graph:
                    look.pending[piece.id] = piece.answer.outputs

    def _note_given(self, look: _Look) -> None:
        for give in look.decided.give:
            if give.id not in look.pending:
                look.pending[give.id] = self._record(look, give)

    def _record(self, look: _Look, give: Give) -> bytes:
        if isinstance(give.outputs, bytes):
            return give.outputs
        return self._values.given(look.context, look.scope.path, give.outputs, look.pending)

    # -- committing -----------------------------------------------------------------------

    def _commit(self, looks: list[_Look], commits: list[Commit], ended: set[str]) -> bool:
        """Carry plans in; adds to `ended` the executions that they brought to their end.

        False when others were faster with one of them.
        """
        if not commits:
            return True
        carried = self._store.commit(commits, self._clock.now())
        for look, done in zip(looks, carried, strict=True):
            if done:
                self._carried(look, ended)
        return all(carried)

    def _carried(self, look: _Look, ended: set[str]) -> None:
        scope = look.scope
        for id, record in look.pending.items():
            self._values.keep(scope.execution, join(scope.path, id), record)
        if look.decided.finish is not None:
            self._contexts.drop(scope.execution, scope.path)
            if scope.path == ROOT:
                ended.add(scope.execution)
            return
        scope.version += 1
        self._scopes[scope.execution, scope.path] = scope
        self._weight += scope.weight
        while self._weight > KEPT:
            _, old = self._scopes.popitem(last=False)
            self._weight -= old.weight

    def _forget(self, execution: str, path: str) -> Scope | None:
        scope = self._scopes.pop((execution, path), None)
        if scope is not None:
            self._weight -= scope.weight
        return scope

    # -- turning bindings into values -----------------------------------------------------

    def _resolve(self, look: _Look) -> tuple[_Look, Commit]:
        """A plan with its bindings turned into values; another plan where that cannot be done."""
        try:
            return look, self._resolved(look)
        except Exception as error:  # noqa: BLE001 - see `refusal`
            again = self._refuse(look, error)
        try:
            return again, self._resolved(again)
        except Exception as error:  # noqa: BLE001 - the failure handler cannot be had either
            last = self._refuse(again, error, handled=True)
            return last, self._resolved(last)

    def _resolved(self, look: _Look) -> Commit:
        scope, decided = look.scope, look.decided
        finish = decided.finish
        outputs: bytes | None = None
        if finish is not None:
            outputs = self._values.finished(
                look.context, scope.path, scope.state, finish, look.pending
            )
        scopes: list[NewScope] = []
        executions: list[NewExecution] = []
        for child in decided.open:
            inputs, state = self._open(look, child)
            if child.kind == "launch_plan":
                executions.append(self._start(look, child, inputs, state))
            else:
                scopes.append(NewScope(child.id, inputs, state))
        return Commit(
            execution=scope.execution,
            path=scope.path,
            version=scope.version,
            planned_seq=scope.wake_seq,
            create=decided.create,
            move=decided.move,
            launch=self._launches(decided.launch, look.context.execution.options),
            scopes=scopes,
            executions=executions,
            abort=decided.abort,
            state=decided.state,
            finish_phase=None if finish is None else finish.phase,
            finish_outputs=outputs,
            finish_failure=None if finish is None else finish.failure,
            give=[(give.id, look.pending[give.id], give.reuse) for give in decided.give],
            wait=[wait.key for wait in decided.wait] if decided.wait else (),
            release=decided.release,
            finish_cache=(
                () if outputs is None else self._cache.ended(look.context, scope.path, outputs)
            ),
            wake_at=decided.wake_at,
        )

    def _launches(self, launches: list[Launch], options: Options) -> list[Launch]:
        """Launches, with what their execution says where they say nothing themselves.

        Raises:
            ConfigError: there is no executor of a name that is wanted.
        """
        if options.priority:
            launches = [_prioritized(each, options.priority) for each in launches]
        if options.executor or any(each.executor for each in launches):
            launches = [self._placed(each, options.executor) for each in launches]
        return launches

    def _placed(self, launch: Launch, executor: str) -> Launch:
        wanted = launch.executor or ""
        if not (wanted or executor):
            return launch
        return replace(launch, executor=self._executor_of(wanted, executor))

    def _child(self, look: _Look, id: str) -> Child:
        scope = look.scope
        return self._contexts.child(look.context, scope.path, scope.state, id)

    def _open(self, look: _Look, child: Open) -> tuple[bytes, ScopeState]:
        """The inputs and first state of a child scope; refused where the inputs cannot be made."""
        scope, context = look.scope, look.context
        path = join(scope.path, child.id)
        try:
            if child.kind in _DEEPER and context.depth >= self._most_depth:
                failure = _too_deep(scope.execution, path, self._most_depth)
                return EMPTY, ScopeState(refused=failure)
            found = self._child(look, child.id)
            inputs = self._values.inputs(
                context, scope.path, scope.state, child.id, found, pending=look.pending
            )
            depth = context.depth if child.kind == "launch_plan" else 0
            state = ScopeState(deadline=child.deadline, recovers=scope.state.recovers, depth=depth)
            return join_record(inputs), state
        except Exception as error:  # noqa: BLE001 - see `refusal`
            return EMPTY, ScopeState(refused=refusal(error, scope.execution, path))

    def _start(self, look: _Look, child: Open, inputs: bytes, state: ScopeState) -> NewExecution:
        """The execution that a launch plan node starts. Its id is the same on every try."""
        scope, above = look.scope, look.context.execution
        path = join(scope.path, child.id)
        found = self._child(look, child.id)
        recovers = self._recovery.child(look.context, path) if state.recovers else ""
        new = NewExecution(
            id=child_execution_id(scope.execution, path),
            project=above.project,
            domain=above.domain,
            entity=found.started,
            bundle=found.bundle,
            inputs=inputs,
            root=above.root,
            parent=(scope.execution, path),
            labels=above.labels,
            annotations=above.annotations,
            version=above.version,
            state=state,
            options=replace(above.options, recovers=recovers),
        )
        new = prepared(found.definitions, new, None, self._clock.now())
        return with_turn(new, self._store)


def _is_plain(end: AttemptEnded) -> bool:
    """Whether an attempt leaves nothing with the store that a plan might ask for."""
    return end.graph is None and not end.cache


def _too_deep(execution: str, path: str, most: int) -> Failure:
    message = (
        f"dynamic and eager tasks lie in each other more than {most} deep: does this one ever end?"
        "\n  hint: allow more with the setting dynamic_depth (VOLERY_DYNAMIC_DEPTH)"
    )
    return Failure("TooDeep", "USER", message, path=path, execution=execution, retryable=False)


def _prioritized(launch: Launch, priority: int) -> Launch:
    return replace(launch, priority=priority) if launch.priority is None else launch


def _puts_off(look: _Look, commit: Commit) -> bool:
    """Whether something is going to happen because of the time, or of others that end."""
    return (
        commit.wake_at is not None
        or look.context.execution.max_parallelism is not None
        or bool(commit.executions)
        or any(map(_is_timed, commit.launch))
    )


def _is_timed(launch: Launch) -> bool:
    return bool(launch.due) or launch.deadline is not None or launch.until is not None


def _size(commit: Commit) -> int:
    """About how many bytes a commit takes in."""
    size = len(commit.finish_outputs or b"")
    for scope in commit.scopes:
        size += len(scope.inputs)
    for new in commit.executions:
        size += len(new.inputs)
    for _, record, _ in commit.give:
        size += len(record)
    return size
