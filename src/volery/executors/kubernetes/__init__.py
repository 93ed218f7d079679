"""Attempts in pods of a Kubernetes cluster.

settings       the table [kubernetes]
connect        finding the cluster
api            the calls that are made
pod            how the pod of an attempt looks; with merge, accelerators, secrets and folders
status         what a pod's status says
rights         what the cluster refuses, as failures
watch          what becomes of the pods of a namespace
contact        for how long that was told
log            what a pod prints
space          the pods of a namespace: to come, there, to go; with quota
starting       from a work to a pod
ending         from a pod to a result
keeping        what takes too long, and what is left over
ground, crew   what these share; threads for requests
warm           pods that stay; with host and attached
executor       all of it
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from volery.executors.known import Site
    from volery.executors.kubernetes.executor import KubernetesExecutor


def open(site: Site) -> KubernetesExecutor:  # noqa: A001 - it is named in `known`
    """The executor of a site.

    Raises:
        ConfigError: settings, or the configuration of the cluster, cannot be used.
    """
    from volery.executors.kubernetes.api import Api
    from volery.executors.kubernetes.connect import connect
    from volery.executors.kubernetes.executor import KubernetesExecutor
    from volery.executors.kubernetes.settings import settings_of

    settings = settings_of(site.settings)
    cluster = connect(settings)
    return KubernetesExecutor(
        Api(cluster),
        settings,
        site.storage,
        server=site.identity,
        namespace=cluster.namespace,
        wanted=site.wanted,
        folder=site.home / "kubernetes",
    )
