from __future__ import annotations

from volery.testing.conformance.executor import IsolatedExecutorConformance


class TestTwoWorkers(IsolatedExecutorConformance):
    pass
