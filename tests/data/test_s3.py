"""The storage, and content of others, on a real S3 server."""

from __future__ import annotations

import itertools
import os
import socket
import subprocess
import sys

import obstore
import pytest

from volery.data import remote
from volery.data.places import place_of
from volery.data.storage import Storage
from volery.errors import MissingContent, StorageError
from volery.testing.conformance.storage import LARGE, SMALL, StorageConformance, some_bytes

pytestmark = [
    pytest.mark.timeout(120),  # the first test waits for the server
    pytest.mark.keeps_running(reason="the server ends with the session"),
]

numbers = itertools.count()


@pytest.fixture
def prefix(s3, monkeypatch):
    """The URL of a part of the bucket that nobody else uses; the environment leads there."""
    for name, value in s3.environment.items():
        monkeypatch.setenv(name, value)
    return f"{s3.url}/{next(numbers)}"


@pytest.fixture
def storage(s3, prefix):
    return Storage(prefix, s3.options)


@pytest.fixture
def other(s3, prefix):
    return Storage(prefix, s3.options)


class TestS3(StorageConformance):
    @pytest.fixture
    def damage(self, storage):
        def replace(digest, data):
            place = place_of(storage.uri(digest))
            place.remove() if data is None else place.write(data)

        return replace


def test_a_file_of_many_parts_goes_up_and_down(storage, tmp_path):
    data = some_bytes(40 * 1024 * 1024 + 7)
    (tmp_path / "file").write_bytes(data)
    stored = storage.put_file(tmp_path / "file")
    storage.fetch(*stored, tmp_path / "copy")
    assert (tmp_path / "copy").read_bytes() == data
    assert storage.get(*stored) == data


def test_what_is_here_is_not_uploaded_again(storage, tmp_path):
    (tmp_path / "file").write_bytes(LARGE)
    digest, _ = storage.put_file(tmp_path / "file")
    place = place_of(storage.uri(digest))
    before = obstore.head(place.store, place.key)["e_tag"], _modified(place)
    storage.put_file(tmp_path / "file")
    assert (obstore.head(place.store, place.key)["e_tag"], _modified(place)) == before


def _modified(place):
    return obstore.head(place.store, place.key)["last_modified"]


def test_the_environment_is_enough(storage, prefix):
    digest = storage.put(SMALL)
    assert Storage(prefix).get(digest, len(SMALL)) == SMALL


def test_the_settings_are_enough(s3, storage, prefix, monkeypatch, tmp_path):
    for name in s3.environment:
        monkeypatch.delenv(name)
    options = "\n".join(f'{name} = "{value}"' for name, value in s3.options.items())
    (tmp_path / "volery.toml").write_text(f'[storage_options."{s3.url}"]\n{options}\n')
    monkeypatch.chdir(tmp_path)
    digest = storage.put(SMALL)
    assert Storage(prefix).get(digest, len(SMALL)) == SMALL


# --- trouble -------------------------------------------------------------------------------------


def test_wrong_credentials_are_denied(s3, prefix):
    storage = Storage(prefix, {**s3.options, "secret_access_key": "wrong"})
    with pytest.raises(StorageError, match="cannot look at") as caught:
        storage.put(SMALL)
    assert caught.value.code == "StorageDenied"
    assert "wrong" not in str(caught.value)


def test_a_server_that_is_not_there_is_told(s3, prefix):
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        options = {
            **s3.options,
            "endpoint": f"http://127.0.0.1:{unused.getsockname()[1]}",
            "max_retries": "1",
        }
        with pytest.raises(StorageError, match="cannot look at") as caught:
            Storage(prefix, options).put(SMALL)
    assert "check the address" in caught.value.hint


MEMORY = """
import sys
from pathlib import Path
from volery.data.storage import Storage
storage = Storage(sys.argv[1])
stored = storage.put_file(Path(sys.argv[2]))
storage.fetch(*stored, Path(sys.argv[3]))
with storage.open(*stored) as file:
    while file.read(1_000_000):
        pass
status = Path("/proc/self/status").read_text()
print(status.partition("VmHWM:")[2].split()[0])
"""


@pytest.mark.skipif(sys.platform != "linux", reason="asks the kernel of Linux")
def test_memory_is_bounded(prefix, tmp_path):
    with (tmp_path / "large").open("wb") as file:
        file.truncate(250_000_000)
    command = [sys.executable, "-c", MEMORY, prefix, tmp_path / "large", tmp_path / "out"]
    kilobytes = subprocess.run(command, stdout=subprocess.PIPE, check=True).stdout
    assert int(kilobytes) < 200_000


# --- content of others ---------------------------------------------------------------------------


def test_content_of_others_goes_up_and_down(prefix, tmp_path):
    (tmp_path / "file").write_bytes(LARGE)
    remote.upload(tmp_path / "file", f"{prefix}/a b%41.bin")
    assert remote.size_of(f"{prefix}/a b%41.bin") == len(LARGE)
    remote.download(f"{prefix}/a b%41.bin", tmp_path / "copy")
    assert (tmp_path / "copy").read_bytes() == LARGE
    with remote.open_uri(f"{prefix}/a b%41.bin") as file:
        file.seek(-10, os.SEEK_END)
        assert file.read() == LARGE[-10:]


def test_folders_of_others_go_up_and_down(prefix, tmp_path):
    (tmp_path / "in/sub").mkdir(parents=True)
    for name in ("one", "sub/two", "sub/é ü"):
        (tmp_path / "in" / name).write_text(name)
    remote.upload_folder(tmp_path / "in", f"{prefix}/folder", batch=2)
    assert sorted(remote.listing(f"{prefix}/folder")) == [
        ("one", 3),
        ("sub/two", 7),
        ("sub/é ü", 9),
    ]
    remote.download_folder(f"{prefix}/folder/", tmp_path / "out")
    assert (tmp_path / "out/sub/é ü").read_text() == "sub/é ü"
    assert remote.is_folder(f"{prefix}/folder")
    assert not remote.is_folder(f"{prefix}/fold")
    assert remote.exists(f"{prefix}/folder/one")
    assert not remote.exists(f"{prefix}/folder/on")


def test_an_empty_object_that_stands_for_a_folder_is_no_file(prefix, tmp_path):
    for name, data in (("folder", b""), ("folder/sub", b""), ("folder/sub/file", b"x")):
        with remote.open_writer(f"{prefix}/{name}") as file:
            file.write(data)
    with remote.open_writer(f"{prefix}/folder/empty") as file:
        assert file.write(b"") == 0
    remote.download_folder(f"{prefix}/folder", tmp_path / "out")
    assert (tmp_path / "out/sub/file").read_bytes() == b"x"
    assert sorted(remote.listing(f"{prefix}/folder")) == [("empty", 0), ("sub/file", 1)]


def test_an_error_while_writing_leaves_nothing(prefix):
    def write_and_fail():
        with remote.open_writer(f"{prefix}/x") as file:
            file.write(LARGE)
            raise RuntimeError("boom")

    with pytest.raises(RuntimeError, match="boom"):
        write_and_fail()
    assert not remote.exists(f"{prefix}/x")


def test_what_is_missing_is_missing(prefix, tmp_path):
    for use in (
        lambda: remote.size_of(f"{prefix}/nothing"),
        lambda: remote.open_uri(f"{prefix}/nothing"),
        lambda: remote.download(f"{prefix}/nothing", tmp_path / "target"),
        lambda: remote.download_folder(f"{prefix}/nothing", tmp_path / "target"),
    ):
        with pytest.raises(MissingContent, match=f"{prefix}/nothing"):
            use()
    assert not any(tmp_path.iterdir())
