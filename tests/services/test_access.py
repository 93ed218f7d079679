"""Who may do what; tokens and the audit, on SQLite."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from volery.errors import AlreadyExists, CallError, Forbidden, NotFound, Unauthorized
from volery.services.access import DAY, FRESH, Access, Audit, require
from volery.store.access import AuditTable, Tokens
from volery.store.database import Database
from volery.store.sqlite import open_sqlite
from volery.testing.clock import FakeClock
from volery.wire.access import LOCAL, ROLES, Identity, NewToken

VIEWER = Identity("eye", "viewer", ("demo",))
OPERATOR = Identity("hand", "operator", ("demo",))
BOUND = Identity("head", "admin", ("demo",))


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    with closing(open_sqlite(tmp_path / "volery.db")) as store:
        yield store.database


@pytest.fixture
def access(database: Database, clock: FakeClock) -> Access:
    return Access(Tokens(database), Audit(AuditTable(database), clock), clock)


# -- rights -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("who", "allowed"),
    [
        (LOCAL, [("admin", None), ("admin", "demo"), ("operator", "other")]),
        (BOUND, [("admin", "demo"), ("viewer", None)]),
        (OPERATOR, [("operator", "demo"), ("viewer", "demo"), ("viewer", None)]),
        (VIEWER, [("viewer", "demo"), ("viewer", None)]),
    ],
    ids=lambda value: getattr(value, "name", ""),
)
def test_a_role_holds_in_its_projects_and_includes_those_before_it(who, allowed):
    for role, project in allowed:
        require(who, role, project)


@pytest.mark.parametrize(
    ("who", "role", "project"),
    [(VIEWER, "operator", "demo"), (OPERATOR, "admin", "demo"), (BOUND, "admin", None)],
)
def test_what_a_role_lacks_is_forbidden_and_named(who, role, project):
    with pytest.raises(Forbidden, match=f"takes the role {role}.*{who.name} is {who.role} in demo"):
        require(who, role, project)


@pytest.mark.parametrize("role", ROLES)
def test_what_lies_in_other_projects_does_not_exist(role):
    with pytest.raises(NotFound, match=r"^there is no execution abc$"):
        require(BOUND, role, "other", "execution abc")


# -- tokens -----------------------------------------------------------------------------------


def test_a_secret_says_who_asks(access):
    made = access.create(LOCAL, NewToken("ci", "operator", ("demo",)))
    assert re.fullmatch(r"vol_[A-Za-z0-9_-]{43}", made.secret)
    assert access.identify(made.secret) == Identity("ci", "operator", ("demo",))


def test_a_secret_is_kept_nowhere(access, tmp_path):
    made = access.create(LOCAL, NewToken("ci"))
    access.identify(made.secret)
    kept = b"".join(file.read_bytes() for file in tmp_path.iterdir())
    assert made.secret.encode() not in kept
    assert made.secret[4:].encode() not in kept


@pytest.mark.parametrize(
    "secret", ["", "vol_", "vol_" + "a" * 43, "vol_" + "a" * 44, "é" * 47, "a" * 100_000]
)
def test_what_is_no_secret_says_nothing_of_who_asks(access, secret):
    access.create(LOCAL, NewToken("ci"))
    with pytest.raises(Unauthorized, match="not known here"):
        access.identify(secret)


def test_an_expired_token_counts_for_nothing(access, clock):
    made = access.create(LOCAL, NewToken("ci", days=2))
    clock.advance(2 * DAY - 1)
    access.identify(made.secret)
    clock.advance(1)
    with pytest.raises(Unauthorized, match="token ci has expired"):
        access.identify(made.secret)


def test_a_token_without_days_never_expires(access, clock):
    made = access.create(LOCAL, NewToken("ci", days=None))
    clock.advance(10_000 * DAY)
    assert access.identify(made.secret).name == "ci"


def test_a_revoked_token_counts_for_nothing_at_once(access, clock):
    made = access.create(LOCAL, NewToken("ci"))
    assert access.revoke(LOCAL, "ci").revoked == clock.now()
    with pytest.raises(Unauthorized, match="token ci was revoked"):
        access.identify(made.secret)


def test_revoking_again_keeps_the_first_time(access, clock):
    access.create(LOCAL, NewToken("ci"))
    first = access.revoke(LOCAL, "ci")
    clock.advance(5)
    assert access.revoke(LOCAL, "ci") == first


def test_a_name_is_used_once_for_ever(access):
    access.create(LOCAL, NewToken("ci"))
    access.revoke(LOCAL, "ci")
    with pytest.raises(AlreadyExists, match="a token ci already"):
        access.create(LOCAL, NewToken("ci"))


def test_an_unknown_token_suggests_the_nearest(access):
    access.create(LOCAL, NewToken("nightly"))
    with pytest.raises(NotFound, match="did you mean nightly"):
        access.revoke(LOCAL, "nigthly")


def test_the_use_of_a_token_is_written_down_once_a_minute(access, clock):
    made = access.create(LOCAL, NewToken("ci"))
    start = clock.now()
    access.identify(made.secret)
    clock.advance(FRESH - 1)
    access.identify(made.secret)
    assert access.tokens(LOCAL)[0].used == start
    clock.advance(1)
    access.identify(made.secret)
    assert access.tokens(LOCAL)[0].used == start + FRESH


@pytest.mark.parametrize(
    ("new", "path"),
    [
        (NewToken(""), "$.name"),
        (NewToken("a b"), "$.name"),
        (NewToken("a\n"), "$.name"),
        (NewToken("x" * 64), "$.name"),
        (NewToken("local"), "$.name"),
        (NewToken("ci", projects=()), "$.projects"),
        (NewToken("ci", projects=("demo", "")), "$.projects"),
        (NewToken("ci", days=0), "$.days"),
        (NewToken("ci", days=-1), "$.days"),
        (NewToken("ci", days=float("nan")), "$.days"),
        (NewToken("ci", days=float("inf")), "$.days"),
    ],
)
def test_a_token_that_cannot_be_is_refused_with_the_place(access, new, path):
    with pytest.raises(CallError) as caught:
        access.create(LOCAL, new)
    assert caught.value.path == path
    assert access.tokens(LOCAL) == ()


def test_only_an_admin_of_everything_has_to_do_with_tokens(access):
    for who in (VIEWER, OPERATOR, BOUND, Identity("all", "operator")):
        with pytest.raises(Forbidden):
            access.create(who, NewToken("mine", "admin"))
        with pytest.raises(Forbidden):
            access.tokens(who)
        with pytest.raises(Forbidden):
            access.revoke(who, "mine")
        with pytest.raises(Forbidden):
            access.audit(who, 10, "")


def test_once_a_token_was_made_the_door_stays_shut(access, clock):
    assert not access.configured()
    assert not access.usable()
    access.create(LOCAL, NewToken("ci", days=1))
    assert access.configured()
    assert access.usable()
    clock.advance(DAY)
    assert access.configured()
    assert not access.usable()


# -- the audit --------------------------------------------------------------------------------


def test_every_change_has_a_line(access, clock):
    made = access.create(LOCAL, NewToken("ci", "operator", ("demo", "other")))
    clock.advance(3)
    access.revoke(Identity("boss", "admin"), "ci")
    lines = access.audit(LOCAL, 10, "").items
    assert [(line.who, line.what, line.on, line.detail) for line in lines] == [
        ("boss", "tokens.revoke", "ci", ""),
        ("local", "tokens.create", "ci", "operator in demo, other"),
    ]
    assert lines[0].at - lines[1].at == 3
    assert made.secret not in str(lines)


def test_the_audit_is_read_page_by_page_while_it_grows(access, database, clock):
    audit = Audit(AuditTable(database), clock)
    for number in range(5):
        audit.write(LOCAL, "executions.abort", f"e{number}", "demo", "why")
    first = access.audit(LOCAL, 2, "")
    audit.write(LOCAL, "executions.abort", "later")
    second = access.audit(LOCAL, 2, first.next)
    third = access.audit(LOCAL, 2, second.next)
    found = [line.on for page in (first, second, third) for line in page.items]
    assert found == ["e4", "e3", "e2", "e1", "e0"]
    assert third.next is None


@pytest.mark.parametrize("cursor", ["x", "-1", "1" * 30, "٣"])
def test_what_is_no_cursor_is_refused(access, cursor):
    with pytest.raises(CallError, match="no cursor"):
        access.audit(LOCAL, 2, cursor)
