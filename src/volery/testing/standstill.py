"""Standstill: nothing can go on by itself, so gates are answered, and then time passes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from math import inf
from typing import Any

from volery.errors import ExecutionError, TypeMismatch, suggest
from volery.ids import join
from volery.services.context import Contexts
from volery.services.gates import Gate, Gates
from volery.services.places import Places
from volery.services.values import Values
from volery.store.base import Store
from volery.testing.clock import FakeClock
from volery.types.packing import pack
from volery.types.registry import codec_for
from volery.types.written.describing import describe


class StillClock:
    """The time of a fake clock, which only a standstill moves: whoever else asks has to wait."""

    def __init__(self, clock: FakeClock) -> None:
        self._clock = clock

    def now(self) -> float:
        return self._clock.now()

    def skip(self, to: float) -> None:
        pass


class Standstill:
    """What the world does when an execution waits for it.

    Args:
        store: with the execution.
        execution: the top of a family.
        clock: is moved.
        signals: answers to gates, by name or path.
    """

    def __init__(
        self, store: Store, execution: str, clock: FakeClock, signals: Mapping[str, Any]
    ) -> None:
        self._store = store
        self._execution = execution
        self._clock = clock
        self._signals = signals
        self._places = Places(store)
        contexts = Contexts(store)
        self._gates = Gates(store, contexts, Values(store))

    def settle(self) -> None:
        """Let happen what can without any time."""
        self._store.wake("", self._execution, self._clock.now())
        for gate in self._waiting() if self._signals else ():
            key = self._key(gate)
            if key is not None:
                answer = _packed(gate, self._signals[key])
                self._store.signal(gate.execution, gate.path, answer, self._clock.now())

    def pass_time(self, due: float) -> None:
        """Let time pass until something happens, at `due` at the latest.

        Raises:
            ExecutionError: nothing ever will.
        """
        upcoming = self._store.wake("", self._execution, self._clock.now())
        until = due if upcoming is None else min(due, upcoming)
        if until == inf:
            raise self._stuck()
        self._clock.skip(until)

    def _waiting(self) -> list[Gate]:
        record = self._store.execution(self._execution)
        return [] if record is None else list(self._gates.waiting(record))

    def _key(self, gate: Gate) -> str | None:
        """Under which name there is an answer."""
        path = join(self._places.of(gate.execution), gate.path)
        return next((each for each in (path, gate.name) if each in self._signals), None)

    def _stuck(self) -> ExecutionError:
        waiting = self._waiting()
        if not waiting:
            return ExecutionError(
                "nothing goes on, and time changes nothing about it",
                hint="where an attempt hangs: Hang(seconds), or give the task a timeout=",
                code="Stuck",
            )
        return ExecutionError(
            "; ".join(gate.question() for gate in waiting), hint=self._hint(waiting), code="Stuck"
        )

    def _hint(self, waiting: list[Gate]) -> str:
        answers = ", ".join(_answer(waiting))
        hint = f"run_locally(..., signals={{{answers}}})"
        near = suggest(waiting[0].name, self._signals)
        return f"{hint}; {near}" if near.startswith("did you mean") else hint


def _answer(waiting: list[Gate]) -> Iterator[str]:
    for name, gate in {gate.name: gate for gate in waiting}.items():
        yield f"{name!r}: {describe(gate.answer) if gate.value is None else 'True'}"


def _packed(gate: Gate, value: Any) -> bytes:
    """A Python object as the answer to a gate: of the gate's type, or as it is written in JSON.

    Raises:
        TypeMismatch: it is neither.
    """
    codec = codec_for(type(value))
    if codec.type == gate.answer:
        return pack(codec, value)
    try:
        return gate.pack(value)
    except TypeMismatch as error:
        raise TypeMismatch(
            f"gate {gate.label}: {error.message}", hint=error.hint, path=error.path
        ) from None
