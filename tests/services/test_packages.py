"""Code packages in a storage and a home: verified, unpacked once, whole or not at all."""

from __future__ import annotations

import gzip
import io
import os
from pathlib import Path
from threading import Barrier, Thread

import pytest

from volery.data.hashing import digest_of
from volery.data.package import pack
from volery.data.unpacked import STALE
from volery.errors import AlteredContent, MissingContent, RegistrationError, StorageError
from volery.services.home import Home
from volery.services.packages import Packages


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path / "home")


@pytest.fixture
def packages(home: Home) -> Packages:
    return Packages(home, home.storage())


@pytest.fixture
def archive(tmp_path: Path) -> tuple[str, bytes]:
    """A package of one module: its digest and the archive."""
    folder = tmp_path / "project"
    (folder / "flows").mkdir(parents=True)
    (folder / "flows" / "stats.py").write_text("FACTOR = 2\n")
    target = io.BytesIO()
    return pack(folder, target).digest, target.getvalue()


@pytest.fixture
def put(packages: Packages, archive: tuple[str, bytes]) -> str:
    """The digest of this package, which is stored."""
    digest, data = archive
    packages.put(digest, io.BytesIO(data))
    return digest


def listed(home: Home) -> list[str]:
    """What is in the folder of packages."""
    return sorted(path.name for path in home.packages.iterdir())


def test_a_package_is_there_once_it_was_put(packages, archive):
    digest, data = archive
    assert not packages.has(digest)
    assert packages.put(digest, io.BytesIO(data)) == 10240
    assert packages.put(digest, io.BytesIO(data)) == 10240
    assert packages.has(digest)


def test_it_is_unpacked_once(packages, put, home):
    folder = packages.unpacked(put)
    assert folder == home.packages / put
    assert (folder / "flows" / "stats.py").read_text() == "FACTOR = 2\n"
    before = (folder / "flows" / "stats.py").stat().st_ino
    assert packages.unpacked(put) == folder
    assert (folder / "flows" / "stats.py").stat().st_ino == before
    assert listed(home) == [put]


def test_two_packages_differ_in_files(packages, put, tmp_path):
    folder = tmp_path / "project"
    (folder / "flows" / "stats.py").write_text("FACTOR = 3\n")
    (folder / "new.py").write_text("")
    target = io.BytesIO()
    other = pack(folder, target).digest
    target.seek(0)
    packages.put(other, target)
    assert packages.differences(put, other) == ["file flows/stats.py: changed", "file new.py: new"]
    assert packages.differences(put, "") == ["file flows/stats.py: gone"]
    assert packages.differences(put, put) == []


def test_another_digest_than_was_announced_is_refused(packages, archive):
    _, data = archive
    with pytest.raises(AlteredContent):
        packages.put("0" * 64, io.BytesIO(data))
    assert not packages.has("0" * 64)


def test_what_is_no_package_is_not_stored(packages):
    with pytest.raises(RegistrationError):
        packages.put(digest_of(b"words"), io.BytesIO(gzip.compress(b"words")))
    assert not packages.has(digest_of(b"words"))


def test_what_is_too_large_is_not_stored(home, archive):
    digest, data = archive
    packages = Packages(home, home.storage(), most=-41_000_000)
    with pytest.raises(RegistrationError, match="are allowed"):
        packages.put(digest, io.BytesIO(data))
    assert not packages.has(digest)


@pytest.mark.parametrize("name", ["", "../../etc", "A" * 64, "0" * 63])
def test_only_digests_name_packages(packages, name):
    for verb in (packages.has, packages.unpacked):
        with pytest.raises(RegistrationError, match="names no package"):
            verb(name)


def test_a_package_that_was_never_put_is_missing(packages, home):
    with pytest.raises(MissingContent):
        packages.unpacked("0" * 64)
    assert listed(home) == []


@pytest.mark.parametrize("damage", ["content", "header", "length"])
def test_a_damaged_package_is_refused_and_leaves_nothing(packages, put, home, damage):
    (stored,) = home.folder.rglob(put)
    data = bytearray(stored.read_bytes())
    times = stored.stat().st_mtime_ns
    match damage:
        case "content":
            data[520] ^= 1
        case "header":
            data[0:200] = b"\xff" * 200
        case "length":
            del data[600:]
    stored.chmod(0o644)
    stored.write_bytes(data)
    os.utime(stored, ns=(times, times))  # as damage does
    with pytest.raises(AlteredContent):
        packages.unpacked(put)
    assert listed(home) == []


def test_several_unpack_at_once(home, put):
    barrier = Barrier(4)
    folders = []

    def unpack():
        packages = Packages(home, home.storage())
        barrier.wait()
        folders.append(packages.unpacked(put))

    threads = [Thread(target=unpack) for _ in range(4)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert folders == [home.packages / put] * 4
    assert listed(home) == [put]


def test_what_dead_processes_have_left_is_removed_after_a_while(packages, put, home):
    for name in (".old.part", ".new.part"):
        (home.packages / name).mkdir(parents=True)
    long_ago = (home.packages / ".new.part").stat().st_mtime - 2 * STALE
    os.utime(home.packages / ".old.part", (long_ago, long_ago))
    packages.unpacked(put)
    assert listed(home) == sorted([".new.part", put])


def test_a_home_that_cannot_be_written_to_is_told(put, home, tmp_path):
    blocked = Home(tmp_path / "blocked")
    blocked.folder.mkdir()
    blocked.packages.write_text("in the way")
    with pytest.raises(StorageError, match="cannot write"):
        Packages(blocked, home.storage()).unpacked(put)
