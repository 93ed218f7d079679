"""The table of notices, on both databases."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from threading import Barrier, Thread

import pytest

from volery.engine.model import Phase
from volery.store import notices as statements
from volery.store.moves import IllegalMove
from volery.store.notices import NewNotice, Notices, Try
from volery.store.sql import SqlStore
from volery.store.sqlite import open_sqlite
from volery.testing.conformance.store_driver import Driver

MAIL = NewNotice("email", "team@example.org", "subject", "body")
HOOK = NewNotice("webhook", "https://h/${secret:hooks/a}", "", "")


@pytest.fixture
def store(sql_store: SqlStore) -> SqlStore:
    return sql_store


@pytest.fixture
def notices(store: SqlStore) -> Notices:
    return Notices(store.database)


def end(store: SqlStore, name: str = "run", *, notify: bool = True) -> None:
    driver = Driver(store, name)
    driver.begin(notify=notify)
    driver.finish(Phase.SUCCEEDED)


def waiting(store: SqlStore, notices: Notices, *new: NewNotice) -> None:
    """Notices of an execution `run` that has ended, due at 10."""
    end(store)
    assert notices.expand("run", "run", new, 10.0)


def claimed(notices: Notices, at: float = 10.0, until: float = 100.0) -> Try:
    (found,) = notices.claim(at, until, 10)
    return found


def test_executions_that_somebody_has_to_be_told_of_are_found_when_they_have_ended(store, notices):
    Driver(store, "goes-on").begin(notify=True)
    end(store, "b-first")
    end(store, "nobody-asks", notify=False)
    end(store, "a-second")
    assert notices.to_tell_of(10) == ["b-first", "a-second"]
    assert notices.to_tell_of(1) == ["b-first"]


def test_an_execution_is_expanded_once(store, notices):
    end(store)
    assert notices.expand("run", "run", [MAIL, HOOK], 10.0)
    assert not notices.expand("run", "run", [MAIL, HOOK], 11.0)
    assert [(each.number, each.to, each.due) for each in notices.of("run")] == [
        (1, "email team@example.org", 10.0),
        (2, "webhook https://h/${secret:hooks/a}", 10.0),
    ]
    assert notices.to_tell_of(10) == []


def test_nobody_wants_to_know_of_this_end(store, notices):
    end(store)
    assert notices.expand("run", "run", [], 10.0)
    assert notices.of("run") == ()
    assert notices.to_tell_of(10) == []


def test_what_is_due_is_given_to_one(store, notices):
    waiting(store, notices, MAIL)
    assert notices.claim(9.9, 100.0, 10) == []
    assert notices.next() == 10.0
    assert claimed(notices) == Try("run", 1, MAIL, 1)
    assert notices.claim(99.9, 200.0, 10) == []
    assert notices.next() == 100.0


def test_what_a_dead_one_had_is_given_to_another(store, notices):
    waiting(store, notices, MAIL)
    claimed(notices)
    assert claimed(notices, at=100.0, until=200.0) == Try("run", 1, MAIL, 2)


def test_what_was_sent_is_not_given_again(store, notices):
    waiting(store, notices, MAIL)
    notices.sent(claimed(notices), 12.0)
    (notice,) = notices.of("run")
    assert (notice.phase, notice.attempts, notice.sent, notice.due) == ("sent", 1, 12.0, None)
    assert notices.claim(1e9, 2e9, 10) == []
    assert notices.next() is None


def test_what_was_not_sent_is_given_again_later(store, notices):
    waiting(store, notices, MAIL)
    notices.put_off(claimed(notices), 50.0, "too busy")
    (notice,) = notices.of("run")
    assert (notice.phase, notice.due, notice.error) == ("waiting", 50.0, "too busy")
    assert claimed(notices, at=50.0).attempt == 2


def test_what_was_given_up_stays_so(store, notices):
    waiting(store, notices, MAIL)
    notices.give_up(claimed(notices), "no such user")
    (notice,) = notices.of("run")
    assert (notice.phase, notice.due, notice.error) == ("failed", None, "no such user")
    assert notices.claim(1e9, 2e9, 10) == []


def test_a_late_failure_says_nothing_about_another_try(store, notices):
    waiting(store, notices, MAIL)
    late = claimed(notices)
    claimed(notices, at=100.0, until=200.0)
    notices.give_up(late, "late")
    notices.put_off(late, 1.0, "late")
    (notice,) = notices.of("run")
    assert (notice.phase, notice.due, notice.error) == ("waiting", 200.0, "")


def test_what_was_sent_late_is_sent(store, notices):
    waiting(store, notices, MAIL)
    late = claimed(notices)
    other = claimed(notices, at=100.0, until=200.0)
    notices.sent(late, 101.0)
    notices.give_up(other, "refused")
    assert [(each.phase, each.sent) for each in notices.of("run")] == [("sent", 101.0)]


def test_the_oldest_are_given_first_and_no_more_than_asked_for(store, notices):
    waiting(store, notices, *[MAIL] * 5)
    assert [each.number for each in notices.claim(10.0, 100.0, 2)] == [1, 2]
    assert [each.number for each in notices.claim(10.0, 100.0, 9)] == [3, 4, 5]


def test_of_several_at_once_each_gets_others(store, notices):
    waiting(store, notices, *[MAIL] * 40)
    barrier, taken = Barrier(4), []

    def take() -> None:
        barrier.wait()
        while mine := notices.claim(10.0, 100.0, 3):
            taken.extend(each.number for each in mine)

    threads = [Thread(target=take) for _ in range(4)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert sorted(taken) == list(range(1, 41))


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE notices SET phase = 'sent'",
        "UPDATE notices SET due = NULL",
        "UPDATE notices SET sent = 1.0",
        "UPDATE notices SET phase = 'failed', due = NULL",
        "UPDATE notices SET phase = 'gone', due = NULL, attempts = 1",
        "UPDATE notices SET number = 0",
        "UPDATE notices SET execution = 'nothing'",
        "INSERT INTO notices SELECT * FROM notices",
    ],
)
def test_the_schema_forbids(store, notices, change):
    waiting(store, notices, MAIL)
    with pytest.raises(IllegalMove), store.database.write() as cursor:
        cursor.execute(change)
    assert notices.next() == 10.0


def test_no_statement_looks_at_all_rows(tmp_path):
    open_sqlite(tmp_path / "volery.db").close()
    with closing(sqlite3.connect(tmp_path / "volery.db")) as connection:
        for name, statement in vars(statements).items():
            if name.isupper() and not name.startswith("_"):
                values = [None] * statement.count("?")
                plan = connection.execute(f"EXPLAIN QUERY PLAN {statement}", values).fetchall()
                steps = [step for *_, step in plan]
                assert not [
                    step for step in steps if step.startswith("SCAN") and "USING" not in step
                ], name
                assert not [step for step in steps if "TEMP B-TREE" in step], name
