"""Tokens and the audit in the database."""

from __future__ import annotations

from threading import Barrier, Thread

import pytest

from volery.store.access import NEWEST, AuditTable, Tokens
from volery.wire.access import AuditLine, Token


def token(name: str = "ci", **given) -> Token:
    return Token(name, given.pop("role", "operator"), given.pop("projects", None), 1.5, 9.25)


def digest(letter: str = "a") -> str:
    return letter * 64


@pytest.fixture
def tokens(database) -> Tokens:
    return Tokens(database)


def test_a_token_is_found_by_name_and_by_digest(tokens):
    made = token(projects=("demo", "ö"))
    assert tokens.add(digest(), made)
    assert tokens.named("ci") == tokens.of_digest(digest()) == made
    assert tokens.named("other") is tokens.of_digest(digest("b")) is None


def test_a_name_and_a_digest_are_taken_once(tokens):
    assert tokens.add(digest(), token())
    assert not tokens.add(digest("b"), token())
    assert not tokens.add(digest(), token("other"))
    assert tokens.all() == (token(),)


def test_tokens_are_listed_by_name(tokens):
    for name, letter in (("b", "b"), ("a", "a"), ("B", "c")):
        tokens.add(digest(letter), token(name))
    assert [each.name for each in tokens.all()] == ["B", "a", "b"]


def test_the_first_revocation_stands(tokens):
    tokens.add(digest(), token())
    assert tokens.revoke("ci", 2.0).revoked == 2.0
    assert tokens.revoke("ci", 3.0).revoked == 2.0


def test_the_latest_use_stands(tokens):
    tokens.add(digest(), token())
    for at in (5.0, 3.0):
        tokens.use("ci", at)
    assert tokens.named("ci").used == 5.0


def test_of_two_who_make_a_name_at_once_one_does(database):
    ready = Barrier(2)
    made = []

    def make(letter: str) -> None:
        ready.wait()
        made.append(Tokens(database).add(digest(letter), token()))

    threads = [Thread(target=make, args=[letter]) for letter in "ab"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(made) == [False, True]


def test_lines_are_read_backwards_from_a_place(database):
    table = AuditTable(database)
    lines = [
        AuditLine(0, float(at), "me", "executions.abort", f"e{at}", "demo", "ö") for at in range(4)
    ]
    for line in lines:
        table.add(line)
    found = table.lines(NEWEST, 10)
    assert [each.on for each in found] == ["e3", "e2", "e1", "e0"]
    assert table.lines(found[1].seq, 1) == (found[2],)
    assert found[0].project == "demo"
