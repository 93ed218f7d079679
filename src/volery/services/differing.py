"""Differing: in what two versions of an entity differ, with all that they use."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from typing import Any, cast

import msgspec

from volery.errors import VoleryError
from volery.ir.changes import changes
from volery.ir.codec import read_bundle
from volery.ir.difference import differences
from volery.ir.ref import Ref
from volery.ir.specs import Bundle
from volery.ir.types import JsonType
from volery.ir.values import unpack
from volery.ir.whole import Spec, owner_of, references, specs_of
from volery.services.edits import edit_of
from volery.services.packages import Packages, sentence
from volery.services.registration import Registration
from volery.store.base import Store
from volery.types.written.showing import cut, to_json
from volery.wire.access import Identity
from volery.wire.comparisons import DiffQuery, EntityDiff, FileEdit, SpecChange
from volery.wire.entities import Entity, EntityKey

MOST = 500
"""So many changes, lines and files are told."""
MOST_EDITS = 20
"""Of so many files it is told what is different in them."""
LONGEST = 2_000
"""Characters of a part of a spec that are shown, as JSON."""


class Differing:
    """See the module's text. Any thread may use it.

    Args:
        registration: has the versions.
        packages: have the files of the code.
        store: has the bundles.
    """

    def __init__(self, registration: Registration, packages: Packages, store: Store) -> None:
        self._registration = registration
        self._packages = packages
        self._store = store

    def diff(self, who: Identity, query: DiffQuery) -> EntityDiff:
        """See `Views.diff`."""
        left = self._entity(who, query, query.left)
        right = self._entity(who, query, query.right)
        before, now = self._bundle(left), self._bundle(right)
        ref = Ref(query.kind, query.name)
        lines = tuple(islice(spec_lines(before, now, ref), MOST + 1))
        found = tuple(islice(changes(_readable(before, ref), _readable(now, ref)), MOST + 1))
        files, edits = self._files(before, now)
        shown = (
            SpecChange(each.path, each.change, _short(each.before), _short(each.now))
            for each in found[:MOST]
        )
        return EntityDiff(
            left=left.summary,
            right=right.summary,
            lines=lines[:MOST],
            changes=tuple(shown),
            files=tuple(files[:MOST]),
            complete=max(map(len, (lines, found, files))) <= MOST,
            edits=edits,
        )

    def _entity(self, who: Identity, query: DiffQuery, version: str) -> Entity:
        key = EntityKey(query.kind, query.name, version, query.project, query.domain)
        return self._registration.entity(who, key)

    def _bundle(self, entity: Entity) -> Bundle:
        return read_bundle(self._store.bundle(entity.summary.bundle))

    def _files(self, before: Bundle, now: Bundle) -> tuple[list[str], tuple[FileEdit, ...]]:
        """The files of the code that differ, in sentences, and what is different in them."""
        if before.package == now.package:
            return [], ()
        try:
            changes = self._packages.changes(before.package or "", now.package or "")
            return [sentence(each) for each in changes], tuple(map(edit_of, changes[:MOST_EDITS]))
        except VoleryError as error:  # the rest can be told
            return [f"the files cannot be compared: {error.message}"], ()


def spec_lines(before: Bundle, now: Bundle, entity: Ref) -> Iterator[str]:
    """In what an entity, and what it uses, differ in two bundles: a line each."""
    was, becomes = _used(before, entity), _used(now, entity)
    for ref in dict.fromkeys((*becomes, *was)):
        told = "" if ref == entity else f"{owner_of(ref)}: "
        if ref not in becomes:
            yield f"{told}gone"
        elif ref not in was:
            yield f"{told}new"
        else:
            yield from (told + line for line in differences(was[ref], becomes[ref]))


def _used(bundle: Bundle, entity: Ref) -> Mapping[Ref, Spec]:
    """An entity and all that it uses, from the top down."""
    specs = specs_of(bundle)
    found: dict[Ref, Spec] = {}
    waiting = [entity]
    while waiting:
        ref = waiting.pop(0)
        if ref in specs and ref not in found:
            found[ref] = specs[ref]
            waiting += references(specs[ref])
    return found


def _readable(bundle: Bundle, ref: Ref) -> Any:
    """A spec as JSON, with values as Python writes them: nobody can read them packed."""
    return _with_texts(msgspec.to_builtins(specs_of(bundle)[ref], builtin_types=(bytes,)))


def _with_texts(part: Any) -> Any:
    match part:
        case bytes():
            return repr(to_json(JsonType(), unpack(part)))
        case dict():
            fields = cast("dict[str, Any]", part)
            return {name: _with_texts(each) for name, each in fields.items()}
        case list() | tuple():
            return [_with_texts(each) for each in cast("Sequence[Any]", part)]
        case _:
            return part


def _short(part: Any) -> Any:
    """A part of a spec; of one that is long, the beginning as text."""
    text = msgspec.json.encode(part).decode()
    return part if len(text) <= LONGEST else cut(text, LONGEST)
