"""Opening the executor."""

from __future__ import annotations

import pytest
from tests.executors.kubernetes.pods import attempt, succeeds

from volery.clock import SystemClock
from volery.errors import ConfigError
from volery.executors.known import Site, open_executor
from volery.testing.conformance.executor_tasks import results


@pytest.fixture
def site(tmp_path, storage):
    def make(**settings):
        return Site(
            tmp_path, tmp_path, storage, "engine-1", "server-1", settings,
            lambda *_: True, SystemClock(),
        )  # fmt: skip

    return make


def test_it_is_opened_by_its_name(site, cluster, storage, tmp_path):
    cluster.node = succeeds(storage)
    file = cluster.kubeconfig(tmp_path, "birds")
    cluster.namespaces.add("birds")
    executor = open_executor("kubernetes", site(kubeconfig=str(file), image="volery:1"))
    try:
        target = attempt()
        executor.launch([target])
        assert results(executor, [target])[0].failure is None
        assert cluster.pods()[0]["metadata"]["namespace"] == "birds"
    finally:
        executor.close()


def test_a_cluster_that_cannot_be_found_is_told_with_what_to_set(site, tmp_path):
    with pytest.raises(ConfigError, match="no configuration of a Kubernetes cluster") as raised:
        open_executor("kubernetes", site(kubeconfig=str(tmp_path / "none")))
    assert "KUBECONFIG" in str(raised.value)


def test_a_context_that_does_not_exist_is_told(site, cluster, tmp_path):
    file = cluster.kubeconfig(tmp_path)
    with pytest.raises(ConfigError, match="elsewhere"):
        open_executor("kubernetes", site(kubeconfig=str(file), context="elsewhere"))
