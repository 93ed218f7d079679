"""Retention and garbage: what is old goes, and nothing that something refers to."""

from __future__ import annotations

import os
import random
import time
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings, strategies as st
from msgspec.structs import replace

from volery.data import offload
from volery.data.current import using
from volery.data.hashing import digest_of
from volery.data.manifest import Entry, store_manifest
from volery.data.references import references
from volery.data.storage import Storage
from volery.engine.model import CacheEntry, Move, Phase
from volery.errors import ConfigError, StorageError
from volery.ids import child_execution_id
from volery.ir.codec import canonical
from volery.ir.content import Content, Offloaded, content_to_wire, offloaded_to_wire
from volery.ir.interface import Interface
from volery.ir.specs import Bundle, Given, LaunchPlanSpec
from volery.ir.values import pack, unpack
from volery.services.access import Audit
from volery.services.garbage import GRACE, Swept
from volery.services.home import Home
from volery.services.retention import Retention
from volery.services.sharing import Sharing
from volery.store.access import NEWEST, AuditTable
from volery.store.base import Options
from volery.store.notices import NewNotice, Notices
from volery.store.retention import Families
from volery.store.sql import SqlStore
from volery.testing.clock import FakeClock
from volery.testing.conformance.store_driver import Driver
from volery.wire.access import LOCAL

DAY = 24 * 3600.0


@pytest.fixture
def home(tmp_path: Path) -> Home:
    made = Home(tmp_path / "home")
    made.make()
    return made


@pytest.fixture
def store(home: Home) -> Iterator[SqlStore]:
    with closing(home.open()) as opened:
        opened.put_bundle("bundle", canonical(Bundle()))  # of all executions here
        yield opened


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("volery.services.retention.SETTLED", 0.0)


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock(time.time() + 10 * DAY)  # files are as old as they are


@pytest.fixture
def retention(store: SqlStore, home: Home, clock: FakeClock) -> Retention:
    return retaining(store, home.storage(), home, clock)


def retaining(store: SqlStore, storage: Storage, home: Home, clock: FakeClock) -> Retention:
    audit = Audit(AuditTable(store.database), clock)
    return Retention(Families(store.database), storage, home, clock, audit=audit, who=LOCAL)


def lines(store: SqlStore) -> list[tuple[str, str, str]]:
    """The audit, newest first."""
    found = AuditTable(store.database).lines(NEWEST, 100)
    return [(each.who, each.what, each.on) for each in found]


def run(store: SqlStore, name: str = "run", phase: Phase = Phase.SUCCEEDED, **fields: Any) -> None:
    """A family of executions that has ended long ago, with something in most tables."""
    driver = Driver(store, name)
    driver.begin(labels=(("team", "a"),), marks=(("input.x", "1"),), **fields)
    driver.carry_out("a", "b")
    scope = driver.open("sub")
    driver.launch("c", path=scope)
    driver.claim()
    driver.end("sub/c")
    driver.plan(scope, move=[Move("c", Phase.SUCCEEDED)])
    driver.finish(path=scope)
    child = driver.start("lp")
    driver.finish(execution=child)
    driver.finish(phase)


def tables(store: SqlStore) -> list[str]:
    rows = store.database.read(("SELECT name FROM sqlite_master WHERE type = 'table'", ()))[0]
    return [name for (name,) in rows if not name.startswith("sqlite_")]


def mentions(store: SqlStore, *texts: str) -> dict[str, int]:
    """For each table, how many rows have one of these texts in a column."""
    found: dict[str, int] = {}
    for table in tables(store):
        rows = store.database.read((f"SELECT * FROM {table}", ()))[0]
        found[table] = sum(any(value in texts for value in row) for row in rows)
    return {table: count for table, count in found.items() if count}


# -- families ------------------------------------------------------------------------------------


def test_of_what_is_removed_no_table_has_a_row(store, retention):
    run(store)
    run(store, "other")
    before = mentions(store, "other", child_execution_id("other", "lp"))
    assert {"executions", "nodes", "attempts", "scopes", "journal"} <= before.keys()
    Notices(store.database).expand("run", "run", [], 1.0)
    with store.database.write() as cursor:
        cursor.execute(
            "INSERT INTO uses (execution, path, made, name, digest, telling, at, entity_kind,"
            " entity_name, reused, uri, preview, sources)"
            " VALUES ('run', 'n', 1, 'o0', 'd', 1, 1.0, 'task', 't', 0, '', '', ?)",
            (b"\x90",),
        )
        cursor.execute("INSERT INTO readers VALUES ('run', 'n', 'run', '')")
        cursor.execute("INSERT INTO readers VALUES ('elsewhere', 'n', 'run', '')")
    removed = retention.retain(DAY)
    assert (removed.families, removed.executions, removed.kept) == (2, 4, 0)
    assert mentions(store, "run", child_execution_id("run", "lp")) == {}
    assert store.executions(limit=10) == []
    assert retention.retain(DAY).families == 0


def test_the_rest_stays_as_it_was(store, retention, clock):
    run(store)
    late = clock.now()
    with store.database.write() as cursor:
        cursor.execute("UPDATE executions SET ended = ? WHERE id = 'run'", (late,))
    run(store, "old")
    Driver(store, "goes-on").begin()
    counted = mentions(store, "run", child_execution_id("run", "lp"))
    assert retention.retain(DAY).families == 1
    assert mentions(store, "run", child_execution_id("run", "lp")) == counted
    assert store.execution("old") is None
    assert store.execution("goes-on") is not None


def test_a_dry_run_counts_and_removes_nothing(store, retention):
    run(store)
    counted = mentions(store, "run")
    assert retention.retain(DAY, dry_run=True).executions == 2
    assert mentions(store, "run") == counted


def test_what_is_removed_is_in_the_audit_and_nothing_else_is(store, home, retention, clock):
    run(store)
    home.storage().put(b"unused")
    for dry in (True, False, False):  # the third finds nothing
        retention.retain(DAY, dry_run=dry)
        retention.collect_garbage(dry_run=dry)
    before = datetime.fromtimestamp(clock.now() - DAY, UTC).isoformat(timespec="seconds")
    assert lines(store) == [
        ("local", "storage.sweep", home.storage().url),
        ("local", "executions.retain", f"ended before {before}"),
    ]


@pytest.mark.parametrize("phase", [Phase.SUCCEEDED, Phase.FAILED, Phase.ABORTED])
def test_however_it_has_ended(store, retention, phase):
    run(store, phase=phase)
    assert retention.retain(DAY).families == 1


def test_an_execution_that_is_recovered_stays_as_long_as_the_one_that_recovers_it(
    store, retention, clock
):
    run(store, "first", Phase.FAILED)
    run(store, "second", Phase.FAILED, options=Options(recovers="first"))
    Driver(store, "third").begin(options=Options(recovers="second"))
    removed = retention.retain(DAY)
    assert (removed.families, removed.kept) == (0, 2)
    Driver(store, "third").finish()
    assert retention.retain(DAY).families == 3


def test_somebody_who_has_yet_to_be_told_is_told_first(store, retention):
    run(store, "unseen", notify=True)
    run(store, "unsent", notify=True)
    notices = Notices(store.database)
    notices.expand("unsent", "unsent", [NewNotice("email", "a@x.org", "", "")], 1.0)
    assert (retention.retain(DAY).families, retention.retain(DAY).kept) == (0, 2)
    (tried,) = notices.claim(1e12, 2e12, 10)
    notices.give_up(tried, "nobody there")
    assert retention.retain(DAY).families == 1
    assert notices.of("unsent") == ()


def test_many_families_go_page_by_page(store, retention, monkeypatch):
    monkeypatch.setattr("volery.store.retention._PAGE", 3)
    driver = Driver(store)
    for number in range(10):
        driver.begin(f"run{number}")
        driver.finish(execution=f"run{number}")
    assert retention.retain(DAY).families == 10


# -- garbage -------------------------------------------------------------------------------------


def keep(store: SqlStore, name: str, *values: Any) -> None:
    """An execution with these values as its inputs."""
    Driver(store, name).begin(inputs=pack({f"v{at}": value for at, value in enumerate(values)}))


def content(storage: Storage, data: bytes) -> Any:
    return content_to_wire(Content(storage.put(data), len(data)))


def test_what_nothing_refers_to_goes_and_the_rest_stays(store, home, retention):
    storage = home.storage()
    used = storage.put(b"used")
    unused = storage.put(b"unused")
    keep(store, "run", content(storage, b"used"))
    swept = retention.collect_garbage()
    assert (swept.objects, swept.bytes) == (1, len(b"unused"))
    assert (storage.has(used), storage.has(unused)) == (True, False)


def test_a_dry_run_of_a_sweep_removes_nothing(store, home, retention):
    unused = home.storage().put(b"unused")
    swept = retention.collect_garbage(dry_run=True)
    assert (swept.objects, swept.bytes) == (1, len(b"unused"))
    assert home.storage().has(unused)


def test_what_was_stored_lately_is_left_alone(store, home, clock):
    young = FakeClock(time.time() + GRACE - 60)
    unused = home.storage().put(b"unused")
    retention = retaining(store, home.storage(), home, young)
    assert retention.collect_garbage() == Swept()
    assert home.storage().has(unused)


def test_what_an_attempt_has_stored_is_left_alone_while_it_is_under_way(store, home, retention):
    driver = Driver(store)
    driver.begin()
    driver.launch("a")
    driver.claim()
    unused = home.storage().put(b"of an attempt that takes weeks")
    assert retention.collect_garbage().objects == 0
    driver.end("a")
    assert retention.collect_garbage().objects == 1
    assert not home.storage().has(unused)


def test_what_is_needed_again_counts_as_stored_anew(store, home):
    storage = home.storage()
    digest = storage.put(b"once")
    path = storage.in_place(digest, 4)
    assert path is not None
    old = path.stat().st_ctime
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("volery.data.folder._FRESH", -1.0)
        assert storage.put(b"once") == digest
    assert path.stat().st_ctime > old
    assert not storage.discard(digest, path.stat().st_ctime)
    assert storage.discard(digest, time.time() + 1)
    assert not storage.discard(digest, time.time() + 1)


def test_who_needs_it_in_the_moment_of_its_removal_gets_it(home, monkeypatch):
    storage = home.storage()
    digest = storage.put(b"once")
    path = storage.in_place(digest, 4)
    replaced = Path.replace

    def in_between(self: Path, target: Path) -> Path:
        if self == path:
            monkeypatch.undo()
            monkeypatch.setattr("volery.data.folder._FRESH", -1.0)
            assert storage.put(b"once") == digest
        return replaced(self, target)

    monkeypatch.setattr(Path, "replace", in_between)
    assert not storage.discard(digest, time.time() + 1)
    assert storage.get(digest, 4) == b"once"


def test_a_storage_that_others_may_use_is_not_swept(store, home, tmp_path, clock):
    elsewhere = Storage((tmp_path / "shared").as_uri())
    unused = elsewhere.put(b"of another database")
    families = Families(store.database)
    retention = retaining(store, elsewhere, home, clock)
    with pytest.raises(ConfigError, match="this database has none"):
        retention.collect_garbage()
    mine = Sharing(home, elsewhere, families.database())
    mine.enter(1.0)
    Sharing(Home(tmp_path / "theirs"), elsewhere, "theirs").enter(2.0)
    with pytest.raises(ConfigError, match=r"in .*: .*theirs/volery") as caught:
        retention.collect_garbage()
    assert "--sole-user-of-storage" in str(caught.value.hint)
    assert elsewhere.has(unused)
    assert retention.collect_garbage(dry_run=True, alone=True).objects == 1
    assert len(mine.others()) == 1
    assert retention.collect_garbage(alone=True).objects == 1
    assert mine.others() == []
    assert retention.collect_garbage() == Swept()


def test_the_storage_of_another_home_is_not_swept(store, home, tmp_path, clock):
    theirs = Home(tmp_path / "theirs")
    theirs.make()
    theirs.open().close()
    unused = theirs.storage().put(b"theirs")
    families = Families(store.database)
    Sharing(home, theirs.storage(), families.database()).enter(1.0)
    with pytest.raises(ConfigError, match=r"in .*: .*theirs/volery"):
        retaining(store, theirs.storage(), home, clock).collect_garbage()
    with closing(theirs.open()) as of_theirs:
        owner = retaining(of_theirs, theirs.storage(), theirs, clock)
        with pytest.raises(ConfigError, match=r"in .*: .*home/volery"):
            owner.collect_garbage()
    assert theirs.storage().has(unused)


def damage(storage: Storage, digest: str, at: int = 0) -> None:
    """Another byte stands in an object."""
    path = storage.in_place(digest, storage._size(digest, -1))
    assert path is not None
    data = bytearray(path.read_bytes())
    data[at] ^= 0xFF
    path.chmod(0o644)
    path.write_bytes(data)


def test_what_is_damaged_stops_nothing_and_is_told(store, home, retention, caplog):
    storage = home.storage()
    value = pack("a value " * 10)
    digest = storage.put(value)
    unused = storage.put(b"unused")
    keep(store, "run", offloaded_to_wire(Offloaded(digest, len(value))))
    damage(storage, digest)
    swept = retention.collect_garbage()
    assert (swept.objects, list(swept.damaged)) == (1, [digest])
    assert not storage.has(unused)
    assert f"content {digest} is damaged" in caplog.text
    note = Sharing(home, storage, Families(store.database).database()).note()
    assert note is not None
    assert list(note.damaged) == [digest]


def test_what_a_damaged_list_refers_to_stays_as_far_as_it_can_be_read(store, home, retention):
    storage = home.storage()
    files = [storage.put(f"file {at}".encode()) for at in range(30)]
    wires = [
        [content(storage, f"file {at}".encode()), random.Random(at).randbytes(7_000)]
        for at in range(30)
    ]
    with using(storage):
        array = unpack(offload.pack(wires))
    (whole,) = references(pack(array))
    assert isinstance(whole, Offloaded)
    keep(store, "run", array)
    damage(storage, whole.digest, whole.size // 2)
    swept = retention.collect_garbage()
    assert list(swept.damaged) == [whole.digest]
    is_there = [storage.has(each) for each in files]
    assert is_there[0]
    assert is_there[-1]
    assert is_there.count(False) == swept.objects == 10  # those of one block


def test_a_storage_that_cannot_be_read_stops_the_sweep(store, home, retention, monkeypatch):
    storage = home.storage()
    value = pack("a value")
    keep(store, "run", offloaded_to_wire(Offloaded(storage.put(value), len(value))))
    unused = storage.put(b"unused")

    def lost(*_: object) -> bytes:
        raise StorageError("no connection")

    monkeypatch.setattr(Storage, "get", lost)
    with pytest.raises(StorageError, match="no connection"):
        retention.collect_garbage()
    assert storage.has(unused)


def test_an_execution_may_have_the_name_of_the_folder_of_logs(store, home, retention):
    storage = home.storage()
    Driver(store, "logs").begin()
    storage.put_named("logs/n0/1/mine.csv", b"a,b")
    assert retention.collect_garbage() == Swept()


def test_what_is_lost_already_stops_nothing(store, home, retention):
    keep(store, "run", offloaded_to_wire(Offloaded(digest_of(b"lost"), 4)))
    home.storage().put(b"unused")
    assert retention.collect_garbage().objects == 1


def test_a_file_that_was_seen_as_a_file_first_is_a_directory_all_the_same(store, home, retention):
    storage = home.storage()
    file = storage.put(b"in a directory")
    digest = store_manifest(storage, [Entry("a", file, 14)])
    as_file = Content(digest, 1)
    keep(
        store, "run", content_to_wire(as_file), content_to_wire(replace(as_file, is_manifest=True))
    )
    assert retention.collect_garbage().objects == 0


def test_the_cache_calls_signals_and_bundles_refer_to_values_as_well(store, home, retention):
    storage = home.storage()
    kept = [content(storage, text) for text in (b"cached", b"output", b"constant")]
    entry = CacheEntry("key", "task", (), pack({"o": kept[0]}), "run", "n", None)
    driver = Driver(store)
    driver.begin()
    driver.launch("a")
    driver.claim()
    driver.end("a", outputs=pack({"o": kept[1]}), cache=(entry,))
    plan = LaunchPlanSpec("lp", "w", Interface(), fixed=(Given("x", pack(kept[2])),))
    store.put_bundle("with constant", canonical(Bundle(launch_plans=(plan,), package="")))
    Driver(store, "other").begin()
    with store.database.write() as cursor:
        cursor.execute("UPDATE executions SET bundle = 'with constant' WHERE id = 'other'")
    storage.put(b"unused")
    assert retention.collect_garbage().objects == 1
    assert {each.size for each in storage.kept()} == {len(b"cached"), len(b"constant")}


def test_checkpoints_files_decks_and_logs_go_with_their_execution(store, home, retention):
    storage = home.storage()
    run(store)
    saved = storage.put(b"saved")
    manifest = store_manifest(storage, [Entry("checkpoint", saved, 5)])
    storage.put_named("run/a/1/checkpoint", manifest.encode())
    storage.put_named("run/a/1/mine.csv", b"a,b")
    storage.put_named("run/a/1/deck/01-Scores.html", b"<p>")
    storage.put_named("logs/run/a/1", b"{}")
    assert retention.collect_garbage() == Swept()
    assert storage.has(saved)
    retention.retain(DAY)
    swept = retention.collect_garbage()
    assert (swept.objects, swept.folders) == (2, 2)
    assert not storage.has(saved)
    assert storage.names("logs") == []
    assert set(storage.folders()) <= {"logs", "_databases"}


def test_files_of_a_removed_execution_stay_while_a_record_names_them(store, home, retention):
    storage = home.storage()
    storage.put_named("gone/a/1/mine.csv", b"a,b")
    uri = storage.named_uri("gone/a/1/mine.csv")
    blob = storage.put(b"named by its place")
    keep(
        store,
        "run",
        content_to_wire(Content(uri=uri)),
        content_to_wire(Content(uri=storage.uri(blob))),
    )
    assert retention.collect_garbage() == Swept()
    assert storage.has(blob)


def test_packages_stay_when_they_are_registered_and_a_while_before(store, home, retention, clock):
    storage = home.storage()
    digests = {name: storage.put(name.encode()) for name in ("used", "young", "old")}
    for name, created in (("used", 1.0), ("young", clock.now()), ("old", 1.0)):
        with store.database.write() as cursor:
            cursor.execute(
                "INSERT INTO packages (digest, size, created, author) VALUES (?, 1, ?, 'me')",
                (digests[name], created),
            )
    store.put_bundle("registered", canonical(Bundle(package=digests["used"])))
    with store.database.write() as cursor:
        cursor.execute(
            "INSERT INTO entities (kind, project, domain, name, version, digest, bundle, package,"
            " description, created, author, newest)"
            " VALUES ('task', 'default', 'development', 't', 'v', '', 'registered', ?, '', 1, '',"
            " 1)",
            (digests["used"],),
        )
    assert retention.collect_garbage(dry_run=True).objects == 1
    assert retention.collect_garbage().objects == 1
    assert [name for name in digests if storage.has(digests[name])] == ["used", "young"]


def test_bundles_that_nothing_refers_to_go(store, retention, clock):
    store.put_bundle("unused", canonical(Bundle()))
    run(store)
    retention.collect_garbage()
    assert Families(store.database).unused_bundles() == set()
    assert store.bundle("bundle")
    retention.retain(DAY)
    retention.collect_garbage()
    assert [*Families(store.database).bundles()] == []


def test_a_bundle_that_is_put_to_use_in_this_moment_is_left_alone(
    store, home, retention, monkeypatch
):
    store.put_bundle("just put", canonical(Bundle()))

    def in_between(_: float) -> None:
        driver = Driver(store, "run")
        driver.begin()
        with store.database.write() as cursor:
            cursor.execute("UPDATE executions SET bundle = 'just put' WHERE id = 'run'")

    monkeypatch.setattr("volery.services.retention.time.sleep", in_between)
    retention.collect_garbage()
    assert store.bundle("just put")


# -- any graph of references ----------------------------------------------------------------------


class Graph:
    """Values that refer to each other, stored from the leaves up: each is a file, a directory, a
    value by itself or a long list.
    """

    def __init__(self, storage: Storage, shape: list[tuple[str, list[int]]]) -> None:
        self.storage = storage
        self.wires: list[Any] = []
        self.needs: list[set[str]] = []
        for number, (kind, below) in enumerate(shape):
            children = sorted({each % number for each in below}) if number else []
            self._add(kind, number, children)

    def _add(self, kind: str, number: int, children: list[int]) -> None:
        before = {each.name for each in self.storage.kept()}
        needs = set[str]()
        mine = f"{number}".encode() * 3
        filler = random.Random(number).randbytes(70_000)
        match kind:
            case "file":
                wire = content(self.storage, mine)
            case "directory":
                entry = Entry("f", self.storage.put(mine), len(mine))
                digest = store_manifest(self.storage, [entry])
                wire = content_to_wire(Content(digest, len(mine), is_manifest=True))
            case _:
                needs = needs.union(*(self.needs[each] for each in children))
                inner = [self.wires[each] for each in children]
                many = [filler[at : at + 7000] for at in range(0, 70_000, 7000)]
                value = [filler, *inner] if kind == "value" else many + inner
                with using(self.storage):
                    wire = unpack(offload.pack({"v": value} if kind == "value" else value))
        self.wires.append(wire)
        self.needs.append(needs | {each.name for each in self.storage.kept()} - before)


SHAPES = st.lists(
    st.tuples(
        st.sampled_from(["file", "directory", "value", "list"]),
        st.lists(st.integers(0, 100), max_size=3),
    ),
    min_size=1,
    max_size=8,
)


@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(shape=SHAPES, roots=st.lists(st.integers(0, 100), max_size=3), data=st.data())
def test_nothing_that_is_referred_to_is_removed_and_all_else_is(
    tmp_path_factory, shape, roots, data
):
    home = Home(tmp_path_factory.mktemp("home"))
    home.make()
    storage = home.storage()
    graph = Graph(storage, shape)
    chosen = sorted({each % len(shape) for each in roots})
    with closing(home.open()) as store:
        store.put_bundle("bundle", canonical(Bundle()))
        for number in chosen:
            keep(store, f"run{number}", graph.wires[number])
        retention = retaining(store, storage, home, FakeClock(time.time() + 10 * DAY))
        retention.collect_garbage()
        needed = set().union(*(graph.needs[number] for number in chosen))
        assert {each.name for each in storage.kept()} == needed
        if chosen:  # one of them ends, and goes
            gone = data.draw(st.sampled_from(chosen))
            Driver(store, f"run{gone}").finish()
            assert retention.retain(DAY).families == 1
            retention.collect_garbage()
            rest = (graph.needs[number] for number in chosen if number != gone)
            assert {each.name for each in storage.kept()} == set().union(*rest)


def test_times_of_files_are_what_the_tests_above_rely_on(tmp_path):
    path = tmp_path / "file"
    path.write_bytes(b"")
    os.utime(path, ns=(1, 1))
    assert abs(path.stat().st_ctime - time.time()) < 60
