"""Values that cannot be made: the execution ends, and says why."""

from __future__ import annotations

import pytest
from tests.services import flows

from volery.errors import StoreError, TypeMismatch, VoleryError
from volery.executors.inline import InlineExecutor
from volery.ir.values import pack
from volery.sdk.compile import compile_entity
from volery.services.orchestrator import Orchestrator
from volery.services.refusal import refusal
from volery.store.memory import MemoryStore
from volery.testing.simulate import SteppedClock


@pytest.mark.parametrize("depth", range(20, 400, 20))
def test_a_value_that_is_too_deep_for_the_driver_ends_the_execution(depth):
    """A worker could make it, the driver could not change its form: RUNNING for ever."""
    try:
        assert flows.deep_cast(depth=depth) == 1
    except VoleryError as error:
        assert error.code in {"TooDeep", "TypeMismatch"}  # noqa: PT017 - either may happen


@pytest.mark.parametrize(
    ("error", "code", "kind"),
    [
        (TypeMismatch("no", code="MissingPart"), "MissingPart", "USER"),
        (ValueError("no"), "Unresolved", "USER"),
        (RecursionError("deep"), "TooDeep", "USER"),
        (ZeroDivisionError("ours"), "Internal", "SYSTEM"),
    ],
)
def test_every_error_is_a_failure_that_no_retry_can_help(error, code, kind):
    failure = refusal(error, "e", "n1")
    assert (failure.code, failure.kind, failure.retryable) == (code, kind, False)
    assert (failure.execution, failure.path) == ("e", "n1")


@pytest.mark.parametrize("error", [StoreError("full"), AssertionError("illegal")])
def test_what_no_value_is_to_blame_for_is_raised(error):
    with pytest.raises(type(error)):
        refusal(error, "e", "n1")


class InterruptedExecutor(InlineExecutor):
    """Is interrupted at its first launch."""

    interrupted = False

    def launch(self, works):
        if not self.interrupted:
            self.interrupted = True
            raise KeyboardInterrupt
        super().launch(works)


def test_work_that_was_claimed_when_an_interrupt_came_is_not_lost():
    """The next drain waited for it for ever."""
    program = compile_entity(flows.where)
    store = MemoryStore()
    orchestrator = Orchestrator(
        store,
        InterruptedExecutor(program.tasks),
        clock=SteppedClock(),
        owner="me",
        alive="me".__eq__,
        on_print=lambda *_: None,
    )
    execution = orchestrator.submit(program.bundle, flows.where.ref, pack({"x": 1}))
    with pytest.raises(KeyboardInterrupt):
        orchestrator.drain(execution)
    assert orchestrator.drain(execution).phase == "SUCCEEDED"
