"""Lineage: where values come from, and where they went, within executions and across them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from tests.services import browsed, files

from volery import File
from volery.data.current import using
from volery.data.hashing import digest_of
from volery.data.manifest import Entry, store_manifest
from volery.data.storage import Storage
from volery.errors import CallError, NotFound, StoreError
from volery.ir.content import Content, content_to_wire
from volery.ir.values import pack
from volery.sdk.compile import compile_entity
from volery.sdk.entity import Entity
from volery.services import lineage_values, records
from volery.services.context import definitions_of
from volery.services.engine import Engine
from volery.services.tracing import Tracing
from volery.store.lineage import Traces
from volery.store.sql import SqlStore
from volery.wire.access import LOCAL, Identity
from volery.wire.lineage import Lineage, LineageQuery

pytestmark = pytest.mark.keeps_running("the workers of the warm engine")

Place = tuple[str, str, bool]
"""Path, name, and whether it was made there."""


@pytest.fixture(scope="session")
def tracing(warm: Engine) -> Iterator[Tracing]:
    with closing(warm.home.open()) as store:
        yield traced(store, warm)


def traced(store: SqlStore, engine: Engine, storage: Storage | None = None) -> Tracing:
    storage = storage or engine.storage
    return Tracing(Traces(store.database), store, engine.home, storage, definitions_of(store))


def run(engine: Engine, entity: Entity, **inputs: object) -> str:
    ended = engine.run(entity, inputs)
    assert ended.failure is None
    return ended.execution


def ask(tracing: Tracing, limit: int = 1000, who: Identity = LOCAL, **query) -> Lineage:
    found = tracing.lineage(who, LineageQuery(**query), limit)
    count = len(found.uses)
    assert len({(use.execution, use.path, use.made, use.name) for use in found.uses}) == count
    assert all(0 <= one < count and 0 <= two < count for one, two in found.edges)
    return found


def places(found: Lineage, execution: str) -> set[Place]:
    return {(use.path, use.name, use.made) for use in found.uses if use.execution == execution}


def edges(found: Lineage) -> set[tuple[Place, Place]]:
    """What comes from what: from left to right."""
    at = [(use.path, use.name, use.made) for use in found.uses]
    return {(at[one], at[two]) for one, two in found.edges}


# -- within an execution ----------------------------------------------------------------------


def test_an_output_leads_to_all_that_it_was_made_of(warm, tracing):
    id = run(warm, browsed.sums, a=1.0)
    found = ask(tracing, execution=id)
    assert found.complete
    assert edges(found) == {
        (("n1", "o0", True), ("", "o0", True)),
        (("n1", "a", False), ("n1", "o0", True)),
        (("n1", "b", False), ("n1", "o0", True)),
        (("n0", "o0", True), ("n1", "a", False)),
        (("n0", "a", False), ("n0", "o0", True)),
        (("n0", "b", False), ("n0", "o0", True)),
        (("", "a", False), ("n0", "a", False)),
        (("", "b", False), ("n0", "b", False)),
        (("", "b", False), ("n1", "b", False)),
    }
    made = next(use for use in found.uses if use.path == "n1" and use.made)
    assert made.entity is not None
    assert (made.entity.kind, made.entity.name) == ("task", browsed.add.name)
    assert (made.entity.project, made.preview) == ("default", "5.0")


def test_downstream_is_the_same_the_other_way_round(warm, tracing):
    id = run(warm, browsed.outer, a=1.0)
    up = ask(tracing, execution=id)
    down = ask(tracing, execution=id, path="n0/n0", way="downstream")
    assert edges(down) < edges(up)
    assert places(down, id) == {
        ("n0/n0", "o0", True),
        ("n0/n1", "a", False),
        ("n0/n1", "o0", True),
        ("n0", "o0", True),
        ("n1", "a", False),
        ("n1", "o0", True),
        ("", "o0", True),
    }


@pytest.mark.parametrize(
    ("entity", "inputs", "expected"),
    [
        (browsed.outer, {"a": 1.0}, {("n0/n0", "a", False), ("", "a", False)}),
        (browsed.mapping, {"n": 3}, {("n0", "n", False), ("n1", "x", False), ("", "n", False)}),
        (
            browsed.mapping_sums,
            {"values": [1.0, 2.0]},
            {("n0[1]/n0", "o0", True), ("n0[1]", "a", False), ("", "values", False)},
        ),
        (browsed.choosing, {"x": 4}, {("n0/n2", "o0", True), ("", "x", False)}),
        (browsed.chained, {"x": 4}, {("n0/n0", "o0", True), ("n0", "x", False), ("", "x", False)}),
        (
            browsed.awaited,
            {"x": 4},
            {("n0/@body", "o0", True), ("n0", "x", False), ("", "x", False)},
        ),
    ],
)
def test_it_leads_through_nodes_of_every_kind(warm, tracing, entity, inputs, expected):
    id = run(warm, entity, **inputs)
    found = ask(tracing, execution=id, depth=20)
    assert expected <= places(found, id)
    for name in inputs:
        down = ask(tracing, execution=id, path="n0", way="downstream", depth=20)
        assert ("", "o0", True) in places(down, id), name


def test_it_leads_through_the_execution_of_a_launch_plan(warm, tracing):
    id = run(warm, browsed.starting, a=1.0)
    child = warm.store.nodes(id)[0].child
    assert child is not None
    found = ask(tracing, execution=id, depth=20)
    assert {("", "a", False), ("n0", "o0", True)} <= places(found, id)
    assert {("", "o0", True), ("n1", "o0", True), ("", "a", False)} <= places(found, child)
    down = ask(tracing, execution=child, path="n0", way="downstream", depth=20)
    assert ("", "o0", True) in places(down, id)


def test_files_in_values_lead_to_what_has_made_them(warm, tracing):
    texts = ["first of these texts", "second of these texts"]
    id = run(warm, browsed.tabled, texts=texts)
    found = ask(tracing, digest=digest_of(texts[1].encode()))
    assert ("n0", "o0[1].file", True) in places(found, id)
    assert ("n0", "texts", False) in places(found, id)
    assert not {name for _, name, _ in places(found, id) if "[0]" in name}
    down = ask(tracing, digest=digest_of(texts[1].encode()), way="downstream")
    assert {("n1", "rows[1].file", False), ("n1", "o0", True)} <= places(down, id)


# -- across executions ------------------------------------------------------------------------


def test_a_file_leads_to_the_execution_that_made_it_and_to_those_that_used_it(warm, tracing):
    text = "passed from one execution to another"
    maker = run(warm, browsed.writing, text=text)
    file = warm.run(browsed.writing, {"text": text}).outputs["o0"]
    user = run(warm, browsed.reading, file=file)
    up = ask(tracing, execution=user)
    assert {("n0", "text", False), ("", "text", False)} <= places(up, maker)
    down = ask(tracing, execution=maker, path="n0", way="downstream")
    assert {("", "file", False), ("n0", "o0", True), ("", "o0", True)} <= places(down, user)
    by_content = ask(tracing, digest=digest_of(text.encode()), way="downstream")
    assert ("", "o0", True) in places(by_content, user)


def test_small_values_that_are_alike_by_chance_lead_nowhere(warm, tracing):
    run(warm, browsed.sums, a=3.0)
    later = run(warm, browsed.sums, a=7.0)
    assert {use.execution for use in ask(tracing, execution=later).uses} == {later}


def test_content_of_others_is_found_by_its_uri(warm, tracing, tmp_path):
    path = tmp_path / "theirs.txt"
    path.write_text("theirs")
    id = run(warm, browsed.reading, file=File(path.as_uri()))
    (uri,) = {use.uri for use in ask(tracing, execution=id).uses} - {""}
    down = ask(tracing, uri=uri, way="downstream")
    assert ("n0", "o0", True) in places(down, id)


def test_what_was_reused_leads_to_where_it_was_made(warm, tracing):
    first = run(warm, browsed.remembering, text="worth remembering")
    again = run(warm, browsed.remembering, text="worth remembering")
    found = ask(tracing, execution=again)
    reused = [use for use in found.uses if use.reused]
    assert {(use.execution, use.path, use.made) for use in reused} == {(again, "n0", True)}
    assert {("n0", "o0", True), ("", "text", False)} <= places(found, first)
    down = ask(tracing, execution=first, path="n0", way="downstream")
    assert ("", "o0", True) in places(down, again)


# -- bounds and rights ------------------------------------------------------------------------


def test_it_ends_where_it_was_told_to(warm, tracing):
    id = run(warm, browsed.chained, x=1)
    near = ask(tracing, execution=id, depth=1)
    assert not near.complete
    assert places(near, id) < places(ask(tracing, execution=id), id)
    few = ask(tracing, 3, execution=id)
    assert len(few.uses) == 3
    assert not few.complete


def test_who_may_not_see_an_execution_does_not_learn_of_it(warm, tracing):
    text = "not to be seen by everybody"
    elsewhere = compile_entity(browsed.writing)
    packed = browsed.writing.signature.pack_inputs({"text": text})
    hidden = warm.submit(elsewhere, browsed.writing.ref, packed, project="hidden")
    warm.drain(hidden)
    file = warm.run(browsed.writing, {"text": text}).outputs["o0"]
    user = run(warm, browsed.reading, file=file)
    stranger = Identity("stranger", "viewer", ("default",))
    assert hidden in {use.execution for use in ask(tracing, execution=user).uses}
    seen = ask(tracing, who=stranger, execution=user)
    assert hidden not in {use.execution for use in seen.uses}
    with pytest.raises(NotFound, match=f"no execution {hidden}"):
        ask(tracing, who=stranger, execution=hidden)
    nobody = Identity("nobody", "viewer", ())
    with pytest.raises(NotFound, match="nothing is known"):
        ask(tracing, who=nobody, digest=digest_of(text.encode()))


def test_what_nothing_is_known_of_is_not_found(warm, tracing):
    id = run(warm, browsed.sums, a=1.0)
    for query in ({"digest": "0" * 64}, {"uri": "s3://no/where"}, {"execution": "unknown"}):
        with pytest.raises(NotFound):
            ask(tracing, **query)
    with pytest.raises(NotFound, match="node n9"):
        ask(tracing, execution=id, path="n9")
    for query in ({}, {"digest": "0" * 64, "execution": id}):
        with pytest.raises(CallError, match="a digest, of a URI or of an execution"):
            ask(tracing, **query)


def test_nodes_of_an_execution_that_failed_are_traced(warm, tracing):
    ended = warm.run(browsed.failing, {"x": 1})
    assert ended.failure is not None
    found = ask(tracing, execution=ended.execution, path="n0/n0")
    assert {("n0/n0", "o0", True), ("", "x", False)} <= places(found, ended.execution)


def test_reading_on_twice_changes_nothing(warm, tracing):
    id = run(warm, browsed.sums, a=1.0)
    first = ask(tracing, execution=id)
    assert not tracing.tick()
    assert ask(tracing, execution=id) == first


# -- functions that call ----------------------------------------------------------------------


def test_what_one_call_of_an_eager_function_gave_leads_to_the_next(warm, tracing):
    id = run(warm, browsed.passed_on, text="passed on by a function", x=1)
    nodes = {each.path: each for each in warm.store.nodes(id)}
    wrote, _, measured, _, added = sorted(
        (each for path, each in nodes.items() if path.startswith("n0/") and "@" not in path),
        key=lambda each: each.created,
    )
    found = ask(tracing, execution=id, path=measured.path, depth=20)
    assert {(wrote.path, "o0", True), (wrote.path, "text", False)} <= places(found, id)
    assert {use.preview for use in found.uses if use.path == measured.path and not use.made} == {
        next(use.preview for use in found.uses if use.path == wrote.path and use.made)
    }
    last = ask(tracing, execution=id, path=added.path, depth=1)
    assert {(measured.path, "o0", True), ("n0", "x", False)} <= places(last, id)
    down = ask(tracing, execution=id, path=wrote.path, way="downstream", depth=20)
    assert {(measured.path, "file", False), ("", "o0", True)} <= places(down, id)


def test_calls_are_told_apart_also_when_they_are_read_one_by_one(warm, monkeypatch):
    monkeypatch.setattr("volery.services.tracing.LINES", 1)
    monkeypatch.setattr("volery.services.tracing.KEPT", 0)  # nothing is at hand from line to line
    with closing(warm.home.open()) as store:
        tracing = traced(store, warm)
        test_what_one_call_of_an_eager_function_gave_leads_to_the_next(warm, tracing)


class CountingBundles:
    """A store that counts how often it is asked for each bundle."""

    def __init__(self, inner: SqlStore) -> None:
        self.asked = Counter[str]()
        self._inner = inner

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)

    def bundle(self, digest: str) -> bytes:
        self.asked[digest] += 1
        return self._inner.bundle(digest)


def test_a_bundle_is_read_once_for_all_families_that_run_it(warm):
    """Of large ones, a server that began with a hundred families behind was busy for seconds."""
    ids = [run(warm, browsed.tabled, texts=[f"text {at} of a family"]) for at in range(6)]
    with closing(warm.home.open()) as opened:
        store = CountingBundles(opened)
        tracing = traced(store, warm)
        assert not tracing.catch_up(1_000)
        [bundle] = {record.bundle for id in ids if (record := opened.execution(id))}
        assert {id for id in ids if ask(tracing, execution=id).uses} == set(ids)
    assert store.asked[bundle] == 1


def test_files_in_a_list_of_many_megabytes_are_known(warm, tracing):
    texts = [f"text {at} of a long list" for at in range(40)]
    id = run(warm, browsed.large, texts=texts, size=5_000)
    assert ("n1", "rows", False) in places(ask(tracing, execution=id), id)
    found = ask(tracing, digest=digest_of(texts[39].encode()), way="downstream")
    assert ("n1", "rows[39].file", False) in places(found, id)


def test_many_values_are_written_piece_by_piece(warm, tracing, monkeypatch):
    monkeypatch.setattr("volery.store.lineage.PIECE", 3)
    texts = [f"text {at} of many pieces" for at in range(20)]
    id = run(warm, browsed.tabled, texts=texts)
    for at, text in enumerate(texts):
        found = ask(tracing, digest=digest_of(text.encode()), way="downstream")
        assert ("n1", f"rows[{at}].file", False) in places(found, id)


# -- what cannot be read now ------------------------------------------------------------------


@pytest.mark.parametrize(
    "case",
    [
        (browsed.large, {"texts": ["a text while it is away"] * 40, "size": 5_000}, None),
        (files.notes, {}, b"true"),
    ],
    ids=["list", "directory"],
)
def test_what_is_in_a_storage_that_was_away_is_known_when_it_is_back(
    warm, tracing, tmp_path, monkeypatch, case
):
    """Lines that were read meanwhile were taken for read, and their files were never known."""
    entity, inputs, content = case
    tracing.catch_up(1_000)
    id = run(warm, entity, **inputs)
    later = run(warm, browsed.sums, a=1.0)
    monkeypatch.setattr("volery.services.tracing.LEFT", 0.2)
    blobs = tmp_path / "blobs"
    blobs.touch()  # which is no folder
    with closing(warm.home.open()) as store:
        behind = traced(store, warm, Storage(tmp_path.as_uri()))
        found = ask(behind, execution=later)
        assert ("n0", "o0", True) in places(found, later)
        assert not found.complete

        blobs.unlink()
        blobs.symlink_to(Path(urlsplit(warm.storage.url).path) / "blobs")
        while behind.catch_up(1):
            pass
        digest = digest_of(content or inputs["texts"][39].encode())
        assert id in {use.execution for use in ask(behind, digest=digest, way="downstream").uses}


def test_a_directory_that_nobody_will_ever_list_is_known_as_a_whole(tmp_path):
    storage = Storage(tmp_path.as_uri())
    outside = store_manifest(storage, [Entry("../outside", "a" * 64, 1)])
    no_manifest = storage.put(b"no manifest")
    gone = "f" * 64
    with using(storage):
        for digest in (outside, no_manifest, gone):
            folder = pack(content_to_wire(Content(digest, 1, is_manifest=True)))
            assert [each.digest for each in lineage_values.parts(folder)] == [digest]


class UnreadBundle:
    """A store with a bundle that this version cannot read."""

    def __init__(self, inner: SqlStore, bundle: str) -> None:
        self._inner = inner
        self._bundle = bundle

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)

    def bundle(self, digest: str) -> bytes:
        if digest == self._bundle:
            raise StoreError("it is of a newer schema")
        return self._inner.bundle(digest)


def test_a_family_whose_bundle_cannot_be_read_holds_up_no_other(warm, tracing, monkeypatch, caplog):
    """Nothing behind it was ever traced, and whoever asked for any lineage got its error."""
    tracing.catch_up(1_000)
    unread = run(warm, browsed.filed, text="of a bundle that is not read")
    later = run(warm, browsed.sums, a=1.0)
    monkeypatch.setattr("volery.services.tracing.FAMILIES", 1)
    with closing(warm.home.open()) as store:
        record = store.execution(unread)
        assert record is not None
        behind = traced(UnreadBundle(store, record.bundle), warm)
        found = ask(behind, execution=later)
    assert ("n0", "o0", True) in places(found, later)
    assert not found.complete
    [told] = [each for each in caplog.messages if unread in each]
    assert "cannot be traced now: it is of a newer schema" in told
    assert ("n0", "o0", True) in places(ask(tracing, execution=unread), unread)


def test_a_database_that_cannot_be_written_to_is_no_concern_of_single_families(
    warm, tracing, caplog
):
    """Each of them was told of and left, one after the other, as fast as that goes."""
    tracing.catch_up(1_000)
    run(warm, browsed.sums, a=1.0)
    with records.opened(warm.home) as store, pytest.raises(StoreError):  # it is for reading
        traced(store, warm).tick()
    assert caplog.messages == []
