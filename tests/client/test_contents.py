"""The storage of a server, from here."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any, cast

import pytest
from tests.client.conftest import Answer

from volery.client.contents import ServerStorage
from volery.client.http import HttpBackend
from volery.data.hashing import digest_of
from volery.errors import AlteredContent, MissingContent

DATA = b"some bytes"


@pytest.fixture
def storage(script, tmp_path: Path) -> Iterator[ServerStorage]:
    with closing(HttpBackend(script.url, patience=0.5)) as backend:
        yield ServerStorage(backend, tmp_path)


def test_what_is_there_is_not_sent_again(storage, script):
    script.answers = [Answer(404), Answer(204), Answer(500)]
    assert storage.put(DATA) == storage.put(DATA) == digest_of(DATA)
    assert [asked.method for asked in script.asked] == ["HEAD", "PUT"]
    assert script.asked[1].body == DATA


def test_what_comes_from_there_comes_once(storage, script):
    script.answers = [Answer(body=DATA), Answer(500)]
    digest = digest_of(DATA)
    assert storage.get(digest, len(DATA)) == DATA
    assert storage.get_range(digest, 5, 10) == b"bytes"
    with storage.open(digest, -1) as file:
        assert file.read() == DATA
    assert len(script.asked) == 1


def test_other_bytes_than_were_asked_for_are_refused_and_not_kept(storage, script):
    script.answers = [Answer(body=b"others"), Answer(body=DATA)]
    with pytest.raises(AlteredContent, match="from the server"):
        storage.get(digest_of(DATA), len(DATA))
    assert storage.get(digest_of(DATA), len(DATA)) == DATA


def test_what_is_not_there_is_missing(storage, script, problem):
    script.answers = [problem(404, "NotFound")]
    with pytest.raises(MissingContent):
        storage.get(digest_of(DATA), len(DATA))


def test_nothing_is_brought_into_a_folder_that_is_gone(tmp_path):
    class Nobody:
        def open_content(self, digest):
            raise AssertionError(f"{digest} was asked for")

    storage = ServerStorage(cast("Any", Nobody()), tmp_path / "gone")
    with pytest.raises(MissingContent):
        storage.in_place("0" * 64, 1)


def test_what_a_bucket_wants_again_is_there_for_who_refers_to_it(storage, script):
    script.answers = [Answer(404), Answer(body=DATA)]
    assert storage.still_has(digest_of(DATA))
    assert [asked.method for asked in script.asked] == ["HEAD", "GET"]


def test_who_refers_to_what_is_not_there_is_told(storage, script, problem):
    script.answers = [Answer(404), problem(404, "NotFound")]
    assert not storage.still_has(digest_of(DATA))
