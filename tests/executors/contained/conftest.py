"""A storage in a folder."""

from __future__ import annotations

import pytest

from volery.data.storage import Storage


@pytest.fixture
def storage(tmp_path):
    return Storage((tmp_path / "storage").as_uri())
