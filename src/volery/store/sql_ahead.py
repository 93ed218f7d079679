"""How facts get into a SQL database together with the plans that they lead to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from volery.engine.model import AttemptEnded
from volery.store import statements as sql
from volery.store.base import Claim, Commit
from volery.store.records import Standing
from volery.store.sql_changes import Changes
from volery.store.sql_commit import Change, ahead, is_taken
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
    guarded = [*map(report.guarded, facts), *map(ahead, commits)]
    *answers, waiting = changes.cursor.answers([*guarded, (sql.HAVE_WORK, (owner,))])
    if not all(answers) or any(is_taken(changes, commit) for commit in commits):
        raise Refused
    scopes = [scope for (scope,) in answers[len(facts) :]]
    if any(driver != owner for driver, _ in scopes):
        raise Refused
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


def _priority(claim: tuple[int, Claim]) -> int:
    return claim[0]
