"""What tests of the data layer share: a real S3 server, started when it is first needed."""

from __future__ import annotations

import pytest
from tests.servers.s3 import INSTALL, s3_server, weed


@pytest.fixture(scope="session")
def s3(tmp_path_factory):
    """A server for all the tests of this process. Each uses a prefix of its own in the bucket."""
    if weed() is None:
        pytest.skip(INSTALL)
    with s3_server(tmp_path_factory.mktemp("s3")) as server:
        yield server
