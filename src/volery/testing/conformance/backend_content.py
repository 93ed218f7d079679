"""What every backend must do: keep content and packages by digest."""

from __future__ import annotations

import io

import pytest

from volery.data.hashing import digest_of
from volery.errors import AlteredContent, NotFound
from volery.testing.conformance.backend_driver import Driver


class Contents:
    """Bytes are known by their digest, and never are others."""

    def test_content_is_there_once_it_was_put(self, driver: Driver) -> None:
        data = f"content of {driver.project}".encode()
        digest = digest_of(data)
        assert not driver.backend.has_content(digest)
        for _ in range(2):
            driver.backend.put_content(digest, io.BytesIO(data))
            assert driver.backend.has_content(digest)
        with driver.backend.open_content(digest) as file:
            assert file.read() == data

    def test_content_may_be_empty_or_long(self, driver: Driver) -> None:
        for data in (b"", driver.project.encode() * 400_000):
            digest = digest_of(data)
            driver.backend.put_content(digest, io.BytesIO(data))
            with driver.backend.open_content(digest) as file:
                assert file.read() == data

    def test_content_of_another_digest_is_refused(self, driver: Driver) -> None:
        digest = digest_of(driver.project.encode())
        with pytest.raises(AlteredContent):
            driver.backend.put_content(digest, io.BytesIO(b"something else"))
        assert not driver.backend.has_content(digest)

    def test_content_that_is_not_there_is_not_found(self, driver: Driver) -> None:
        with pytest.raises(NotFound):
            driver.backend.open_content(digest_of(driver.project.encode()))
