"""The storage in a folder and in memory."""

from __future__ import annotations

import os
import shutil
import stat
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from volery.data.hashing import digest_of
from volery.data.places import place_of
from volery.data.spool import IN_MEMORY
from volery.data.storage import Storage
from volery.errors import AlteredContent, ConfigError, StorageError
from volery.testing.conformance.storage import LARGE, SMALL, StorageConformance


@pytest.fixture
def url(tmp_path_factory):
    return tmp_path_factory.mktemp("storage").as_uri()


@pytest.fixture
def storage(url):
    return Storage(url)


@pytest.fixture
def other(url):
    return Storage(url)


def _objects(url):
    folder = place_of(url)
    return sorted(name for name, _ in folder.beneath())


class TestFolder(StorageConformance):
    @pytest.fixture
    def damage(self, storage):
        def replace(digest, data):
            path = storage.in_place(digest, -1)
            path.unlink()
            if data is not None:
                path.write_bytes(data)

        return replace


class TestMemory(StorageConformance):
    @pytest.fixture
    def url(self, tmp_path):
        return f"memory://{tmp_path}"

    @pytest.fixture
    def damage(self, storage):
        def replace(digest, data):
            place = place_of(storage.uri(digest))
            place.remove() if data is None else place.write(data)

        return replace

    def test_there_are_no_files(self, storage):
        assert storage.in_place(storage.put(SMALL), len(SMALL)) is None

    def test_what_is_old_is_here_all_the_same(self, storage, monkeypatch):
        digest = storage.put(SMALL)
        monkeypatch.setattr("volery.data.bucket._FRESH", -3600.0)
        assert not storage.has(digest)  # who has it at hand stores it anew
        assert storage.still_has(digest)


# --- a folder, in particular ---------------------------------------------------------------------


def test_an_object_is_a_file_that_nobody_may_write(storage):
    digest = storage.put(SMALL)
    path = storage.in_place(digest, len(SMALL))
    assert storage.uri(digest) == path.as_uri()
    assert not stat.S_IMODE(path.stat().st_mode) & 0o222


def test_a_folder_is_made_when_something_is_stored(tmp_path):
    storage = Storage((tmp_path / "not" / "yet").as_uri())
    assert not storage.has(digest_of(SMALL))
    assert not (tmp_path / "not").exists()
    assert storage.get(storage.put(SMALL), len(SMALL)) == SMALL


def test_a_path_with_escapes_is_that_path(tmp_path):
    folder = tmp_path / "a b%41#é?"
    storage = Storage(folder.as_uri())
    assert storage.in_place(storage.put(SMALL), len(SMALL)).is_relative_to(folder)


def test_an_object_changed_in_place_is_refused_by_all_that_would_use_it(storage, tmp_path):
    digest = storage.put(SMALL)
    path = storage.in_place(digest, len(SMALL))
    path.chmod(0o644)
    path.write_bytes(b"?" * len(SMALL))
    for use in (
        lambda: storage.in_place(digest, len(SMALL)),
        lambda: storage.open(digest, len(SMALL)),
        lambda: storage.fetch(digest, len(SMALL), tmp_path / "target"),
    ):
        with pytest.raises(AlteredContent, match=digest):
            use()


def test_an_object_changed_in_place_is_stored_again(storage):
    digest = storage.put(SMALL)
    path = storage.in_place(digest, len(SMALL))
    path.chmod(0o644)
    path.write_bytes(b"?" * len(SMALL))
    storage.put(SMALL)
    assert storage.in_place(digest, len(SMALL)).read_bytes() == SMALL


def test_an_object_that_was_copied_here_is_digested_once(storage):
    digest = storage.put(SMALL)
    path = storage.in_place(digest, len(SMALL))
    stamp = path.stat().st_mtime_ns
    os.utime(path)
    assert storage.in_place(digest, len(SMALL)) == path
    assert path.stat().st_mtime_ns == stamp


def test_two_objects_swapped_are_noticed(storage):
    one, two = SMALL, SMALL[::-1]
    paths = [storage.in_place(storage.put(data), len(data)) for data in (one, two)]
    paths[0].replace(paths[1])
    with pytest.raises(AlteredContent):
        storage.in_place(digest_of(two), len(two))


def test_a_file_that_is_here_already_is_not_copied(storage, tmp_path):
    (tmp_path / "file").write_bytes(SMALL)
    path = storage.in_place(*storage.put_file(tmp_path / "file"))
    before = path.stat().st_ino
    storage.put_file(tmp_path / "file")
    assert path.stat().st_ino == before


def test_a_file_that_changes_while_it_is_stored_is_refused(storage, url, tmp_path):
    path = tmp_path / "file"
    path.write_bytes(LARGE)
    begun, done = threading.Event(), threading.Event()

    def write_on():
        with path.open("ab", buffering=0) as file:
            while not done.is_set():
                file.write(b"more")
                begun.set()

    with ThreadPoolExecutor(1) as pool:
        pool.submit(write_on)
        begun.wait()
        with pytest.raises(StorageError, match="changed while it was stored"):
            storage.put_file(path)
        done.set()
    assert _objects(url) == []


def test_nothing_is_left_after_an_error_in_a_writer(storage, url):
    def write_and_fail():
        with storage.writer() as writer:
            writer.write(bytes(IN_MEMORY + 1))
            assert len(_objects(url)) == 1
            raise RuntimeError("boom")

    with pytest.raises(RuntimeError, match="boom"):
        write_and_fail()
    assert _objects(url) == []


def test_what_a_dead_process_left_is_swept_after_a_day(storage, url, tmp_path):
    storage.put(b"x")
    incoming = storage.in_place(digest_of(b"x"), 1).parents[1] / "incoming"
    for name, age in (("old", 25 * 3600), ("young", 23 * 3600)):
        (incoming / name).touch()
        os.utime(incoming / name, (time.time() - age,) * 2)
    Storage(url).put(b"y")
    assert [path.name for path in incoming.iterdir()] == ["young"]


KILLED = """
import os, sys
from volery.data.storage import Storage
with Storage(sys.argv[1]).writer() as writer:
    writer.write(bytes(20_000_000))
    print("written", flush=True)
    os.kill(os.getpid(), 9)
"""


def test_a_killed_process_leaves_nothing_under_a_name(storage, url):
    child = subprocess.run([sys.executable, "-c", KILLED, url], stdout=subprocess.PIPE, check=False)
    assert (child.returncode, child.stdout) == (-9, b"written\n")
    assert [name.rpartition("/")[0] for name in _objects(url)] == ["blobs/incoming"]
    assert not storage.has(digest_of(bytes(20_000_000)))


STORES = """
import sys
from volery.data.storage import Storage
sys.stdin.readline()
for number in range(200):
    Storage(sys.argv[1]).put(b"%d" % number * 100)
"""


def test_processes_that_store_the_same_at_once_do_not_disturb_each_other(storage, url):
    command = [sys.executable, "-c", STORES, url]
    children = [subprocess.Popen(command, stdin=subprocess.PIPE, text=True) for _ in range(3)]
    for child in children:
        child.stdin.write("go\n")
        child.stdin.flush()
    for child in children:
        child.communicate()
    assert [child.returncode for child in children] == [0, 0, 0]
    for number in range(200):
        data = b"%d" % number * 100
        assert storage.get(digest_of(data), len(data)) == data


MEMORY = """
import sys
from pathlib import Path
from volery.data.storage import Storage
storage = Storage(sys.argv[1])
stored = storage.put_file(Path(sys.argv[2]))
storage.fetch(*stored, Path(sys.argv[3]))
with storage.writer() as writer:
    for _ in range(200):
        writer.write(bytes(1_000_000))
with storage.open(writer.digest, writer.size) as file:
    while file.read(1_000_000):
        pass
status = Path("/proc/self/status").read_text()
print(status.partition("VmHWM:")[2].split()[0])
"""


@pytest.mark.skipif(sys.platform != "linux", reason="asks the kernel of Linux")
def test_memory_is_bounded(url, tmp_path):
    with (tmp_path / "large").open("wb") as file:
        file.truncate(200_000_000)
    command = [sys.executable, "-c", MEMORY, url, tmp_path / "large", tmp_path / "out"]
    kilobytes = subprocess.run(command, stdout=subprocess.PIPE, check=True).stdout
    assert int(kilobytes) < 80_000


# --- what cannot be used -------------------------------------------------------------------------


def test_a_folder_that_is_a_file_is_told(tmp_path):
    (tmp_path / "file").touch()
    storage = Storage((tmp_path / "file").as_uri())
    with pytest.raises(StorageError, match=r"cannot read .*file"):
        storage.put(SMALL)


@pytest.mark.parametrize(
    ("url", "told"),
    [
        ("https://host/x", "nothing can be stored there"),
        ("ftp://host/x", "the scheme 'ftp' is unknown"),
        ("/tmp/x", "is no URI"),
    ],
)
def test_a_url_where_nothing_can_be_stored_is_refused(url, told):
    with pytest.raises(ConfigError, match=told):
        Storage(url)


def test_a_folder_takes_no_options(url):
    with pytest.raises(ConfigError, match="takes no options, such as 'endpoint'"):
        Storage(url, {"endpoint": "http://localhost"})


def test_a_folder_that_was_removed_is_made_again(tmp_path):
    """A process that had stored something once could never store anything again."""
    storage = Storage(tmp_path.as_uri())
    storage.put(b"first")
    shutil.rmtree(tmp_path / "blobs")
    digest = storage.put(b"second")
    assert storage.get(digest, 6) == b"second"
