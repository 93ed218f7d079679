"""Content of others: on this machine, in this process and on the web."""

from __future__ import annotations

import functools
import http.server
import threading

import pytest

from volery.data import remote
from volery.errors import ConfigError, MissingContent, StorageError
from volery.testing.conformance.storage import LARGE, SMALL


@pytest.fixture(params=["file", "memory"])
def root(request, tmp_path_factory):
    folder = tmp_path_factory.mktemp("others")
    return folder.as_uri() if request.param == "file" else f"memory:/{folder}"


@pytest.mark.parametrize("data", [b"", SMALL, LARGE], ids=["none", "few", "many"])
def test_a_file_goes_up_and_down(root, tmp_path, data):
    (tmp_path / "file").write_bytes(data)
    remote.upload(tmp_path / "file", f"{root}/new/file")
    assert remote.size_of(f"{root}/new/file") == len(data)
    remote.download(f"{root}/new/file", tmp_path / "new" / "copy")
    assert (tmp_path / "new" / "copy").read_bytes() == data
    with remote.open_uri(f"{root}/new/file") as file:
        assert file.read() == data


@pytest.mark.parametrize("data", [b"", SMALL, LARGE], ids=["none", "few", "many"])
def test_what_is_written_is_there_when_the_block_ends(root, data):
    with remote.open_writer(f"{root}/file") as file:
        file.write(data)
        assert not remote.exists(f"{root}/file")
    with remote.open_uri(f"{root}/file") as file:
        assert file.read() == data


def test_an_error_while_writing_leaves_nothing(root):
    def write_and_fail():
        with remote.open_writer(f"{root}/file") as file:
            file.write(LARGE)
            raise FileNotFoundError("theirs")

    with pytest.raises(FileNotFoundError, match="theirs"):
        write_and_fail()
    assert list(remote.listing(root)) == []


def test_a_folder_goes_up_and_down(root, tmp_path):
    (tmp_path / "in/a/b").mkdir(parents=True)
    (tmp_path / "in/a/b/deep").write_bytes(b"deep")
    (tmp_path / "in/top %41").write_bytes(b"")
    (tmp_path / "in/link").symlink_to("a/b/deep")
    remote.upload_folder(tmp_path / "in", f"{root}/folder", batch=1)
    assert sorted(remote.listing(f"{root}/folder")) == [
        ("a/b/deep", 4),
        ("link", 4),
        ("top %41", 0),
    ]
    remote.download_folder(f"{root}/folder", tmp_path / "out", batch=1)
    assert (tmp_path / "out/a/b/deep").read_bytes() == b"deep"
    assert (tmp_path / "out/top %41").read_bytes() == b""


def test_files_and_folders_are_told_apart(root):
    with remote.open_writer(f"{root}/folder/file") as file:
        file.write(b"x")
    assert remote.is_folder(f"{root}/folder")
    assert remote.is_folder(f"{root}/folder/")
    assert not remote.is_folder(f"{root}/folder/file")
    assert remote.exists(f"{root}/folder/file")
    assert remote.exists(f"{root}/folder")
    assert not remote.exists(f"{root}/fold")


def test_what_is_missing_is_missing(root, tmp_path):
    for use in (
        lambda: remote.size_of(f"{root}/nothing"),
        lambda: remote.open_uri(f"{root}/nothing"),
        lambda: remote.download(f"{root}/nothing", tmp_path / "target"),
        lambda: remote.download_folder(f"{root}/nothing", tmp_path / "target"),
        lambda: remote.upload(tmp_path / "nothing", f"{root}/file"),
    ):
        with pytest.raises(MissingContent, match="/nothing"):
            use()
    assert not any(tmp_path.iterdir())


def test_a_name_that_no_object_can_have_is_refused(root):
    with pytest.raises(StorageError, match="cannot look at"):
        remote.size_of(f"{root}/a/../b")
    with pytest.raises(ConfigError, match="is no URI"):
        remote.size_of("/a")


def test_an_empty_folder_of_this_machine_comes_down(tmp_path):
    (tmp_path / "in").mkdir()
    remote.download_folder((tmp_path / "in").as_uri(), tmp_path / "out")
    assert (tmp_path / "out").is_dir()


def test_nothing_is_written_through_a_link_in_the_target(root, tmp_path):
    with remote.open_writer(f"{root}/folder/sub/file") as file:
        file.write(b"x")
    (tmp_path / "outside").mkdir()
    (tmp_path / "target").mkdir()
    (tmp_path / "target/sub").symlink_to(tmp_path / "outside")
    with pytest.raises(StorageError, match="is a link") as caught:
        remote.download_folder(f"{root}/folder", tmp_path / "target")
    assert caught.value.code == "UnsafeName"
    assert not any((tmp_path / "outside").iterdir())


# --- the web -------------------------------------------------------------------------------------


class Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_):
        pass


@pytest.fixture
def web(tmp_path):
    """A web server, and the folder that it shows. It knows nothing of ranges."""
    (tmp_path / "web").mkdir()
    handler = functools.partial(Quiet, directory=tmp_path / "web")
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}", tmp_path / "web"
        server.shutdown()
        thread.join()


def test_a_web_address_is_read(web, tmp_path):
    url, folder = web
    (folder / "a b").write_bytes(SMALL)
    for address in (f"{url}/a%20b", f"{url}/a%20b?version=2"):
        assert remote.exists(address)
        assert remote.size_of(address) == len(SMALL)
        remote.download(address, tmp_path / "copy")
        assert (tmp_path / "copy").read_bytes() == SMALL
        with remote.open_uri(address) as file:
            file.seek(10)
            assert file.read(10) == SMALL[10:20]
    assert not remote.exists(f"{url}/nothing")
    assert not remote.is_folder(url)
