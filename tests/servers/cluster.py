"""A real Kubernetes cluster, and what pods of tests and benchmarks need on it.

``KUBECONFIG`` says which; of these variables the first has to be set:

    VOLERY_TEST_KUBERNETES_IMAGE            with this Volery, known to the nodes
    VOLERY_TEST_KUBERNETES_NAMESPACE        default: that of the context
    VOLERY_TEST_KUBERNETES_SERVICE_ACCOUNT  default: the namespace's
    VOLERY_TEST_KUBERNETES_API              URL of the API server, if not as the file says
    VOLERY_TEST_KUBERNETES_STORAGE          URL of a storage that pods reach too, with the variables
                                            AWS_... of this process; default: a folder of this
                                            machine, which has to be the cluster's node

Pods use the network of their node, and images are not pulled.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from volery.data.storage import Storage
from volery.executors.kubernetes.connect import connect
from volery.executors.kubernetes.settings import KubernetesSettings, settings_of

_WHERE = "VOLERY_TEST_KUBERNETES_"
_SAID = {name: value for name, value in os.environ.items() if name.startswith(_WHERE)}
"""As they were before tests have a home of their own."""


def said(name: str) -> str:
    """What one of the variables says; empty: nothing."""
    return _SAID.get(f"{_WHERE}{name}", "")


def is_there() -> bool:
    """Whether somebody has said which cluster, and which image."""
    return bool(os.environ.get("KUBECONFIG") and said("IMAGE"))


def cluster_settings(storage: Storage) -> KubernetesSettings:
    """Settings with which pods start there, and reach a storage."""
    table: dict[str, Any] = {
        "image": said("IMAGE"),
        "namespace": said("NAMESPACE"),
        "service_account": said("SERVICE_ACCOUNT"),
        "api": said("API"),
        "pull_policy": "Never",
        "host_network": True,
        "pods": 8,
        "keep": 0,
        "limits": {"stop": 2},
        "environment": {name: value for name, value in os.environ.items() if name[:4] == "AWS_"},
    }
    if storage.url.startswith("file://"):
        table["templates"] = {"default": {"spec": _host_folder(storage.url[len("file://") :])}}
    return settings_of(table)


def core(settings: KubernetesSettings) -> Any:
    """The official client of the cluster."""
    from kubernetes import client, config

    configuration = client.Configuration()
    config.load_kube_config(client_configuration=configuration)
    configuration.host = settings.api or configuration.host
    return client.CoreV1Api(client.ApiClient(configuration))


@contextmanager
def quota(settings: KubernetesSettings, name: str, pods: int) -> Iterator[None]:
    """A quota of so many pods for the namespace, by this name, until the block ends."""
    namespace, made = settings.namespace or connect(settings).namespace, core(settings)
    body = {"metadata": {"name": name}, "spec": {"hard": {"pods": str(pods)}}}
    made.create_namespaced_resource_quota(namespace, body)
    try:
        yield
    finally:
        made.delete_namespaced_resource_quota(name, namespace)


def _host_folder(path: str) -> dict[str, object]:
    """The part of a pod spec by which a folder of the node is at the same path in the pod.

    What is written there belongs to the user of this process, and nobody else may write.
    """
    Path(path).mkdir(parents=True, exist_ok=True)  # the node would do it, as root
    mount = {"name": "storage", "mountPath": path}
    source = {"path": path, "type": "DirectoryOrCreate"}
    return {
        "securityContext": {"runAsUser": os.geteuid(), "runAsGroup": os.getegid()},
        "containers": [{"name": "default", "volumeMounts": [mount]}],
        "volumes": [{"name": "storage", "hostPath": source}],
    }
