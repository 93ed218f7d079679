from __future__ import annotations

import pytest

from volery.testing.conformance.executor import LocalExecutorConformance
from volery.testing.conformance.executor_calls import CallsConformance


class TestOneHost(LocalExecutorConformance):
    many = 300


class TestCalls(CallsConformance):
    pass


class TestCallsOneAtATime(CallsConformance):
    @pytest.fixture
    def executor(self, start):
        return start(concurrency=1)
