"""Workflows that fail until they may succeed, with every kind of node; and who runs them here."""

from __future__ import annotations

import asyncio
import functools
from collections import Counter
from dataclasses import dataclass, field
from datetime import timedelta

from volery import (
    LaunchPlan,
    approve,
    conditional,
    dynamic,
    eager,
    map_task,
    task,
    wait_for_input,
    workflow,
)
from volery.clock import SystemClock
from volery.executors.inline import InlineExecutor
from volery.ids import ROOT
from volery.ir.values import EMPTY, pack
from volery.sdk.compile import compile_entity
from volery.sdk.fingerprint import fingerprinted
from volery.sdk.task import Task
from volery.services.orchestrator import Orchestrator
from volery.store.base import ExecutionRecord, NodeRecord
from volery.store.memory import MemoryStore

HOUR = timedelta(hours=1)
RAN: Counter[str] = Counter()
"""How often each task was run, by name and input."""
MENDED = set[str]()
"""What does not fail any more."""


@task
def numbers(n: int) -> list[int]:
    RAN[f"numbers({n})"] += 1
    return list(range(n))


@task
def double(x: int) -> int:
    RAN[f"double({x})"] += 1
    return 2 * x


@task
def total(xs: list[int]) -> int:
    RAN[f"total({xs})"] += 1
    return sum(xs)


@task
def fragile(x: int) -> int:
    RAN[f"fragile({x})"] += 1
    if "fragile" not in MENDED:
        raise ValueError("not yet")
    return x + 1


@task
def picky(x: int, offset: int) -> int:
    RAN[f"picky({x})"] += 1
    if x % 3 == 2 and "picky" not in MENDED:
        raise ValueError(f"not {x} yet")
    return x + offset


@task
def clean_up(x: int) -> None:
    RAN[f"clean_up({x})"] += 1


@workflow
def chain(x: int = 1) -> int:
    return double(x=fragile(x=double(x=x)))


@workflow
def inner(x: int) -> int:
    return fragile(x=double(x=x))


@workflow
def sub(x: int = 1) -> int:
    return double(x=inner(x=double(x=x)))


@workflow
def branched(x: int = 1) -> int:
    y = double(x=x)
    return conditional("size").if_(y > 1).then(inner(x=y)).else_().then(double(x=y))


@workflow
def mapped(n: int = 7) -> int:
    return total(xs=map_task(functools.partial(picky, offset=10))(x=numbers(n=n)))


@workflow
def mapped_in_ranges(n: int = 300) -> int:
    return total(xs=map_task(functools.partial(picky, offset=10))(x=numbers(n=n)))


@task(retries=1)
def flaky(x: int) -> int:
    RAN[f"flaky({x})"] += 1
    if x < 4 and "picky" not in MENDED:
        raise ValueError(f"not {x} yet")
    return x


@workflow
def mapped_with_retries(n: int = 300) -> int:
    return total(xs=map_task(flaky, concurrency=1)(x=numbers(n=n)))


@workflow
def mapped_workflows(n: int = 3) -> list[int]:
    return map_task(inner)(x=numbers(n=n))


planned = LaunchPlan.get_or_create(sub, name="recovering.planned")


@workflow
def launched(x: int = 1) -> int:
    return double(x=planned(x=double(x=x)))


@dynamic
def emitted(n: int) -> int:
    RAN[f"emitted({n})"] += 1
    return fragile(x=total(xs=[double(x=number) for number in range(n)]))


@workflow
def dynamically(n: int = 3) -> int:
    return emitted(n=n)


@eager
async def calling(n: int) -> int:
    RAN[f"calling({n})"] += 1
    doubled = await asyncio.gather(*(double(x=number) for number in range(n)))
    return await fragile(x=sum(doubled))


@workflow
def eagerly(n: int = 3) -> int:
    return calling(n=n)


@workflow
def gated(x: int = 1) -> float:
    passed = approve(double(x=x), "ship", timeout=HOUR)
    return times(
        x=fragile(x=passed), rate=wait_for_input("rate", timeout=HOUR, expected_type=float)
    )


@task
def times(x: int, rate: float) -> float:
    return x * rate


@workflow(on_failure=clean_up)
def handled(x: int = 1) -> int:
    return fragile(x=double(x=x))


CORPUS = (
    chain,
    sub,
    branched,
    mapped,
    mapped_in_ranges,
    mapped_workflows,
    launched,
    dynamically,
    eagerly,
    gated,
    handled,
)
COMPARABLE = [each for each in CORPUS if each not in {dynamically, eagerly}]
"""What tasks in one process emit and call has no fingerprint."""
TASKS = {each.name: each for each in list(globals().values()) if isinstance(each, Task)}
"""Those that dynamic and eager tasks come to among them."""
SIGNALS = {"approve": b"\xc3", "input": pack(1.5)}


@dataclass
class Desk:
    """Runs entities on one store in this process, and answers their gates."""

    store: MemoryStore = field(default_factory=MemoryStore)

    def run(self, entity, inputs: bytes = EMPTY, **particulars) -> ExecutionRecord:
        program = fingerprinted(compile_entity(entity))
        executor = InlineExecutor({**TASKS, **program.tasks})
        orchestrator = Orchestrator(
            self.store,
            executor,
            clock=SystemClock(),
            owner=f"desk-{len(self.store.executions(limit=1000))}",
            alive=lambda _owner: True,
            on_print=lambda _claim, _result: None,
        )
        execution = orchestrator.submit(program.bundle, entity.ref, inputs, **particulars)

        def answer() -> None:
            for path in self._waiting(execution):
                node = orchestrator.contexts.child_at(execution, path).node
                orchestrator.signal(execution, path, SIGNALS[node.target.gate])

        try:
            return orchestrator.drain(execution, answer)
        finally:
            executor.close()

    def _waiting(self, execution: str) -> list[str]:
        nodes = self.store.nodes(execution)
        return [
            each.path
            for each in nodes
            if each.kind == "gate" and not each.phase.terminal and not each.signalled
        ]

    def outputs(self, execution: str) -> bytes | None:
        return self.store.outputs(execution, [ROOT]).get(ROOT)

    def nodes(self, execution: str) -> dict[str, NodeRecord]:
        return {node.path: node for node in self.store.nodes(execution)}
