"""Accelerators: how nodes say which they have, by vendor, and how pods ask for them."""

from __future__ import annotations

from typing import Final

import msgspec

from volery.executors.kubernetes.settings import Json
from volery.ir.placement import Accelerator


class Labels(msgspec.Struct, frozen=True):
    """Labels of nodes; empty: the vendor has none for that."""

    device: str
    partition: str = ""
    topology: str = ""


class Devices(msgspec.Struct, frozen=True):
    """What counts devices of a kind, and the labels of nodes that have them."""

    resource: str
    labels: Labels


_NVIDIA: Final = "nvidia.com/gpu"

VENDORS: Final[dict[str, dict[str, Devices]]] = {
    # https://cloud.google.com/kubernetes-engine/docs/how-to/gpus and .../tpus
    "google": {
        "gpu": Devices(
            _NVIDIA,
            Labels("cloud.google.com/gke-accelerator", "cloud.google.com/gke-gpu-partition-size"),
        ),
        "tpu": Devices(
            "google.com/tpu",
            Labels(
                "cloud.google.com/gke-tpu-accelerator",
                topology="cloud.google.com/gke-tpu-topology",
            ),
        ),
    },
    # https://docs.aws.amazon.com/eks: the cluster autoscaler's label
    "aws": {
        "gpu": Devices(
            _NVIDIA,
            Labels("k8s.amazonaws.com/accelerator", "k8s.amazonaws.com/gpu-partition-size"),
        ),
    },
    # NVIDIA's GPU feature discovery
    "nvidia": {
        "gpu": Devices(_NVIDIA, Labels("nvidia.com/gpu.product", "nvidia.com/mig.config")),
    },
}
"""By vendor of the cluster, then by `Accelerator.kind`."""


def resource_of(vendor: str, kind: str) -> str:
    """What counts devices of a kind, such as ``nvidia.com/gpu``."""
    devices = VENDORS[vendor].get(kind) or VENDORS["google"][kind]
    return devices.resource


def asks_for(accelerator: Accelerator, vendor: str) -> Json:
    """The part of a pod spec that sends it to nodes with a device."""
    devices = VENDORS[vendor].get(accelerator.kind) or VENDORS["google"][accelerator.kind]
    labels = devices.labels
    wanted = {
        labels.device: accelerator.device,
        labels.partition: accelerator.partition,
        labels.topology: accelerator.topology,
    }
    selector = {label: value for label, value in wanted.items() if label and value}
    taints = [devices.resource, *selector]
    return {
        "nodeSelector": selector,
        "tolerations": [
            {"key": key, "operator": "Exists", "effect": "NoSchedule"} for key in taints
        ],
    }
