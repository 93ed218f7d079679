"""File systems for other libraries."""

from __future__ import annotations

import subprocess
import sys
import threading

import pytest

from volery.data import remote
from volery.data.filesystem import filesystem
from volery.data.storage import Storage
from volery.errors import ConfigError
from volery.testing.conformance.storage import SMALL

ABSENT = """
import sys
sys.modules["fsspec"] = None
from volery.data.filesystem import filesystem
from volery.errors import ConfigError
try:
    filesystem()
except ConfigError as error:
    print(error.message)
"""


def _check(url):
    files = filesystem(url)
    stored = Storage(url).uri(Storage(url).put(SMALL))
    with files.open(stored) as file:
        assert file.read() == SMALL
    with files.open(f"{url}/new/file", "wb") as file:
        file.write(SMALL[::-1])
    with remote.open_uri(f"{url}/new/file") as file:
        assert file.read() == SMALL[::-1]
    files.cp_file(f"{url}/new/file", f"{url}/new/a%20 copy")
    assert [name.rpartition("/")[2] for name in files.ls(f"{url}/new", detail=False)] == [
        "a%20 copy",
        "file",
    ]
    assert files.find(f"{url}/new") == files.ls(f"{url}/new", detail=False)
    assert files.cat_file(f"{url}/new/a%20 copy", 1, 3) == SMALL[::-1][1:3]
    assert files.isdir(f"{url}/new")
    assert files.size(f"{url}/new/file") == len(SMALL)
    files.rm(f"{url}/new", recursive=True)
    assert not files.exists(f"{url}/new/file")


def test_other_libraries_read_and_write_a_folder(tmp_path):
    _check(tmp_path.as_uri())


def test_other_libraries_read_and_write_memory():
    _check("memory://filesystem")


@pytest.mark.timeout(120)
@pytest.mark.keeps_running(reason="the server ends with the session")
def test_other_libraries_read_and_write_a_bucket(s3, monkeypatch):
    for name, value in s3.environment.items():
        monkeypatch.setenv(name, value)
    _check(f"{s3.url}/filesystem")


def test_no_thread_is_left_that_could_abort_the_process_at_its_end(tmp_path):
    before = set(threading.enumerate())
    _check(tmp_path.as_uri())
    assert set(threading.enumerate()) == before


def test_that_fsspec_is_missing_is_told():
    told = subprocess.run(
        [sys.executable, "-c", ABSENT], stdout=subprocess.PIPE, check=True, text=True
    ).stdout
    assert told == "fsspec is not installed\n"


def test_a_url_that_cannot_be_used_is_refused():
    with pytest.raises(ConfigError, match="is unknown"):
        filesystem("ftp://host")
