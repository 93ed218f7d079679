"""Lookups: whether nodes have to run, from what is recovered and what is in the cache."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from typing import TYPE_CHECKING, NamedTuple

from volery.clock import Clock
from volery.data import offload
from volery.engine.definitions import MapDefinition
from volery.engine.model import (
    MISSING,
    Answer,
    Busy,
    Found,
    Lookup,
    Missing,
    Piece,
    Reuse,
    ScopeState,
)
from volery.ids import join, range_id, range_of, split
from volery.ir.bindings import Binding
from volery.ir.nodes import GateTarget
from volery.ir.policy import Caching
from volery.ir.values import join_record, split_record
from volery.services.caching import Recipe, elements_of, is_stored, key_of, recipe
from volery.services.context import Child, Context, Contexts
from volery.services.refusal import refusal
from volery.services.values import Pending, Values
from volery.store.base import CacheRecord, Store

if TYPE_CHECKING:
    from volery.services.recovery import Recovery

Answers = dict[Lookup, Answer | tuple[Piece, ...]]

RANGES = 16
"""Ranges of a map whose elements are looked up at a time: a list may be long."""


class _Scope(NamedTuple):
    """Where the nodes are that are asked about."""

    context: Context
    path: str
    state: ScopeState
    pending: Pending


class _Question(NamedTuple):
    """Whether a node, or one element of a map, has to run.

    `answer`: what is known already. Without one the cache knows, by key.
    """

    id: str
    answer: Answer | None
    key: str = ""
    caching: Caching = Caching()


class Lookups:
    """Answers what a planner wants to know about the nodes of one scope, a batch at a time."""

    def __init__(
        self,
        store: Store,
        contexts: Contexts,
        values: Values,
        recovery: Callable[[], Recovery],
        clock: Clock,
    ) -> None:
        """`recovery` is asked for only where an execution recovers another one."""
        self._store = store
        self._contexts = contexts
        self._values = values
        self._recovery = recovery
        self._clock = clock

    def answer(
        self,
        context: Context,
        path: str,
        state: ScopeState,
        wants: Sequence[Lookup],
        pending: Pending,
        *,
        reserved: Collection[str] = (),
    ) -> Answers:
        """Answer a batch.

        Args:
            context: of the scope.
            path: of the scope.
            state: what the scope has decided.
            wants: the nodes; in a map, the ranges.
            pending: outputs of children that succeed with the plan under way.
            reserved: keys that the plan under way reserves already.
        """
        scope = _Scope(context, path, state, pending)
        taken = set(reserved)
        if isinstance(context.definition, MapDefinition):
            return {
                want: pieces
                for at in range(0, len(wants), RANGES)
                for want, pieces in self._ranges(scope, wants[at : at + RANGES], taken)
            }
        self._fetch(scope, wants)
        nodes = [self._node(scope, want.id) for want in wants]
        known = self._known(scope, nodes, taken)
        return dict(zip(wants, map(known.answer, nodes), strict=True))

    def _ranges(
        self, scope: _Scope, wants: Sequence[Lookup], taken: set[str]
    ) -> Iterator[tuple[Lookup, tuple[Piece, ...]]]:
        asked = [list(self._range(scope, want.id)) for want in wants]
        known = self._known(scope, [each for questions in asked for each in questions], taken)
        for want, questions in zip(wants, asked, strict=True):
            yield want, tuple(_pieces([(each, known.answer(each)) for each in questions]))

    # -- questions ------------------------------------------------------------------------------

    def _fetch(self, scope: _Scope, wants: Iterable[Lookup]) -> None:
        """Read the outputs that the nodes use in one query."""
        context, path, state, pending = scope
        children = (self._contexts.child(context, path, state, want.id) for want in wants)
        bindings: list[Binding] = [
            bound.binding for child in children if child.node for bound in child.node.inputs
        ]
        self._values.fetch(context.execution.id, path, bindings, pending)

    def _node(self, scope: _Scope, id: str) -> _Question:
        context, path, state, pending = scope
        try:
            if context.execution.options.recovers:
                found = self._recovery().found(context, path, state, id, pending=pending)
                if found is not None:
                    return _Question(id, found)
            child = self._contexts.child(context, path, state, id)
            how = _recipe(context, child)
            if how is None and not _is_gate(child):
                return _Question(id, MISSING)
            inputs = self._values.inputs(context, path, state, id, child, pending=pending)
            if how is None:  # a gate whose value is there
                return _Question(id, MISSING)
            return _Question(id, None, key_of(how.parts(inputs)), how.caching)
        except Exception as error:  # noqa: BLE001 - see `refusal`
            return _Question(id, refusal(error, context.execution.id, join(path, id)))

    def _range(self, scope: _Scope, id: str) -> Iterator[_Question]:
        """One question for each element, or for neighbours that have one answer."""
        context, path, state, _ = scope
        how = _recipe(context, self._contexts.child(context, path, state, id))
        recovers = context.execution.options.recovers
        for piece, found in (
            self._recovery().pieces(context, path, id) if recovers else [(id, None)]
        ):
            if found is not None or how is None:
                yield _Question(piece, found or MISSING)
                continue
            try:
                yield from self._elements(scope, piece, how)
            except Exception as error:  # noqa: BLE001 - see `refusal`
                failure = refusal(error, context.execution.id, join(path, piece))
                yield _Question(piece, failure)
                return

    def _elements(self, scope: _Scope, id: str, how: Recipe) -> list[_Question]:
        context, path, state, _ = scope
        child = self._contexts.child(context, path, state, id)
        inputs = self._values.elements(context, path, id, child)
        over = (
            context.definition.target.over if isinstance(context.definition, MapDefinition) else ()
        )
        calls = elements_of(inputs, over) if ":" in id else [inputs]
        start, _ = range_of(id)
        return [
            _Question(range_id(index, index + 1), None, key_of(how.parts(given)), how.caching)
            for index, given in enumerate(calls, start)
        ]

    # -- answers --------------------------------------------------------------------------------

    def _known(self, scope: _Scope, questions: Sequence[_Question], reserved: set[str]) -> _Known:
        """What the cache has for some questions, read at once."""
        asked = [each for each in questions if each.answer is None]
        at = self._clock.now()
        entries = self._store.cached([each.key for each in asked], at) if asked else {}
        serial = [each.key for each in asked if each.caching.serialize]
        holders = self._store.reserved(serial) if serial else {}
        return _Known(scope, at, entries, holders, reserved)


class _Known(NamedTuple):
    """What the cache has.

    Attributes:
        entries: by key.
        holders: execution and path of who makes an entry, by key.
        reserved: keys that this very plan is going to fill.
    """

    scope: _Scope
    at: float
    entries: Mapping[str, CacheRecord]
    holders: Mapping[str, tuple[str, str]]
    reserved: set[str]

    def answer(self, question: _Question) -> Answer:
        """The answer to a question. Of equal ones that are serialized, the first has to run."""
        if question.answer is not None:
            return question.answer
        key, caching = question.key, question.caching
        found = self.entries.get(key)
        if found is not None and self._counts(found, caching):
            entry = found.entry
            return Found(entry.outputs, Reuse("cached", entry.execution, entry.path))
        if not caching.serialize:
            return MISSING
        own = (self.scope.context.execution.id, join(self.scope.path, question.id))
        if key in self.reserved or self.holders.get(key, own) != own:
            return Busy(key)
        self.reserved.add(key)
        return Missing(key)

    def _counts(self, record: CacheRecord, caching: Caching) -> bool:
        """Whether an entry is young enough, and all that it refers to is still stored."""
        young = caching.ttl is None or record.created + caching.ttl > self.at
        return young and is_stored(record.entry.outputs)


def _is_gate(child: Child) -> bool:
    return child.node is not None and isinstance(child.node.target, GateTarget)


def _recipe(context: Context, child: Child) -> Recipe | None:
    """How keys of a child are made; None: it is not looked up in the cache."""
    if context.execution.options.overwrite_cache or child.entity is None:
        return None
    if child.entity.kind != "task":
        return None
    return recipe(context.execution, child.definitions.tasks[child.entity.name], child.policy.cache)


# -- ranges of maps ----------------------------------------------------------------------------

_Answered = tuple[_Question, Answer]


def _pieces(answered: Sequence[_Answered]) -> Iterator[Piece]:
    """Neighbours with answers of one kind, put together."""
    for _, run in groupby(answered, key=_kind):
        alike = list(run)
        (first, answer), (last, _) = alike[0], alike[-1]
        if len(alike) == 1:
            yield Piece(first.id, answer)
            continue
        id = range_id(range_of(first.id)[0], range_of(last.id)[1])
        found = [each for _, each in alike if isinstance(each, Found)]
        yield Piece(id, _together(found) if found else answer)


def _kind(answered: _Answered) -> tuple[str, ...]:
    question, answer = answered
    match answer:
        case Found(_, Reuse("cached", execution, path)):
            return "found", execution, split(path)[0]
        case Missing(None):
            return ("missing",)
        case _:  # it stands for itself
            return "own", question.id


def _together(found: Sequence[Found]) -> Found:
    """The outputs of several elements as a record of arrays."""
    records = [split_record(each.outputs) for each in found]
    columns = {name: offload.pack([each[name] for each in records]) for name in records[0]}
    first = found[0].reuse
    scope, _ = split(first.path)
    return Found(join_record(columns), Reuse("cached", first.execution, scope))
