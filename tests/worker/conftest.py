"""A container in small for tests of programs that run in one."""

from __future__ import annotations

import pytest
from tests.worker.attempts import Container

from volery.data.storage import Storage


@pytest.fixture
def container(tmp_path):
    return Container(tmp_path, Storage((tmp_path / "storage").as_uri()))
