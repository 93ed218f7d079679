"""What was left in a cluster goes, also where nothing is launched any more."""

from __future__ import annotations

from tests.executors.kubernetes.pods import attempt


def left(start, cluster, *works, **table):
    """Have an executor leave pods, and end."""
    executor = start(**table)
    executor.launch(works)
    cluster.wait_for(lambda: len(cluster.pods()) == len(works))
    executor.close()


def nobody(*_):
    return False


def test_what_was_left_goes_without_a_launch(start, cluster):
    left(start, cluster, attempt(), attempt())
    start(nobody, orphans=0)
    cluster.wait_for(lambda: not cluster.pods())


def test_what_was_left_in_a_namespace_of_a_project_goes_without_a_launch(start, cluster):
    cluster.namespaces.add("birds-production")
    table = {"namespace": "{project}-{domain}", "orphans": 0}
    left(start, cluster, attempt(), **table)
    assert [each["metadata"]["namespace"] for each in cluster.pods()] == ["birds-production"]
    start(nobody, **table)
    cluster.wait_for(lambda: not cluster.pods())
