"""Checkpoints: from attempt to attempt, and from one execution to the one that recovers it."""

from __future__ import annotations

import io

import pytest

from volery import current_context, task
from volery.data.current import using
from volery.data.storage import Storage
from volery.errors import CheckpointError, VoleryError
from volery.sdk.context import Context


@pytest.fixture(autouse=True)
def storage(tmp_path):
    storage = Storage((tmp_path / "storage").as_uri())
    with using(storage):
        yield storage


def checkpoint(number=1, execution="e", path="train/fit", recovers=""):
    return Context(execution, "flows.fit", path, number, recovers=recovers).checkpoint


def test_the_first_attempt_finds_nothing():
    first = checkpoint()
    assert not first.prev_exists()
    assert first.read() is None
    assert first.restore() is None


def test_an_attempt_finds_what_the_one_before_has_written():
    checkpoint(1).write(b"epoch 1")
    assert checkpoint(2).prev_exists()
    assert checkpoint(2).read() == b"epoch 1"


def test_an_attempt_that_wrote_nothing_is_passed_over():
    checkpoint(1).write(b"epoch 1")
    checkpoint(2).write(b"epoch 2")
    assert checkpoint(12).read() == b"epoch 2"
    assert checkpoint(2, path="train").read() is None


def test_the_last_of_what_an_attempt_writes_counts():
    first = checkpoint()
    first.write(b"epoch 1")
    first.write(b"")
    assert checkpoint(2).read() == b""


def test_an_attempt_reads_what_it_wrote_itself():
    checkpoint(1).write(b"epoch 1")
    second = checkpoint(2)
    second.write(b"epoch 2")
    assert second.read() == b"epoch 2"
    first = checkpoint(1, path="other")
    first.write(b"x")
    assert not first.prev_exists()


def test_a_late_attempt_does_not_touch_what_a_newer_one_wrote():
    late, newer = checkpoint(1), checkpoint(2)
    newer.write(b"newer")
    late.write(b"late")
    assert checkpoint(3).read() == b"newer"


def test_an_attempt_is_not_disturbed_by_newer_ones():
    checkpoint(2).write(b"newer")
    assert checkpoint(1).read() is None


def test_an_element_finds_what_it_wrote_as_one_of_a_range():
    checkpoint(1, path="m[3]").write(b"of the range")
    again = checkpoint(1, path="m[3]")
    assert again.prev_exists()
    assert again.read() == b"of the range"


def test_an_execution_that_recovers_another_finds_its_newest_checkpoint():
    checkpoint(1, "old").write(b"one")
    checkpoint(10, "old").write(b"ten")
    first = checkpoint(1, "new", recovers="old")
    assert first.read() == b"ten"
    first.write(b"eleven")
    assert checkpoint(2, "new", recovers="old").read() == b"eleven"
    assert checkpoint(2, "old").read() == b"one"


def test_a_file_keeps_its_name(tmp_path):
    (tmp_path / "model.bin").write_bytes(b"weights")
    checkpoint(1).save(tmp_path / "model.bin")
    folder = checkpoint(2).restore(tmp_path / "new" / "folder")
    assert folder == tmp_path / "new" / "folder"
    assert [path.name for path in folder.iterdir()] == ["model.bin"]
    assert checkpoint(2).read() == b"weights"


def test_a_folder_comes_back_with_all_that_is_in_it(tmp_path):
    (tmp_path / "state" / "deep").mkdir(parents=True)
    (tmp_path / "state" / "a").write_text("a")
    (tmp_path / "state" / "deep" / "b").write_text("b")
    checkpoint(1).save(str(tmp_path / "state"))
    with pytest.raises(CheckpointError, match="2 files"):
        checkpoint(2).read()
    folder = checkpoint(2).restore(str(tmp_path / "out"))
    assert (folder / "a").read_text() == "a"
    assert (folder / "deep" / "b").read_text() == "b"


def test_an_open_file_is_saved_to_its_end(tmp_path):
    checkpoint(1).save(io.BytesIO(b"piece by piece"))
    assert checkpoint(2).read() == b"piece by piece"


def test_without_a_target_the_files_are_in_the_working_directory():
    checkpoint(1).write(b"x")
    with Context("e", "flows.fit", "train/fit", 2) as context:
        from volery.data.workplace import working_at

        with working_at(context):
            folder = context.checkpoint.restore()
        assert folder.parent == context.working_directory
        assert [path.read_bytes() for path in folder.iterdir()] == [b"x"]
    assert not folder.exists()


@pytest.mark.parametrize("source", [3, None, b"bytes", io.StringIO("text")])
def test_what_is_no_file_cannot_be_saved(source):
    with pytest.raises(CheckpointError, match=f"got {type(source).__name__}") as caught:
        checkpoint().save(source)
    assert isinstance(caught.value, ValueError)
    assert isinstance(caught.value, VoleryError)
    assert not checkpoint(2).prev_exists()


def test_a_path_with_nothing_there_cannot_be_saved(tmp_path):
    with pytest.raises(CheckpointError, match="nothing is at"):
        checkpoint().save(tmp_path / "missing")


def test_only_bytes_can_be_written():
    with pytest.raises(CheckpointError, match="expected bytes, got str"):
        checkpoint().write("text")


def test_a_checkpoint_is_not_restored_to_a_file(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(CheckpointError, match="is none"):
        checkpoint().restore(tmp_path / "file")


def test_a_mark_that_was_cut_off_is_passed_over(storage):
    checkpoint(1).write(b"one")
    storage.put_named("e/train/fit/2/checkpoint", b"abc")
    assert checkpoint(3).read() == b"one"


def test_each_plain_call_begins_without_one():
    @task
    def count() -> int:
        kept = current_context().checkpoint
        assert kept.read() is None
        kept.write(b"1")
        return int(kept.read() or b"0")

    assert [count(), count()] == [1, 1]
