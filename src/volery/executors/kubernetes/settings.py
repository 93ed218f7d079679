"""Settings of the Kubernetes executor: the table ``[kubernetes]``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

import msgspec

from volery.errors import ConfigError

Json = dict[str, Any]
"""A part of a Kubernetes object, as its API has it."""


Kind = Literal["schedule", "pull", "configure", "start", "node"]
"""For what a pod may wait: see `Limits`."""


class Limits(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Seconds that a pod may be in a state from which it may never come out by itself.

    Time in which the API server is away does not count.

    Attributes:
        quota: others have used up the quota of its namespace, so that there is no pod yet. As long
            as pods of Volery run there, it waits for their end.
        schedule: no node has room for it; a cluster that grows needs some minutes for a node.
        pull: its image cannot be pulled; a registry may be away for a moment.
        configure: something is missing that it refers to, such as a Secret.
        start: anything else before its container runs: pulling an image, volumes, other containers.
        node: nothing is heard of its node.
        stop: to stop by itself when it is aborted, before it is killed.
        upload: to store what a command leaves in its folder of outputs.
        storage: the storage is away, so that it is given no inputs, or its outcome is not known.
    """

    quota: float = 900.0
    schedule: float = 900.0
    pull: float = 90.0
    configure: float = 60.0
    start: float = 900.0
    node: float = 90.0
    stop: float = 30.0
    upload: float = 3_600.0
    storage: float = 900.0

    def of(self, kind: Kind) -> float:
        """How long a pod may wait for something of this kind."""
        return float(getattr(self, kind))


class Spot(msgspec.Struct, frozen=True, rename="camel", forbid_unknown_fields=True):
    """Where interruptible attempts run.

    Attributes:
        node_selector: labels of the nodes that can be taken away.
        tolerations: of their taints.
        crashes: so many failures of the system send an attempt to other nodes.
    """

    node_selector: dict[str, str] = {}
    tolerations: tuple[Json, ...] = ()
    crashes: int = 2


class KubernetesSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What an administrator says about pods.

    Attributes:
        kubeconfig: path of the file with clusters and users; empty: ``KUBECONFIG``, the service
            account of the pod that this process is in, or ``~/.kube/config``.
        context: of that file; empty: its current one.
        api: URL of the API server, if it is not as the file says.
        namespace: of pods, in which ``{project}`` and ``{domain}`` stand for those of the
            execution; empty: that of the context.
        image: of tasks that name none.
        helper: image with Volery, beside commands whose own image has none; empty: `image`.
        pull_policy: ``Always``, ``IfNotPresent`` or ``Never``; empty: the cluster decides.
        pull_secrets: names of Secrets that open registries.
        service_account: that pods run as; empty: the namespace's default.
        host_network: pods use the network of their node.
        python: how the image's Python is called.
        environment: variables of every container that runs Volery, not secret.
        environment_secrets: names of Secrets whose entries are such variables: what the worker
            needs to reach the storage.
        secret: name of the Secret that has the secrets of no group.
        templates: what pods begin with, by name: ``metadata`` and ``spec``. ``default`` lies below
            all others.
        vendor: whose labels of nodes say what accelerators they have (see `accelerators`).
        interruptible: nodes that can be taken away.
        pods: most pods at a time.
        keep: seconds that a pod stays after its end, for people to look at; then it is deleted with
            others, at the latest after as long again.
        orphans: seconds that a pod of an unknown attempt goes on.
        threads: most requests at a time.
        streams: most logs that are read while their pods run; those of others are read at the end.
        limits: how long pods may wait.
    """

    kubeconfig: str = ""
    context: str = ""
    api: str = ""
    namespace: str = ""
    image: str = ""
    helper: str = ""
    pull_policy: Literal["", "Always", "IfNotPresent", "Never"] = ""
    pull_secrets: tuple[str, ...] = ()
    service_account: str = ""
    host_network: bool = False
    python: str = "python3"
    environment: dict[str, str] = {}
    environment_secrets: tuple[str, ...] = ()
    secret: str = "volery"  # noqa: S105 - the name of an object
    templates: dict[str, Json] = {}
    vendor: Literal["google", "aws", "nvidia"] = "google"
    interruptible: Spot = Spot()
    pods: int = 1_000
    keep: float = 60.0
    orphans: float = 600.0
    threads: int = 8
    streams: int = 32
    limits: Limits = Limits()


def settings_of(table: Mapping[str, Any]) -> KubernetesSettings:
    """The settings that a table says.

    Raises:
        ConfigError: says which key is wrong, and how.
    """
    try:
        return msgspec.convert(table, KubernetesSettings)
    except msgspec.ValidationError as error:
        known = ", ".join(KubernetesSettings.__struct_fields__)
        raise ConfigError(
            f"the table [kubernetes] of the settings cannot be used: {error}",
            hint=f"its keys: {known}",
        ) from None
