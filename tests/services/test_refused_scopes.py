"""Scopes that cannot go on, because a value or an executor cannot be had."""

from __future__ import annotations

from typing import Any, ClassVar

import pytest
from tests.services.caching import Place

from volery import task, workflow
from volery.engine.model import HANDLER, Phase
from volery.errors import ConfigError
from volery.executors.placing import Only
from volery.store.memory import MemoryStore

RAN: list[str] = []


@pytest.fixture(autouse=True)
def nothing_ran() -> None:
    RAN.clear()
    Leaving.gone = False


@task
def rent() -> str:
    RAN.append("rent")
    return "machine"


@task
def parts(machine: str) -> dict[str, int]:
    return {machine: 1}


@task
def give_back() -> None:
    RAN.append("give back")


@workflow(on_failure=give_back)
def renting() -> int:
    return parts(machine=rent())["absent"]


class Leaving(Only):
    """One executor. Those that are wanted by name are there until they are `gone`."""

    gone: ClassVar = False

    def name_of(self, wanted: str, said: str = "") -> str:
        if wanted and self.gone:
            raise ConfigError(f"there is no executor {wanted}")
        return super().name_of(wanted, said)


def run(entity: Any, *, gone: bool = True) -> tuple[MemoryStore, Any]:
    """`gone`: from the beginning."""
    place = Place(placing=Leaving)
    orchestrator, execution = place.submit(entity, {})
    Leaving.gone = gone
    return place.store, orchestrator.drain(execution)


def test_a_handler_answers_outputs_that_cannot_be_made():
    store, record = run(renting)
    assert RAN == ["rent", "give back"]
    assert record.phase is Phase.FAILED
    assert record.failure.code == "MissingPart"
    nodes = {node.path: node.phase for node in store.nodes(record.id)}
    assert nodes[HANDLER] is Phase.SUCCEEDED


@task(executor="nowhere")
def away() -> None:
    RAN.append("away")


@workflow(on_failure=away)
def without_its_handler() -> int:
    return parts(machine=rent())["absent"]


def test_a_scope_ends_with_its_failure_where_its_handler_cannot_be_had():
    _, record = run(without_its_handler)
    assert RAN == ["rent"]
    assert record.phase is Phase.FAILED
    assert record.failure.code == "MissingPart"


@workflow(on_failure=give_back)
def sending_away() -> None:
    rent() >> away()


def test_a_handler_answers_a_node_whose_executor_is_not_there():
    _, record = run(sending_away)
    assert RAN == ["rent", "give back"]
    assert record.phase is Phase.FAILED
    assert "nowhere" in record.failure.message


@task(executor="nowhere", retries=1)
def losing_its_place() -> None:
    RAN.append("losing its place")
    Leaving.gone = True
    raise ConnectionError("it has left")


@task
def break_down() -> None:
    raise ValueError("broken")


@workflow(on_failure=losing_its_place)
def breaking_down() -> None:
    break_down()


@workflow(on_failure=losing_its_place)
def coming_to_nothing() -> int:
    return parts(machine=rent())["absent"]


@pytest.mark.parametrize(
    ("entity", "code"), [(breaking_down, "ValueError"), (coming_to_nothing, "MissingPart")]
)
def test_a_handler_that_cannot_be_tried_again_where_it_was_has_failed(entity, code):
    store, record = run(entity, gone=False)
    assert RAN.count("losing its place") == 1
    assert record.phase is Phase.FAILED
    assert record.failure.code == code
    nodes = {node.path: node.phase for node in store.nodes(record.id)}
    assert nodes[HANDLER] is Phase.FAILED
