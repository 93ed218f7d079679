"""The store in memory: for plain calls, whose record ends with the process.

One thread at a time. What a verb would refuse, it refuses before it changes anything.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from itertools import islice
from operator import attrgetter

from volery.engine.model import AttemptEnded, Fact, Phase, ScopeRow, ScopeState
from volery.engine.times import earliest
from volery.errors import NotFound
from volery.ids import ROOT, join, range_of, split
from volery.store import journal, memory_outbox, memory_time
from volery.store.base import (
    AttemptRecord,
    CacheRecord,
    CallRecord,
    Claim,
    Commit,
    Created,
    ExecutionRecord,
    Line,
    NewExecution,
    NodeRecord,
    OwnerRecord,
    Room,
    Signalled,
    Stop,
    Ticket,
)
from volery.store.memory_commit import Change
from volery.store.memory_report import Report
from volery.store.memory_rows import Attempt, Execution, Family, Node, Owner, Scope
from volery.store.memory_tables import Tables
from volery.store.moves import IllegalMove, check_report, first_element, no_scope
from volery.store.rooms import concerned, launched


class MemoryStore:
    """See `Store`."""

    news = None

    def __init__(self) -> None:
        self._tables = Tables()

    def heard(self) -> None:
        pass

    # -- bundles --------------------------------------------------------------------------

    def put_bundle(self, digest: str, data: bytes) -> None:
        self._tables.bundles.setdefault(digest, data)

    def bundle(self, digest: str) -> bytes:
        if digest not in self._tables.bundles:
            raise NotFound(f"there is no bundle {digest}")
        return self._tables.bundles[digest]

    # -- owners ---------------------------------------------------------------------------

    def enlist(self, owner: str, pool: str, expires: float) -> None:
        if owner in self._tables.owners:
            raise IllegalMove(f"there was an owner {owner} already")
        self._tables.owners[owner] = Owner(owner, pool, expires)

    def renew(self, owner: str, expires: float) -> bool:
        if self._tables.is_gone(owner):
            return False
        self._tables.owners[owner].expires = expires
        return True

    def revive(self, owner: str, expires: float) -> bool:
        found = self._tables.owners.get(owner)
        if found is None or not found.gone or self._tables.has_something(owner):
            return False
        found.gone, found.expires = False, expires
        return True

    def retire(self, owner: str) -> None:
        if not self._tables.is_gone(owner):
            self._tables.part(self._tables.owners[owner])

    def bury(self, at: float) -> list[str]:
        expired = [each for each in self._living() if each.expires <= at]
        for owner in expired:
            self._tables.part(owner)
        return [owner.id for owner in expired]

    def owners(self) -> list[OwnerRecord]:
        return sorted((each.record() for each in self._living()), key=attrgetter("id"))

    def owner(self, owner: str) -> OwnerRecord | None:
        found = self._tables.owners.get(owner)
        return None if found is None else found.record()

    def take(self, execution: str, old: str | None, new: str | None) -> bool:
        found = self._tables.executions.get(execution)
        if found is None or found.family.owner != old:
            return False
        found.family.owner = new
        if new is None:
            self._tables.forsake(found.family)
        return True

    def adopt(self, owner: str, limit: int) -> list[str]:
        orphans = self._of_pool(owner, gone=True)
        executions = self._tables.executions
        running = (each for each in orphans if not executions[each.root].phase.terminal)
        adopted = list(islice(running, limit))
        for family in adopted:
            family.owner = owner
        return [family.root for family in adopted]

    def lost(self, owner: str, root: str | None, limit: int) -> list[tuple[Claim, str]]:
        held = self._held(owner, root)
        lost = ((each, holder) for each, holder in held if self._tables.is_gone(holder))
        running = ((a, b) for a, b in lost if a.node.phase is Phase.RUNNING)
        return [(each.claim(), holder) for each, holder in islice(running, limit)]

    def inherit(self, lost: Sequence[tuple[Claim, str]], owner: str, at: float) -> list[Claim]:
        taken: list[Claim] = []
        for claim, old in lost:
            attempt = self._attempt(claim)
            if attempt is None or not attempt.open or attempt.owner != old:
                continue
            if self._tables.is_gone(owner) or not self._tables.is_gone(old):
                continue
            attempt.owner = owner
            taken.append(claim)
            family = attempt.node.scope.execution.family
            self._tables.write(family, at, journal.taken_over(claim, owner))
        return taken

    # -- executions -----------------------------------------------------------------------

    def create(self, new: NewExecution, at: float) -> Created:
        return self._tables.create(new, at)

    def execution(self, execution: str) -> ExecutionRecord | None:
        found = self._tables.executions.get(execution)
        return None if found is None else found.record()

    def executions(
        self,
        *,
        limit: int,
        before: str | None = None,
        phases: Sequence[Phase] = (),
        owner: str | None = None,
    ) -> list[ExecutionRecord]:
        newest_first = reversed(self._tables.executions.values())
        if before is not None:
            for execution in newest_first:
                if execution.new.id == before:
                    break
        wanted = (
            each
            for each in newest_first
            if (not phases or each.phase in phases) and (owner is None or _is_root(each, owner))
        )
        return [each.record() for each in islice(wanted, limit)]

    def abort(self, execution: str, reason: str, at: float) -> bool:
        found = self._tables.executions.get(execution)
        if found is None or found.phase.terminal:
            return False
        self._tables.ask(found, reason, at)
        return True

    def its_turn(self, execution: str) -> bool:
        found = self._tables.executions.get(execution)
        if found is None or found.new.queue is None:
            return True
        queue = found.new.queue
        older = [each for each in self._tables.queues[queue.name] if each.serial < found.serial]
        return len(older) < queue.most

    # -- planning -------------------------------------------------------------------------

    def wake(self, owner: str, root: str | None, at: float) -> float | None:
        families = self._tables.driven_by(owner, root)
        times = [memory_time.wake(family, at) for family in families]
        return earliest(times)

    def time_out(self, owner: str, root: str | None, at: float) -> int:
        families = self._tables.driven_by(owner, root)
        return sum(memory_time.time_out(self._tables, family, at) for family in families)

    def dirty(self, owner: str, root: str | None, limit: int) -> list[Ticket]:
        tickets: list[Ticket] = []
        for family in self._tables.driven_by(owner, root):
            scopes = islice(family.dirty, limit - len(tickets))
            tickets += [Ticket(scope.execution.new.id, scope.path) for scope in scopes]
        return tickets

    def load(self, execution: str, path: str, since: int) -> ScopeRow:
        scope = self._scope(execution, path)
        changed = scope.children.values() if since < 0 else scope.changed_after(since)
        return ScopeRow(
            execution,
            path,
            scope.phase,
            scope.version,
            scope.wake_seq,
            scope.planned_seq,
            scope.state,
            scope.abort,
            [node.state() for node in changed],
            scope.aborts,
            scope.called_after(since) if scope.calls else [],
        )

    def commit(self, commits: Sequence[Commit], at: float) -> list[bool]:
        changes = [self._change(commit, at) for commit in commits]
        for change in changes:
            if change is not None and change.fits:
                change.check()
        carried: list[bool] = []
        for change in changes:
            fits = change is not None and change.fits
            if change is not None and fits:
                change.carry()
            carried.append(fits)
        return carried

    def proceed(
        self,
        facts: Sequence[AttemptEnded],
        commits: Sequence[Commit],
        owner: str,
        rooms: Sequence[Room],
        at: float,
    ) -> list[Claim] | None:
        for fact in facts:
            check_report(fact)
        report = Report(self._tables, at)
        ended = [(attempt, fact) for fact in facts if (attempt := report.attempt(fact))]
        found = (self._change(commit, at) for commit in commits)
        changes = [each for each in found if each is not None and each.is_ahead(owner)]
        if len(ended) < len(facts) or len(changes) < len(commits):
            return None
        for change in changes:
            change.check({attempt: fact.phase for attempt, fact in ended})
        said = {each.execution: self._said(each.execution) for each in commits}
        families = self._of_pool(owner, gone=False)
        wanted = concerned(rooms, launched(commits, said))
        waiting = memory_outbox.waiting(families)
        for attempt, fact in ended:
            report.end(attempt, fact)
        for change in changes:
            change.carry_ahead()
        free = [room for room in wanted if waiting.isdisjoint(room.takes)]
        return memory_outbox.claim(families, owner, free, at)

    def scope_inputs(self, execution: str, path: str) -> bytes:
        return self._scope(execution, path).inputs

    def scope_state(self, execution: str, path: str) -> ScopeState:
        return self._scope(execution, path).state

    def outputs(self, execution: str, paths: Iterable[str]) -> dict[str, bytes]:
        found = self._tables.executions.get(execution)
        if found is None:
            return {}
        records = ((path, self._outputs(found, path)) for path in paths)
        return {path: record for path, record in records if record is not None}

    def children_outputs(
        self, execution: str, path: str, after: str, limit: int
    ) -> list[tuple[str, bytes]]:
        scope = self._find(execution, path)
        if scope is None:
            return []
        last = (range_of(after)[0], join(path, after)) if after else (-1, "")
        placed = ((first_element(id), node) for id, node in scope.children.items())
        elements = ((first, node.path) for first, node in placed if first is not None)
        rest = sorted(each for each in elements if each > last)
        records = ((each, self._outputs(scope.execution, each)) for _, each in rest)
        there = ((split(each)[1], record) for each, record in records if record is not None)
        return list(islice(there, limit))

    # -- attempts -------------------------------------------------------------------------

    def claim(self, owner: str, root: str | None, rooms: Sequence[Room], at: float) -> list[Claim]:
        if self._tables.is_gone(owner):
            return []
        if root is None:
            families = self._of_pool(owner, gone=False)
        else:
            families = self._tables.driven_by(owner, root)
        return memory_outbox.claim(families, owner, rooms, at)

    def record(self, facts: Sequence[Fact], at: float) -> int:
        for fact in facts:
            check_report(fact)
        return Report(self._tables, at).carry(facts)

    def flagged(self, owner: str) -> list[tuple[Claim, Stop]]:
        return [
            (attempt.claim(), attempt.stop)
            for attempt in self._tables.flagged
            if attempt.owner == owner and attempt.stop is not None
        ]

    def attempt(self, claim: Claim) -> AttemptRecord | None:
        attempt = self._attempt(claim)
        return None if attempt is None else attempt.record()

    def crashes(self, claim: Claim) -> int:
        attempt = self._attempt(claim)
        return 0 if attempt is None else attempt.node.system_failures

    def held(self, owner: str, root: str | None) -> list[tuple[Claim, str]]:
        return [(attempt.claim(), holder) for attempt, holder in self._held(owner, root)]

    # -- gates and calls ------------------------------------------------------------------

    def signal(self, execution: str, path: str, value: bytes, at: float) -> Signalled:
        found = self._tables.executions.get(execution)
        node = found and found.nodes.get(path)
        if found is None or node is None:
            return "not waiting"
        if node.signal is not None:
            return "already"
        if node.kind != "gate" or node.phase.terminal:
            return "not waiting"
        node.signal = value
        node.changed(node.scope.wake())
        self._tables.write(found.family, at, journal.signalled(execution, path))
        return "taken"

    def call(self, execution: str, path: str) -> CallRecord | None:
        found = self._tables.executions.get(execution)
        return found and found.calls.get(path)

    def ended(self, execution: str, paths: Sequence[str]) -> dict[str, NodeRecord]:
        found = self._tables.executions.get(execution)
        nodes = (found.nodes.get(path) for path in paths) if found else ()
        return {
            node.path: node.record() for node in nodes if node is not None and node.phase.terminal
        }

    # -- cache ----------------------------------------------------------------------------

    def cached(self, keys: Sequence[str], at: float) -> dict[str, CacheRecord]:
        found = {key: self._tables.cache[key] for key in keys if key in self._tables.cache}
        return {
            key: record
            for key, record in found.items()
            if record.entry.expires is None or record.entry.expires > at
        }

    def reserved(self, keys: Sequence[str]) -> dict[str, tuple[str, str]]:
        holders = ((key, self._tables.holder(key)) for key in keys)
        return {
            key: (node.scope.execution.new.id, node.path)
            for key, node in holders
            if node is not None
        }

    def nearest(self, task: str, limit: int) -> list[CacheRecord]:
        of_task = [each for each in self._tables.cache.values() if each.entry.task == task]
        return sorted(of_task, key=_newest_first)[:limit]

    def clear_cache(self, task: str | None = None) -> int:
        cache = self._tables.cache
        keys = [key for key, each in cache.items() if task is None or each.entry.task == task]
        for key in keys:
            del cache[key]
        return len(keys)

    # -- reading --------------------------------------------------------------------------

    def nodes(self, execution: str) -> list[NodeRecord]:
        return [node.record() for node in self._by_path(execution)]

    def attempts(self, execution: str) -> list[AttemptRecord]:
        return [attempt.record() for node in self._by_path(execution) for attempt in node.attempts]

    def journal(self, root: str, after: int, limit: int) -> list[Line]:
        family = self._tables.families.get(root)
        if family is None:
            return []
        first = bisect_right(family.lines, after, key=attrgetter("seq"))
        return family.lines[first : first + limit]

    def close(self) -> None:
        pass

    # -- parts of verbs -------------------------------------------------------------------

    def _living(self) -> list[Owner]:
        return [each for each in self._tables.owners.values() if not each.gone]

    def _of_pool(self, owner: str, *, gone: bool) -> list[Family]:
        """Families that owners of the same pool drive, who are gone or not; none for a gone one."""
        owners = self._tables.owners
        if self._tables.is_gone(owner):
            return []
        pool = owners[owner].pool
        mates = {each.id for each in owners.values() if each.pool == pool and each.gone is gone}
        return [each for each in self._tables.families.values() if each.owner in mates]

    def _held(self, owner: str, root: str | None) -> list[tuple[Attempt, str]]:
        families = set(self._tables.driven_by(owner, root))
        return [
            (attempt, attempt.owner)
            for execution in self._tables.executions.values()
            if execution.family in families
            for node in execution.nodes.values()
            for attempt in node.attempts[-1:]
            if attempt.open and attempt.owner is not None
        ]

    def _attempt(self, claim: Claim) -> Attempt | None:
        execution = self._tables.executions.get(claim.execution)
        node = execution and execution.nodes.get(claim.path)
        attempts = node.attempts if node else ()
        return next((each for each in attempts if each.number == claim.attempt), None)

    def _said(self, execution: str) -> str:
        """What carries attempts of an execution out that name no executor themselves."""
        found = self._tables.executions.get(execution)
        return found.new.options.executor if found else ""

    def _change(self, commit: Commit, at: float) -> Change | None:
        scope = self._find(commit.execution, commit.path)
        return None if scope is None else Change(self._tables, scope, commit, at)

    def _find(self, execution: str, path: str) -> Scope | None:
        found = self._tables.executions.get(execution)
        return found and found.scopes.get(path)

    def _scope(self, execution: str, path: str) -> Scope:
        scope = self._find(execution, path)
        if scope is None:
            raise no_scope(execution, path)
        return scope

    def _by_path(self, execution: str) -> list[Node]:
        found = self._tables.executions.get(execution)
        return sorted(found.nodes.values(), key=attrgetter("path")) if found else []

    def _outputs(self, execution: Execution, path: str) -> bytes | None:
        if path == ROOT:
            return execution.outputs.get(ROOT)
        node = execution.nodes.get(path)
        if node is not None and node.child is not None:
            return self._tables.executions[node.child].outputs.get(ROOT)
        return execution.outputs.get(path)


def _newest_first(record: CacheRecord) -> tuple[float, str]:
    return -record.created, record.entry.key


def _is_root(execution: Execution, owner: str) -> bool:
    return execution.new.root == execution.new.id and execution.family.owner == owner
