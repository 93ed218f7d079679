"""The simulator: replicas of the engine over one store, in random order, dying at every verb.

Everything is real but the executor's timing and the deaths: the planner, the services and a store.
A run is a function of its seed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from random import Random
from typing import Any, cast

import msgspec

from volery.executors.base import Started
from volery.ids import ROOT
from volery.ir.failure import ABORTED, Failure
from volery.ir.nodes import Ref
from volery.ir.values import EMPTY
from volery.ir.work import Result, Work
from volery.sdk.program import Program
from volery.sdk.task import Task
from volery.services.orchestrator import Orchestrator
from volery.store.base import Claim, ExecutionRecord, Store
from volery.store.memory import MemoryStore
from volery.testing import pictures

MOST_STEPS = 20_000
"""A run that takes longer is stuck."""


class Death(BaseException):
    """A replica ends here. Not an Exception, so that nothing on the way handles it."""


class Chances(msgspec.Struct, frozen=True):
    """How likely each mishap is, at each occasion.

    Attributes:
        death: a replica dies at a verb, before or after it took effect.
        zombie: a replica that died goes on reporting what it had begun.
        crash: a work ends in a SYSTEM failure without having run.
        abort: somebody asks for an abort, at each step.
        interrupt: another replica takes a step, at each verb.
    """

    death: float = 0.01
    zombie: float = 0.3
    crash: float = 0.02
    abort: float = 0.0
    interrupt: float = 0.1


class SteppedClock:
    """Moves a little at each look; now and then, by the seed, somebody sets it back."""

    def __init__(self, seed: int = 0) -> None:
        self._random = Random(seed)  # noqa: S311 - a simulation, repeatable by its seed
        self._now = 1_000_000.0

    def now(self) -> float:
        self._now += -10.0 if self._random.random() < 0.05 else 0.001
        return self._now


class MortalStore:
    """A store at whose verbs anything may happen first.

    Other replicas may take steps of their own before the verb; the caller may die of it, before
    or after it took effect.
    """

    def __init__(self, world: World, caller: str) -> None:
        self._world = world
        self._caller = caller

    def __getattr__(self, name: str) -> Callable[..., Any]:
        verb = getattr(self._world.store, name)

        def mortal(*args: Any) -> Any:
            self._world.interrupt(self._caller)
            dies = self._world.dies()
            if dies and self._world.random.random() < 0.5:
                raise Death
            answer = verb(*args)
            if dies:
                raise Death
            return answer

        return mortal


class ShuffledExecutor:
    """Ends works in any order and at any time."""

    def __init__(self, tasks: Mapping[str, Task[..., Any]], random: Random, crash: float) -> None:
        self._tasks = tasks
        self._random = random
        self._crash = crash
        self._works: dict[int, Work] = {}
        self._ended: list[Started | Result] = []

    def room(self) -> int:
        return self._random.randrange(4)

    def launch(self, works: Sequence[Work]) -> None:
        self._works.update((work.id, work) for work in works)

    def abort(self, ids: Sequence[int]) -> None:
        for each in ids:
            # An abort may come too late.
            if each in self._works and self._random.random() < 0.7:
                del self._works[each]
                failure = Failure(ABORTED, "SYSTEM", "stopped")
                self._ended.append(Result(each, None, failure))

    def poll(self, timeout: float) -> list[Started | Result]:  # noqa: ARG002 - no time passes here
        from volery.worker.execute import run

        events, self._ended = self._ended, []
        for number in list(self._works):
            luck = self._random.random()
            if luck < 0.5:
                continue
            work = self._works.pop(number)
            if luck < 0.5 + self._crash:
                failure = Failure("WorkerCrashed", "SYSTEM", "simulated")
                events.append(Result(number, None, failure))
            else:
                events.append(Started(number, 0.0))
                events.append(run(self._tasks[work.task], work))
        return events

    def close(self) -> None:
        self._works.clear()


class Replica:
    """One process of the engine: its services, which may be stepped in any order."""

    def __init__(self, world: World, name: str) -> None:
        self.name = name
        store = MortalStore(world, name)
        executor = ShuffledExecutor(world.program.tasks, world.random, world.chances.crash)
        self.orchestrator = Orchestrator(
            cast("Store", store),
            executor,
            clock=world.clock,
            owner=name,
            alive=world.living.__contains__,
            on_print=_unheard,
        )

    def step(self, random: Random, root: str, *, may_launch: bool = True) -> None:
        """One tick of one service."""
        steps = self.orchestrator.steps(root)
        if not may_launch:
            del steps["launch"]
        random.choice(list(steps.values()))()


class World:
    """A store, the replicas on it, and what befalls them."""

    def __init__(
        self,
        program: Program,
        seed: int,
        *,
        chances: Chances,
        replicas: int = 2,
        die_at: int = -1,
        store: Store | None = None,
    ) -> None:
        """`die_at` is the verb, counted over all replicas, whose caller dies for certain."""
        self.name = "simulated"
        self.verbs = 0
        self.verbs_to_end = 0
        self.die_at = die_at
        self.program = program
        self.random = Random(seed)  # noqa: S311 - a simulation, repeatable by its seed
        self.chances = chances
        self.store = store or MemoryStore()
        self.clock = SteppedClock(seed)
        self.living: set[str] = set()
        self.deaths = 0
        self._names = 0
        self._busy: set[str] = set()
        self._zombies: list[Replica] = []
        self._replicas = [self._replica() for _ in range(replicas)]

    def run(self, entity: Ref, inputs: bytes = EMPTY) -> ExecutionRecord:
        """Submit, and let things happen until the execution has ended."""
        self._submit(entity, inputs)
        for _ in range(MOST_STEPS):
            if self.record().phase.terminal:
                self.verbs_to_end = self.verbs
                self._settle()
                return self.record()
            if self.random.random() < self.chances.abort:
                self.store.abort(self.name, "simulated", self.clock.now())
            self._step()
        raise AssertionError(f"stuck: {pictures.picture(self.store, self.name)}")

    def record(self) -> ExecutionRecord:
        """The execution as the store has it now."""
        record = self.store.execution(self.name)
        if record is None:
            raise AssertionError("an accepted execution is gone")
        return record

    def outputs(self) -> bytes:
        """The output record of the execution, which SUCCEEDED."""
        return self.store.outputs(self.name, [ROOT])[ROOT]

    def dies(self) -> bool:
        """Whether whoever calls a verb now dies of it."""
        number, self.verbs = self.verbs, self.verbs + 1
        return number == self.die_at or self.random.random() < self.chances.death

    def interrupt(self, caller: str) -> None:
        """Perhaps let another replica take a step while `caller` is between two verbs."""
        if self.random.random() >= self.chances.interrupt or caller in self._busy:
            return
        self._busy.add(caller)
        free = [
            position
            for position, replica in enumerate(self._replicas)
            if replica.name not in self._busy
        ]
        if free:
            self._step_one(self.random.choice(free))
        self._busy.discard(caller)

    def _submit(self, entity: Ref, inputs: bytes) -> None:
        while self.store.execution(self.name) is None:
            try:
                self._replicas[0].orchestrator.submit(
                    self.program.bundle, entity, inputs, name=self.name
                )
            except Death:
                self._bury(0)

    def _step(self) -> None:
        if self._zombies and self.random.random() < 0.1:
            self._step_zombie()
        self._step_one(self.random.randrange(len(self._replicas)))

    def _step_one(self, position: int) -> None:
        try:
            self._replicas[position].step(self.random, self.name)
        except Death:
            self._bury(position)

    def _step_zombie(self) -> None:
        zombie = self.random.choice(self._zombies)
        try:
            # It learns that it owns nothing before it takes on work, but not before it reports.
            zombie.step(self.random, self.name, may_launch=False)
        except Death:
            self._zombies.remove(zombie)

    def _bury(self, position: int) -> None:
        """A dead replica's caches are gone with it; another takes its place."""
        dead = self._replicas[position]
        self.living.discard(dead.name)
        self.deaths += 1
        if self.random.random() < self.chances.zombie:
            self._zombies.append(dead)
        self._replicas[position] = self._replica()

    def _settle(self) -> None:
        """Let everybody look once more: an ended execution must not move."""
        for replica in [*self._replicas, *self._zombies]:
            for step in replica.orchestrator.steps(self.name).values():
                try:
                    step()
                except Death:
                    break

    def _replica(self) -> Replica:
        self._names += 1
        name = f"replica{self._names}"
        self.living.add(name)
        return Replica(self, name)


def _unheard(_claim: Claim, _result: Result) -> None:
    """Nobody listens to what simulated tasks print."""
