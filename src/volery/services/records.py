"""Records of a home, read without an engine."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from contextlib import contextmanager

from volery.data.storage import Storage
from volery.engine.entities import Entities
from volery.engine.model import Phase
from volery.errors import NotFound, suggest
from volery.ir.codec import read_bundle
from volery.ir.interface import Interface
from volery.ir.ref import Ref
from volery.ir.specs import Bundle
from volery.services.home import Home
from volery.services.owners import is_alive, may_live
from volery.store.base import ExecutionRecord, Store
from volery.store.sql import SqlStore

PAGE = 100

IMPORT_ROOT = "import-root"
STORAGE = "storage"
RESERVED = {IMPORT_ROOT: "the folder of the code", STORAGE: "where the data is"}
"""Labels that older records keep such things in, and so nobody's own."""


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


def users_labels(record: ExecutionRecord) -> dict[str, str]:
    """The labels that its user gave an execution."""
    return {key: value for key, value in record.labels if key not in RESERVED}


def code_folder(record: ExecutionRecord) -> str:
    """Where the user's modules were found; empty where that is not known."""
    return record.options.import_root or dict(record.labels).get(IMPORT_ROOT, "")


def storage_url(record: ExecutionRecord) -> str:
    """Where the large values and files of an execution are; empty: in the home's own storage."""
    return record.options.storage or dict(record.labels).get(STORAGE, "")


def storage_of(record: ExecutionRecord, home: Home, own: Storage) -> Storage:
    """The storage where these are; `own`: where an execution is that does not say it."""
    url = storage_url(record)
    return home.storage(url) if url else own


def bundle_of(store: Store, record: ExecutionRecord) -> Bundle:
    """What an execution is pinned to."""
    return read_bundle(store.bundle(record.bundle))


def interface_of(bundle: Bundle, entity: Ref) -> Interface:
    """Inputs and outputs of what an execution runs; of a launch plan, those of its workflow."""
    entities = Entities(bundle)
    if entity.kind == "launch_plan":
        entity = Ref("workflow", entities.launch_plans[entity.name].workflow)
    return entities.interface(entity)
