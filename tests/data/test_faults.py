"""What the machine says is wrong, said by us."""

from __future__ import annotations

import errno
from pathlib import Path

import pytest

from volery.data.faults import told
from volery.errors import MissingContent, StorageError


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no such device")
def test_a_full_disk_is_told_with_what_to_do():
    with (
        Path("/dev/full").open("wb", buffering=0) as full,
        pytest.raises(StorageError) as caught,
        told("write", "/data/x"),
    ):
        full.write(b"x")
    assert caught.value.message == "cannot write /data/x: No space left on device"
    assert "make room" in caught.value.hint


def test_a_read_only_file_system_is_told_with_what_to_do():
    with pytest.raises(StorageError) as caught, told("write", "/data/x"):
        raise OSError(errno.EROFS, "Read-only file system")
    assert "read-only" in caught.value.hint


def test_what_is_not_allowed_has_a_code_of_its_own():
    with pytest.raises(StorageError, match="cannot read x: Not yours") as caught, told("read", "x"):
        raise PermissionError(errno.EACCES, "Not yours")
    assert caught.value.code == "StorageDenied"


def test_what_is_missing_is_missing_content_only_for_who_reads():
    with pytest.raises(MissingContent, match="nothing is at x"), told("read", "x"):
        Path("/nowhere/x").read_bytes()
    with pytest.raises(StorageError, match="cannot write x") as caught, told("write", "x"):
        Path("/nowhere/x").write_bytes(b"")
    assert not isinstance(caught.value, MissingContent)


def test_errors_of_ours_and_of_users_pass():
    with pytest.raises(KeyError), told("read", "x"):
        raise KeyError("theirs")
    with pytest.raises(StorageError, match="mine"), told("read", "x"):
        raise StorageError("mine")
