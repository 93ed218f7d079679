"""Podman does what a Docker engine does."""

from __future__ import annotations

import pytest
from tests.executors.docker.tasks import on
from tests.executors.part import part_of
from tests.executors.warmed import Warmed
from tests.servers.docker import BARE
from tests.servers.podman import INSTALL, is_there, podman_engine

from volery.ir.placement import Reuse
from volery.testing.conformance.executor import LastingExecutorConformance
from volery.testing.conformance.executor_tasks import code, double, output, run, work

pytestmark = pytest.mark.may_skip("Docker is the engine that tests need")


@pytest.fixture(scope="module")
def engine():
    if not is_there():
        pytest.skip(INSTALL)
    with podman_engine() as started:
        started.load_images()
        yield started


WHERE_THE_ENGINE_HAS_A_PART = part_of(
    LastingExecutorConformance,
    "works_launched_all_at_once_all_come_back",
    "a_work_that_is_launched_again_runs_once",
    "the_attempt_knows_itself_and_has_its_environment",
    "a_large_value_goes_in_and_comes_out",
    "works_that_are_aborted_at_once_end_as_aborted",
    "an_attempt_has_its_secrets_and_nobody_else",
    "what_an_attempt_prints_comes_before_its_result",
    "what_an_attempt_prints_that_lasts_comes_before_it_ends",
    "a_process_that_exits_fails_only_its_work",
    "a_process_that_is_killed_fails_only_its_work",
    "a_work_that_ignores_the_abort_is_killed",
    "a_work_that_requests_more_than_there_is_fails_at_once",
    "an_attempt_outlasts_its_executor_and_the_next_one_attaches",
    "an_attempt_that_is_over_is_not_run_again",
    "an_attempt_that_went_on_is_aborted",
)


class TestContainers(WHERE_THE_ENGINE_HAS_A_PART):
    some = 2
    many = 6


def test_a_container_stays_for_further_attempts(start, docker):
    executor = Warmed(start(), Reuse())
    for x in range(3):
        assert output(run(executor, [work(double, x=x)])[0]) == 2 * x
        assert len(docker.containers()) == 1


@pytest.mark.parametrize(
    ("image", "expected"),
    [
        (BARE, "ImageWithoutPython"),
        ("Upper:1", "ImageInvalid"),
        ("127.0.0.1:9/x:1", "RegistryAway"),
    ],
)
def test_what_is_wrong_with_an_image_is_told(start, image, expected):
    assert code(*run(start(), [on(image, work(double, x=1))])) == expected
