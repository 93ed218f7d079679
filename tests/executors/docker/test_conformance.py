from __future__ import annotations

from volery.testing.conformance.executor import LastingExecutorConformance


class TestContainers(LastingExecutorConformance):
    some = 4
    many = 10
