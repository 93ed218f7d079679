"""Documents: read and written by their URI, in folders, buckets and at signed addresses."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import obstore
import pytest

from volery.data import documents, signed
from volery.data.places import place_of
from volery.errors import ConfigError, MissingContent, StorageError


@pytest.fixture(scope="session", params=["folder", "bucket"])
def bucket(request):
    """A bucket; None: a folder will do."""
    return request.getfixturevalue("s3") if request.param == "bucket" else None


@pytest.fixture
def place(bucket, tmp_path, monkeypatch):
    """A URI below which there is nothing."""
    if bucket is None:
        return tmp_path.as_uri()
    for name, value in bucket.environment.items():
        monkeypatch.setenv(name, value)
    return f"{bucket.url}/documents-{tmp_path.name}"


def test_a_document_is_read_as_it_was_written(place):
    uri = f"{place}/a/b.json"
    assert not documents.exists(uri)
    documents.write(uri, b"one")
    documents.write(uri, b"two")
    assert documents.exists(uri)
    assert documents.read(uri) == b"two"


def test_a_document_that_is_not_there_is_missing(place):
    with pytest.raises(MissingContent):
        documents.read(f"{place}/none")


def test_what_is_written_once_stays(place):
    uri = f"{place}/once"
    assert documents.write_once(uri, b"first")
    assert not documents.write_once(uri, b"second")
    assert documents.read(uri) == b"first"


def test_of_many_at_once_one_writes(place):
    uri = f"{place}/raced"
    with ThreadPoolExecutor(8) as pool:
        written = list(pool.map(lambda n: documents.write_once(uri, b"%d" % n), range(8)))
    assert written.count(True) == 1
    assert documents.read(uri) == b"%d" % written.index(True)


def test_nothing_half_written_is_left_in_a_folder(tmp_path):
    documents.write_once((tmp_path / "a").as_uri(), b"1")
    documents.write_once((tmp_path / "a").as_uri(), b"2")
    assert [each.name for each in tmp_path.iterdir()] == ["a"]


def test_a_folder_that_cannot_be_written_to_is_said_to_be_so(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(StorageError, match="cannot write"):
        documents.write_once((tmp_path / "file" / "a").as_uri(), b"1")


def test_a_uri_of_an_unknown_scheme_is_refused():
    with pytest.raises(ConfigError):
        documents.read("gopher://x/y")


# -- signed addresses -------------------------------------------------------------------------


def test_a_real_server_takes_signed_addresses(s3, monkeypatch, tmp_path):
    for name, value in s3.environment.items():
        monkeypatch.setenv(name, value)
    place = place_of(f"{s3.url}/signed-{tmp_path.name}")
    hour = timedelta(hours=1)
    put, get = (obstore.sign(place.store, each, place.key, hour) for each in ("PUT", "GET"))
    documents.write(put, b"content")
    assert documents.read(get) == b"content"
    assert documents.read(place.uri) == b"content"
    with pytest.raises(StorageError) as error:
        documents.read(get.replace("X-Amz-Signature=", "X-Amz-Signature=0"))
    assert error.value.code == "StorageDenied"
    assert "X-Amz" not in str(error.value)


class Server:
    """A web server that answers as it is told, one answer after the other."""

    def __init__(self, answers):
        self.asked = []
        rest = iter(answers)

        class Handler(BaseHTTPRequestHandler):
            def do_GET(handler):
                self.asked.append((handler.command, handler.path, dict(handler.headers)))
                handler.rfile.read(int(handler.headers.get("Content-Length", 0)))
                handler.send_response(next(rest))
                handler.send_header("Content-Length", "2")
                handler.end_headers()
                handler.wfile.write(b"ok")

            do_PUT = do_GET

            def log_message(handler, *_):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/a%20b?signature=hunter2"
        self.thread = Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.01})
        self.thread.start()


@pytest.fixture
def serve(monkeypatch):
    monkeypatch.setattr(signed, "PAUSE", 0.01)
    made = []

    def start(*answers):
        made.append(Server(answers))
        return made[-1]

    yield start
    for each in made:
        each.server.shutdown()
        each.thread.join()
        each.server.server_close()


def test_trouble_that_passes_is_not_noticed(serve):
    server = serve(503, 429, 200)
    assert documents.read(server.url) == b"ok"
    assert [path for _, path, _ in server.asked] == ["/a%20b?signature=hunter2"] * 3


def test_trouble_that_stays_is_told_without_the_signature(serve):
    server = serve(500, 500, 500, 500)
    with pytest.raises(StorageError, match="it answers 500") as error:
        documents.write(server.url, b"x")
    assert "hunter2" not in str(error.value)


@pytest.mark.parametrize("status", [409, 412])
def test_what_is_there_already_stays(serve, status):
    server = serve(status)
    assert not documents.write_once(server.url, b"x")
    assert server.asked[0][2]["If-None-Match"] == "*"


@pytest.mark.parametrize(("status", "code"), [(403, "StorageDenied"), (404, "MissingContent")])
def test_a_refusal_has_a_code(serve, status, code):
    with pytest.raises(StorageError) as error:
        documents.read(serve(status).url)
    assert error.value.code == code


def test_a_server_that_is_not_there_is_a_storage_that_fails(serve):
    server = serve()
    server.server.server_close()
    server.server.shutdown()
    with pytest.raises(StorageError, match="cannot read"):
        documents.read(server.url)
