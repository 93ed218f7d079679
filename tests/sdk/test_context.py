"""What a task can find out about its attempt."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from volery import current_context, task
from volery.data.current import using
from volery.data.storage import Storage
from volery.errors import NotFound
from volery.sdk.context import Context, environment


def test_an_attempt_is_described_to_the_task():
    with Context("abc", "flows.fit", "train/fit", 2) as context:
        assert current_context() is context
        assert (context.execution_id, context.task_id) == ("abc", "flows.fit")
        assert (context.node_path, context.attempt) == ("train/fit", 2)
        assert context.logging.name == "flows.fit"
    assert current_context() is not context


def test_the_date_is_aware_and_now():
    before = datetime.now(UTC)
    with Context("abc", "t", "p", 1) as context:
        assert before <= context.execution_date <= datetime.now(UTC)


def test_the_working_directory_lives_as_long_as_the_attempt():
    with Context("abc", "t", "p", 1) as context:
        folder = context.working_directory
        assert folder.is_dir()
        assert context.working_directory == folder
        (folder / "x").write_text("x")
    assert not folder.exists()


def test_attempts_nest_and_have_folders_of_their_own():
    @task
    def inner() -> str:
        return str(current_context().working_directory)

    @task
    def outer() -> list[str]:
        mine = str(current_context().working_directory)
        return [mine, inner(), str(Path(mine).is_dir())]

    mine, its, alive = outer()
    assert mine != its
    assert alive == "True"
    assert not Path(mine).exists()


def test_outside_of_an_attempt_there_is_something_like_it():
    context = current_context()
    assert (context.execution_id, context.task_id, context.attempt) == ("local", "", 1)
    assert current_context() is context


def test_names_of_a_later_version_say_so():
    with pytest.raises(NotFound, match="stats yet: it is not available in this version"):
        _ = current_context().stats


def test_an_unknown_name_names_the_nearest():
    with pytest.raises(NotFound, match=r"no execution_i\n  hint: did you mean execution_id"):
        _ = current_context().execution_i


def test_the_environment_is_put_back(monkeypatch):
    import os

    monkeypatch.setenv("VOLERY_TEST_A", "before")
    monkeypatch.delenv("VOLERY_TEST_B", raising=False)
    with environment([("VOLERY_TEST_A", "now"), ("VOLERY_TEST_B", "now")]):
        assert (os.environ["VOLERY_TEST_A"], os.environ["VOLERY_TEST_B"]) == ("now", "now")
    assert os.environ["VOLERY_TEST_A"] == "before"
    assert "VOLERY_TEST_B" not in os.environ


def test_attempts_of_one_node_execution_share_a_token():
    def token(execution, path, number):
        return Context(execution, "t", path, number).idempotency_token

    assert token("e", "a/b", 1) == token("e", "a/b", 2)
    assert len({token("e", "a/b", 1), token("e", "a", 1), token("f", "a/b", 1)}) == 3


def test_every_plain_call_has_a_token_of_its_own():
    @task
    def token() -> list[str]:
        return [current_context().idempotency_token, current_context().idempotency_token]

    first, second = token(), token()
    assert first[0] == first[1]
    assert second[0] == second[1]
    assert first != second


def test_every_attempt_has_an_output_prefix_of_its_own(tmp_path):
    with using(Storage(tmp_path.as_uri())):
        first, second = (Context("e", "t", "train/fit", number) for number in (1, 2))
        assert first.output_prefix == f"{tmp_path.as_uri()}/attempts/e/train/fit/1/"
        assert second.output_prefix == f"{tmp_path.as_uri()}/attempts/e/train/fit/2/"
        assert first.raw_output_prefix == first.output_prefix
