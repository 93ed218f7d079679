"""Records of a home, read without an engine."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from contextlib import contextmanager

from volery.engine.entities import Entities
from volery.engine.model import Phase
from volery.errors import NotFound, suggest
from volery.ir.codec import read_bundle
from volery.ir.interface import Interface
from volery.ir.nodes import Ref
from volery.ir.specs import Bundle
from volery.services.home import Home
from volery.services.owners import is_alive, may_live
from volery.store.base import ExecutionRecord, Store
from volery.store.sql import SqlStore

PAGE = 100


class NothingYet(NotFound):
    """A home in which nothing was ever run."""


@contextmanager
def opened(home: Home, *, to_write: bool = False) -> Generator[SqlStore]:
    """The store of a home.

    Raises:
        NothingYet: nothing was ever run there.
        StoreError: the home or its database cannot be used.
    """
    if not home.has_database():
        raise NothingYet(
            f"nothing has been run in {home.folder} yet",
            hint="volery run FILE, or name another home with --home or VOLERY_HOME",
        )
    store = home.open(read_only=not to_write)
    try:
        yield store
    finally:
        store.close()


def newest(store: Store, limit: int, phases: Sequence[Phase] = ()) -> list[ExecutionRecord]:
    """Executions that people started, newest first; not those that launch plan nodes started."""
    found: list[ExecutionRecord] = []
    before: str | None = None
    while len(found) < limit:
        page = store.executions(limit=PAGE, before=before, phases=phases)
        found += [record for record in page if record.parent is None]
        if len(page) < PAGE:
            break
        before = page[-1].id
    return found[:limit]


def find(store: Store, name: str) -> ExecutionRecord:
    """An execution by name. Raises NotFound, with the nearest names."""
    record = store.execution(name)
    if record is None:
        names = [each.id for each in newest(store, 1000)]
        raise NotFound(f"there is no execution {name}", hint=suggest(name, names))
    return record


def top_of(store: Store, record: ExecutionRecord) -> ExecutionRecord:
    """The execution at the top of a family: the one that is driven."""
    return record if record.root == record.id else find(store, record.root)


def is_interrupted(home: Home, store: Store, record: ExecutionRecord) -> bool:
    """Whether an execution has not ended and nobody drives it any more."""
    if record.phase.terminal or (record.owner is not None and _drives(home, store, record.owner)):
        return False
    # Its owner may have ended it and gone, or another one come, since the record was read.
    return store.execution(record.id) == record


def _drives(home: Home, store: Store, owner: str) -> bool:
    """Whether an owner may still drive what is its own."""
    kept = store.owner(owner)
    if kept is None or kept.gone:
        return False
    return may_live(home, owner) if home.url else is_alive(home, owner)


def bundle_of(store: Store, record: ExecutionRecord) -> Bundle:
    """What an execution is pinned to."""
    return read_bundle(store.bundle(record.bundle))


def interface_of(bundle: Bundle, entity: Ref) -> Interface:
    """Inputs and outputs of what an execution runs; of a launch plan, those of its workflow."""
    entities = Entities(bundle)
    if entity.kind == "launch_plan":
        entity = Ref("workflow", entities.launch_plans[entity.name].workflow)
    return entities.interface(entity)
