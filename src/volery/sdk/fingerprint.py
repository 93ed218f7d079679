"""Fingerprints: what the code of a task comes to, so that a change of it is known.

A fingerprint has a part for each function, class and constant of the project that the task's
function reaches by name, through any number of modules. Code counts by its syntax, constants count
by their value. What is installed does not count, nor does what is looked up by text (``getattr``,
``importlib``).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any
from weakref import WeakKeyDictionary

import msgspec

from volery.ids import digest
from volery.ir.specs import Part
from volery.sdk.program import Program
from volery.sdk.reach import Found, Key, Reach
from volery.sdk.task import Task

_done: WeakKeyDictionary[Program, Program] = WeakKeyDictionary()


def fingerprint(task: Task[..., Any]) -> tuple[Part, ...]:
    """The fingerprint of a task, sorted by name."""
    return _fingerprint(Reach(), task)


def fingerprinted(program: Program) -> Program:
    """A program whose tasks have their fingerprints. Asked again, the same comes back.

    A task that is known by name only keeps an empty one.
    """
    found = _done.get(program)
    if found is None:
        reach = Reach()
        tasks = tuple(
            msgspec.structs.replace(spec, fingerprint=_fingerprint(reach, program.tasks[spec.name]))
            if spec.name in program.tasks
            else spec
            for spec in program.bundle.tasks
        )
        found = Program(msgspec.structs.replace(program.bundle, tasks=tasks), program.tasks)
        _done[program] = _done[found] = found
    return found


def _fingerprint(reach: Reach, task: Task[..., Any]) -> tuple[Part, ...]:
    """What a task reaches, and the variables that it runs with."""
    digests: dict[str, list[str]] = defaultdict(list)
    for key in _closure(reach.found, reach.of_task(task)):
        name, own, _ = reach.found[key]
        digests[name].append(own)
    if task.policy.environment:
        digests["environment"].append(digest(repr(task.policy.environment).encode()))
    return tuple(Part(name, _joined(found)) for name, found in sorted(digests.items()))


def _joined(digests: list[str]) -> str:
    """One digest for things of one name, such as two functions that one function has made."""
    return digests[0] if len(digests) == 1 else digest("".join(sorted(digests)).encode())


def _closure(found: Mapping[Key, Found], start: Iterable[Key]) -> set[Key]:
    """Everything that can be reached from some keys, with them."""
    reached: set[Key] = set()
    ahead = list(start)
    while ahead:
        key = ahead.pop()
        if key not in reached:
            reached.add(key)
            ahead += found[key].reaches
    return reached
