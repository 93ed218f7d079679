"""File systems for other libraries. fsspec keeps a thread to itself, so they run apart."""

from __future__ import annotations

import subprocess
import sys

import pytest

from volery.data import remote
from volery.data.filesystem import filesystem
from volery.data.storage import Storage
from volery.errors import ConfigError
from volery.testing.conformance.storage import SMALL

USE = """
import sys
from volery.data.filesystem import filesystem
stored, new = sys.argv[1:]
files = filesystem(stored)
with files.open(stored) as file:
    data = file.read()
with files.open(new, "wb") as file:
    file.write(data[::-1])
assert files.exists(new)
"""

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


def _run(*arguments):
    return subprocess.run(
        [sys.executable, "-c", *arguments], stdout=subprocess.PIPE, check=True, text=True
    ).stdout


def _check(url):
    digest = Storage(url).put(SMALL)
    _run(USE, Storage(url).uri(digest), f"{url}/new/file")
    with remote.open_uri(f"{url}/new/file") as file:
        assert file.read() == SMALL[::-1]


def test_other_libraries_read_and_write_a_folder(tmp_path):
    _check(tmp_path.as_uri())


@pytest.mark.timeout(120)
@pytest.mark.keeps_running(reason="the server ends with the session")
def test_other_libraries_read_and_write_a_bucket(s3, monkeypatch):
    for name, value in s3.environment.items():
        monkeypatch.setenv(name, value)
    _check(f"{s3.url}/filesystem")


def test_that_fsspec_is_missing_is_told():
    assert _run(ABSENT) == "fsspec is not installed\n"


def test_a_url_that_cannot_be_used_is_refused():
    with pytest.raises(ConfigError, match="is unknown"):
        filesystem("ftp://host")
