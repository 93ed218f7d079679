"""How facts get into a SQL database together with the plans that they lead to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from volery.engine.model import AttemptEnded
from volery.store import statements as sql
from volery.store.base import Claim, Commit
from volery.store.records import Row, Standing
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
    room: int,
) -> list[Claim]:
    """See `Store.proceed`. Raises Refused where that gives None."""
    report = Report(changes, known)
    guards = [*map(report.guarded, facts), *map(ahead, commits)]
    moved = [row for commit in commits for row in moves(commit, changes.at)]
    asked = [*guards, *((sql.MOVED_NODE, row) for row in moved), (sql.HAVE_WORK, (owner,))]
    answers = changes.cursor.answers(asked)
    scopes = _accepted(answers[: len(guards)], len(commits), owner)
    *made, waiting = answers[len(guards) :]
    if any(is_taken(changes, commit) for commit in commits):
        raise Refused
    if not all(made):
        changes.refuse(moved)
    for fact in facts:
        report.keep(fact)
    fits = not waiting and sum(len(commit.launch) for commit in commits) <= room
    taker = owner if fits else None
    claims: list[tuple[int, Claim]] = []
    for commit, scope in zip(commits, scopes, strict=True):
        claims += Change(changes, commit, known[commit.execution], *scope, taker=taker).carry()
    changes.flush()
    claims.sort(key=_priority, reverse=True)
    return [claim for _, claim in claims]


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
