"""`File` and `Directory` on a real S3 server: in a bucket that is the storage, and by reference."""

from __future__ import annotations

import itertools
from pathlib import Path

import pytest

from volery import Directory, File
from volery.data.current import using
from volery.data.storage import Storage
from volery.data.workplace import working_at
from volery.errors import AlteredContent, MissingContent
from volery.sdk.context import Context
from volery.types.packing import pack, unpack
from volery.types.registry import codec_for

pytestmark = [
    pytest.mark.timeout(120),  # the first test waits for the server
    pytest.mark.keeps_running(reason="the server ends with the session"),
]

numbers = itertools.count()


@pytest.fixture
def bucket(s3, monkeypatch):
    """The URL of a part of the bucket that nobody else uses; the storage is in it."""
    for name, value in s3.environment.items():
        monkeypatch.setenv(name, value)
    url = f"{s3.url}/files/{next(numbers)}"
    with using(Storage(f"{url}/storage", s3.options)), Context() as context, working_at(context):
        yield url


@pytest.fixture
def tree(tmp_path) -> Path:
    for name in ("a b.txt", "sub/c.txt"):
        path = tmp_path / "tree" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(name)
    return tmp_path / "tree"


def sent(value: object, annotation: object = File):
    codec = codec_for(annotation)
    return unpack(codec, pack(codec, value))


def text_of(value: File | Directory) -> str:
    assert isinstance(value, File)
    with value.open() as stream:
        return stream.read()


def test_a_file_goes_through_a_bucket(bucket, tree):
    arrived = sent(tree / "a b.txt")
    assert arrived.remote_source.startswith(f"{bucket}/storage/")
    assert text_of(arrived) == Path(arrived.path).read_text() == "a b.txt"


def test_a_stream_goes_to_a_bucket_as_it_is_written(bucket):
    made = File.new_remote("x.bin")
    with made.open("wb") as stream:
        for _ in range(20):
            stream.write(bytes(1_000_000))
    arrived = sent(made)
    with arrived.open("rb") as stream:
        stream.seek(19_999_990)
        assert stream.read() == bytes(10)
    assert Path(arrived.path).stat().st_size == 20_000_000


def test_a_directory_goes_through_a_bucket(bucket, tree):
    arrived = sent(tree, Directory)
    assert text_of(arrived / "sub/c.txt") == "sub/c.txt"
    assert sorted(path for _, path in arrived.crawl()) == ["a b.txt", "sub/c.txt"]
    assert (Path(arrived.path) / "a b.txt").read_text() == "a b.txt"


def test_a_file_can_go_to_a_key_of_ones_choice(bucket, tree):
    uri = f"{bucket}/out/there.txt"
    codec = codec_for(File)
    packed = pack(codec, File(tree / "a b.txt", remote_path=uri))
    assert unpack(codec, packed).remote_source == uri
    assert Path(unpack(codec, packed).path).read_text() == "a b.txt"
    assert text_of(sent(uri)) == "a b.txt"
    with File(uri).open("w") as stream:
        stream.write("other")
    with pytest.raises(AlteredContent):
        _ = unpack(codec, packed).path


def test_a_directory_in_a_bucket_is_looked_at_where_it_is(bucket, tree):
    arrived = sent(Directory(tree, remote_directory=f"{bucket}/out"), Directory)
    assert [each.name for each in arrived.listdir()] == ["a b.txt", "sub"]
    assert text_of(arrived / "sub" / "c.txt") == "sub/c.txt"
    assert (Path(arrived.path) / "a b.txt").read_text() == "a b.txt"
    with pytest.raises(MissingContent):
        _ = arrived / "nothing"


def test_a_new_directory_can_be_written_in_a_bucket(bucket):
    made = Directory.new_remote("out", alt=bucket)
    with made.new_file("sub/x y.txt").open("w") as stream:
        stream.write("there")
    assert made.remote_source.startswith(bucket)
    assert text_of(sent(made, Directory) / "sub/x y.txt") == "there"
