"""How facts get into a SQL database together with the plans that they lead to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from volery.engine.model import AttemptEnded
from volery.store import statements as sql
from volery.store.base import Claim, Commit, Room
from volery.store.database import Query
from volery.store.records import Row, Standing
from volery.store.rooms import concerned, launched, taken
from volery.store.sql_changes import Changes
from volery.store.sql_commit import Change, ahead, is_taken, moves
from volery.store.sql_report import Report


class Refused(Exception):
    """Something else has happened: nothing of the transaction is to stay."""


def carry_ahead(
    changes: Changes,
    known: Mapping[str, Standing],
    facts: Sequence[AttemptEnded],
    commits: Sequence[Commit],
    *,
    owner: str,
    rooms: Sequence[Room],
) -> list[Claim]:
    """See `Store.proceed`. Raises Refused where that gives None."""
    report = Report(changes, known)
    guards = [*map(report.guarded, facts), *map(ahead, commits)]
    moved = [row for commit in commits for row in moves(commit, changes.at)]
    said = {execution: standing.executor for execution, standing in known.items()}
    wanted = concerned(rooms, launched(commits, said))
    asked = [*guards, *((sql.MOVED_NODE, row) for row in moved), *_rivals(wanted, owner)]
    answers = changes.cursor.answers(asked)
    scopes = _accepted(answers[: len(guards)], len(commits), owner)
    made, rivals = answers[len(guards) :][: len(moved)], answers[len(guards) + len(moved) :]
    if any(is_taken(changes, commit) for commit in commits):
        raise Refused
    if not all(made):
        changes.refuse(moved)
    for fact in facts:
        report.keep(fact)
    takes = taken(wanted, {name for rows in rivals for _, name in rows})
    claims: list[tuple[int, Claim]] = []
    for commit, scope in zip(commits, scopes, strict=True):
        standing = known[commit.execution]
        claims += Change(changes, commit, standing, *scope, taker=owner, takes=takes).carry()
    changes.flush()
    claims.sort(key=_priority, reverse=True)
    return [claim for _, claim in claims]


def _rivals(rooms: Sequence[Room], owner: str) -> list[Query]:
    """What tells for which of these executors something waits already."""
    names = [name for room in rooms for name in room.takes]
    return [(sql.have_work(len(names)), (*names, owner))] if names else []


def _accepted(answers: Sequence[list[Row]], scopes: int, owner: str) -> list[Row]:
    """The rows of the last so many, the scopes, where all have one and their driver is `owner`."""
    if not all(answers):
        raise Refused
    found = [row for (row,) in answers[-scopes:]]
    if any(driver != owner for driver, _ in found):
        raise Refused
    return found


def _priority(claim: tuple[int, Claim]) -> int:
    return claim[0]
