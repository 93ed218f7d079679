"""Opening the executor."""

from __future__ import annotations

import socket

import pytest
from tests.executors.kubernetes.pods import attempt, succeeds

from volery.clock import SystemClock
from volery.errors import ConfigError
from volery.executors.known import Site, open_executor
from volery.executors.kubernetes.api import SILENCE, Api
from volery.executors.kubernetes.connect import connect
from volery.executors.kubernetes.settings import settings_of
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


def test_the_system_notices_a_connection_on_which_nobody_is_any_more(cluster, tmp_path):
    """A log that was silent was asked for again each minute."""
    found = connect(settings_of({"kubeconfig": str(cluster.kubeconfig(tmp_path))}))
    api = Api(found)
    api.page("default", "", "")
    connection = found.pool.connection_from_url(found.url)._get_conn()
    assert connection.sock.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE) == 1
    assert connection.sock.getsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPIDLE) == 30
    assert SILENCE >= 600
    api.close()
    connection.close()
