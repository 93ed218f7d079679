"""Gates whose value cannot be made."""

from __future__ import annotations

from datetime import timedelta

import pytest
from tests.services.caching import Place

from volery import approve, task, workflow
from volery.engine.model import Phase
from volery.errors import NotFound
from volery.services.context import Contexts
from volery.services.gates import Gates
from volery.services.values import Values


@task
def numbers(n: int) -> list[int]:
    return list(range(n))


@workflow
def choosing(n: int) -> int:
    return approve(numbers(n=n)[5], "fine", timeout=timedelta(hours=1))


def test_a_gate_whose_value_is_not_there_fails_by_itself():
    place = Place()
    record = place.execution(choosing, {"n": 3})
    assert record.phase is Phase.FAILED
    assert record.failure is not None
    assert (record.failure.code, record.failure.path) == ("MissingPart", "n1")
    assert record.ended == record.created  # nobody was waited for
    gates = Gates(place.store, Contexts(place.store), Values(place.store))
    with pytest.raises(NotFound, match="no gate fine"):
        gates.find(record, "fine")


def test_a_gate_with_a_part_of_a_value_waits_and_gives_it_on():
    place = Place()
    orchestrator, execution = place.submit(choosing, {"n": 7})
    gates = Gates(place.store, Contexts(place.store), Values(place.store))

    def approving():
        for gate in gates.waiting(place.store.execution(execution)):
            orchestrator.signal(execution, gate.path, gate.read("yes"))

    record = orchestrator.drain(execution, approving)
    assert place.outputs(choosing, record) == 5
