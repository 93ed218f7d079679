from __future__ import annotations

import os

import pytest

from volery.worker.output import MAX_OUTPUT, take


@pytest.fixture
def fd(tmp_path):
    opened = os.open(tmp_path / "printed", os.O_RDWR | os.O_CREAT | os.O_APPEND)
    yield opened
    os.close(opened)


def test_what_was_printed_is_taken_once(fd):
    os.write(fd, b"one\n")
    assert take(fd) == b"one\n"
    assert take(fd) == b""
    os.write(fd, b"two\n")
    assert take(fd) == b"two\n"


def test_as_much_as_is_kept_is_kept_whole(fd):
    os.write(fd, b"x" * MAX_OUTPUT)
    assert take(fd) == b"x" * MAX_OUTPUT


def test_more_is_cut_in_the_middle(fd):
    os.write(fd, b"head" + b"x" * MAX_OUTPUT + b"tail")
    kept = take(fd)
    assert kept.startswith(b"headxxx")
    assert kept.endswith(b"xxxtail")
    assert b"\n... 8 bytes left out ...\n" in kept
    assert os.fstat(fd).st_size == 0
