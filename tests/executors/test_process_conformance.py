from __future__ import annotations

import pytest

from volery.testing.conformance.executor import LocalExecutorConformance
from volery.testing.conformance.executor_calls import CallsConformance


class TestTwoWorkers(LocalExecutorConformance):
    pass


class TestCallsOfTwoWorkers(CallsConformance):
    pass


class TestCallsOfOneWorker(CallsConformance):
    @pytest.fixture
    def executor(self, start):
        return start(1)
