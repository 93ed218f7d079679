"""Attempts in containers that stay."""

from __future__ import annotations

import msgspec
import pytest
from tests.executors.part import part_of
from tests.executors.warmed import Warmed
from tests.servers.docker import PYTHON
from tests.servers.registry import registry

from volery._version import __version__
from volery.data import offload
from volery.executors.base import Executor
from volery.ir.placement import Reuse
from volery.ir.policy import Request
from volery.ir.values import join_record
from volery.testing.conformance.executor import IsolatedExecutorConformance
from volery.testing.conformance.executor_calls import CallsConformance
from volery.testing.conformance.executor_tasks import (
    code,
    double,
    grow,
    hang,
    output,
    results,
    run,
    until_started,
    work,
)


@pytest.fixture
def executor(start) -> Executor:
    return Warmed(start(), Reuse((0, 1), concurrency=2))


# Hosts that are processes have all of the suites; here are those where the engine has a part.
ATTACHED = part_of(
    IsolatedExecutorConformance,
    "works_launched_all_at_once_all_come_back",
    "the_attempt_knows_itself_and_has_its_environment",
    "a_large_value_goes_in_and_comes_out",
    "an_attempt_has_its_secrets_and_nobody_else",
    "close_may_be_called_with_work_under_way",
    "what_an_attempt_prints_comes_before_its_result",
    "what_an_attempt_prints_that_lasts_comes_before_it_ends",
    "an_attempt_finds_its_surroundings_as_if_it_were_the_first",
    "a_process_that_exits_fails_only_its_work",
    "a_process_that_is_killed_fails_only_its_work",
    "a_running_work_is_aborted_and_the_next_one_runs",
    "an_executor_that_is_full_has_no_room",
    "a_work_that_ignores_the_abort_is_killed",
    "works_that_hang_time_out",
    "a_work_that_requests_more_than_there_is_fails_at_once",
)


class TestWarmContainers(ATTACHED):
    some = 8
    many = 100


class TestCalls(
    part_of(
        CallsConformance,
        "calls_are_answered_in_any_order",
        "works_that_wait_keep_no_other_from_running",
        "a_work_that_waits_is_aborted",
    )
):
    """Attempts in containers that stay may call others while they run."""


def test_one_container_serves_many_attempts(executor, docker):
    for x in range(3):
        (result,) = run(executor, [work(double, x=x)])
        assert output(result) == 2 * x
        assert len(docker.containers()) == 1


def test_an_attempt_that_uses_up_the_memory_is_told_so_and_others_go_on(start):
    executor = Warmed(start(), Reuse((0, 1), concurrency=2))
    small = Request(mem=96 << 20)
    last = msgspec.structs.replace(work(hang), requests=small)
    much = join_record({"text": offload.pack("x" * 90_000_000)})
    greedy = msgspec.structs.replace(work(grow, text=""), inputs=much, requests=small)
    executor.launch([last])
    until_started(executor, last)
    executor.launch([greedy])
    (result,) = results(executor, [greedy])
    assert code(result) == "OutOfMemory"
    assert result.failure is not None
    assert (result.failure.kind, result.failure.retryable) == ("SYSTEM", True)
    (result,) = run(executor, [msgspec.structs.replace(work(double, x=4), requests=small)])
    assert output(result) == 8
    executor.abort([last.id])
    assert code(*results(executor, [last])) == "Aborted"


def whole(docker) -> Request:
    """All memory of the machine of an engine."""
    return Request(cpu=0.1, mem=docker.get("/info")["MemTotal"])


def test_what_a_container_that_stays_has_of_the_machine_others_wait_for(start, docker):
    cold = start()
    warm = Warmed(cold, Reuse((1, 1)))
    busy = msgspec.structs.replace(work(hang), requests=whole(docker))
    waits = msgspec.structs.replace(work(double, x=3), requests=whole(docker))
    warm.launch([busy])
    until_started(warm, busy)
    cold.launch([waits])
    assert run(cold, [work(double, x=4)])  # which asks for nothing, and waits for nobody
    warm.abort([busy.id])
    ended, done = results(cold, [busy, waits])
    assert code(ended) == "Aborted"
    assert output(done) == 6


def test_a_container_that_idles_gives_way_and_comes_back_with_work(start, docker):
    cold = start()
    warm = Warmed(cold, Reuse((1, 1)))
    for executor in (warm, cold, warm):
        target = msgspec.structs.replace(work(double, x=4), requests=whole(docker))
        (result,) = run(executor, [target])
        assert output(result) == 8


@pytest.mark.keeps_running("the engine, which belongs to a fixture, is started anew")
def test_an_attempt_waits_for_an_engine_that_is_away(executor, docker):
    docker.stop()
    target = work(double, x=4)
    executor.launch([target])
    assert executor.poll(0.5) == []
    docker.start()
    assert output(results(executor, [target])[0]) == 8


def test_an_image_without_volery_is_told(start, docker):
    image = "volery-test/without:1"
    docker.alter(PYTHON, image, "rm -r /opt/venv/lib/python3*/site-packages/volery")
    executor = Warmed(start(image=image), Reuse())
    assert code(*run(executor, [work(double, x=1)])) == "ImageWithoutVolery"


def test_an_image_with_another_volery_is_told_with_both_versions(start, docker):
    image = "volery-test/another:1"
    folder = "/opt/venv/lib/python3*/site-packages/volery"
    docker.alter(
        PYTHON,
        image,
        f"sed -i 's/^PROTOCOL: Final = 1/PROTOCOL: Final = 99/' {folder}/worker/host_protocol.py"
        f" && sed -i 's/^__version__ = .*/__version__ = \"99.0\"/' {folder}/_version.py",
    )
    (result,) = run(Warmed(start(image=image), Reuse()), [work(double, x=1)])
    assert code(result) == "InvocationRefused"
    assert result.failure is not None
    assert f"Volery {__version__} speaks to this container" in result.failure.message
    assert "which has Volery 99.0" in result.failure.message


def test_an_image_that_is_always_pulled_is_pulled_once_by_an_engine(start, docker):
    """It was for each container that stays."""
    with registry() as registered:
        registered.open.set()
        executor = Warmed(start(image=registered.image(), pull="always"), Reuse())
        asked: list[int] = []
        for _ in range(2):
            assert code(*run(executor, [work(double, x=1)])) == "ImageWithoutPython"
            asked.append(registered.asked.total())
        assert 0 < asked[0] == asked[1]
        docker.ask("DELETE", f"/images/{registered.image()}?force=1")


def test_a_container_that_begins_while_an_executor_closes_waits_for_no_image(start):
    """It waited until the image was there, and the executor with it."""
    with registry() as registered:  # keeps the image back
        executor = start(image=registered.image())
        executor._hosts.close()
        assert code(*run(Warmed(executor, Reuse()), [work(double, x=1)])) == "ExecutorClosed"


def test_nothing_is_left_of_an_executor_that_is_closed(executor, docker):
    run(executor, [work(double, x=1)])
    executor.close()
    assert docker.containers() == []
