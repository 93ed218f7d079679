"""Finding the cluster: the official client reads its configuration and keeps its tokens fresh."""

from __future__ import annotations

import importlib
import os
import socket
import weakref
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from threading import Event, Lock
from typing import Any, Final, NamedTuple

from volery.errors import ConfigError
from volery.executors.kubernetes.settings import KubernetesSettings

_POD: Final = Path("/var/run/secrets/kubernetes.io/serviceaccount")
"""Where a pod finds its service account."""


class Cluster(NamedTuple):
    """How the API server is reached.

    Attributes:
        url: where it is.
        pool: a `urllib3.PoolManager` that trusts it and is trusted.
        authorization: the header's value, fresh; empty: there is none.
        namespace: that of the context.
        cut: end all connections, so that nobody waits for an answer any more.
    """

    url: str
    pool: Any
    authorization: Callable[[], str]
    namespace: str
    cut: Callable[[], None]


def connect(settings: KubernetesSettings) -> Cluster:
    """Read the configuration; nothing is asked of the cluster yet.

    Raises:
        ConfigError: the client is not installed, or there is no configuration that can be used.
    """
    try:
        client = importlib.import_module("kubernetes.client")
        config = importlib.import_module("kubernetes.config")
    except ImportError:
        raise ConfigError(
            "the executor kubernetes needs the Kubernetes client",
            hint='pip install "volery[kubernetes]"',
        ) from None
    configuration = client.Configuration()
    namespace = _load(config, configuration, settings)
    if settings.api:
        configuration.host = settings.api.rstrip("/")
    configuration.connection_pool_maxsize = settings.threads + settings.streams + 16

    def authorization() -> str:
        found = configuration.auth_settings().get("BearerToken")
        return str(found["value"] or "") if found else ""

    pool = client.ApiClient(configuration).rest_client.pool_manager
    return Cluster(configuration.host, pool, authorization, namespace, _tracked(pool))


def _tracked(pool: Any) -> Callable[[], None]:
    """Keep track of the connections of a pool; gives a function that ends them."""
    sockets: weakref.WeakSet[socket.socket] = weakref.WeakSet()
    lock, is_cut = Lock(), Event()

    def tracked(pool_class: Any) -> Any:
        base: Any = pool_class.ConnectionCls

        def connect(connection: Any) -> None:
            base.connect(connection)
            _keep_alive(connection.sock)
            with lock:
                sockets.add(connection.sock)
            if is_cut.is_set():
                cut()

        made = type(base.__name__, (base,), {"connect": connect})
        return type(pool_class.__name__, (pool_class,), {"ConnectionCls": made})

    def cut() -> None:
        is_cut.set()
        with lock:
            for each in sockets:
                with suppress(OSError):  # that of `SSLSocket` would pull it away from its reader
                    socket.socket.shutdown(each, socket.SHUT_RDWR)

    classes = pool.pool_classes_by_scheme
    pool.pool_classes_by_scheme = {scheme: tracked(each) for scheme, each in classes.items()}
    return cut


def _keep_alive(connection: socket.socket) -> None:
    """Have the system notice within a minute that nobody is there any more: logs may be silent."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    for name, value in (("TCP_KEEPIDLE", 30), ("TCP_KEEPINTVL", 10), ("TCP_KEEPCNT", 3)):
        if hasattr(socket, name):  # not on every system
            connection.setsockopt(socket.IPPROTO_TCP, getattr(socket, name), value)


def _load(config: Any, configuration: Any, settings: KubernetesSettings) -> str:
    """Fill in a configuration; gives the namespace."""
    inside = "KUBERNETES_SERVICE_HOST" in os.environ and (_POD / "token").exists()
    try:
        if inside and not (settings.kubeconfig or settings.context or "KUBECONFIG" in os.environ):
            config.load_incluster_config(client_configuration=configuration)
            return (_POD / "namespace").read_text().strip()
        file, context = settings.kubeconfig or None, settings.context or None
        config.load_kube_config(file, context, client_configuration=configuration)
        contexts, active = config.list_kube_config_contexts(file)
        chosen = next((each for each in contexts if each["name"] == context), active)
        return str(chosen["context"].get("namespace") or "default")
    except (config.ConfigException, OSError) as error:
        raise ConfigError(
            f"there is no configuration of a Kubernetes cluster that can be used: {error}",
            hint="set KUBECONFIG or kubernetes.kubeconfig (and kubernetes.context), or run the "
            "server in a pod with a service account",
        ) from None
