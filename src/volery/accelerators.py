"""Devices that tasks ask for by name: ``@task(accelerator=T4)``.

The names are those by which Google's clusters know them; others have other labels, for which
`GPUAccelerator` takes any name. Devices that can be divided have their parts as attributes:
``A100.partition_1g_5gb``; TPUs come in slices: ``V5E.slice_2x4``.
"""

from __future__ import annotations

from typing import Final, Literal

from volery.errors import DefinitionError, suggest
from volery.ir.placement import Accelerator

__all__ = [
    "A10G",
    "A100",
    "A100_80GB",
    "H100",
    "H200",
    "K80",
    "L4",
    "L4_VWS",
    "L40S",
    "M60",
    "P4",
    "P100",
    "RTX_PRO_6000",
    "T4",
    "V5E",
    "V5P",
    "V6E",
    "V100",
    "GPUAccelerator",
    "TPUAccelerator",
]


class GPUAccelerator(Accelerator, frozen=True):
    """A GPU of any name: ``GPUAccelerator("nvidia-tesla-t4")``.

    Args:
        device: as the labels of the cluster's nodes have it.
        partition: a part of one that is divided, such as ``1g.5gb``.
    """

    def __post_init__(self) -> None:
        _check(self.device, "GPUAccelerator")

    def __getattr__(self, name: str) -> GPUAccelerator:
        """A part of the device: ``A100.partition_1g_5gb``."""
        parts = {
            f"partition_{each.replace('.', '_')}": each for each in _PARTS.get(self.device, ())
        }
        return GPUAccelerator(self.device, partition=_one(self, name, parts))


class TPUAccelerator(Accelerator, frozen=True):
    """Slices of TPUs: ``TPUAccelerator("tpu-v6e-slice", topology="2x4")``.

    Args:
        device: as the labels of the cluster's nodes have it.
        topology: of the slice.
    """

    kind: Literal["gpu", "tpu"] = "tpu"

    def __post_init__(self) -> None:
        _check(self.device, "TPUAccelerator")

    def __getattr__(self, name: str) -> TPUAccelerator:
        """A slice: ``V5E.slice_2x4``."""
        slices = {f"slice_{each}": each for each in _SLICES.get(self.device, ())}
        return TPUAccelerator(self.device, topology=_one(self, name, slices))


def _check(device: object, kind: str) -> None:
    if not isinstance(device, str) or not device:
        raise DefinitionError(f"{kind} takes the name of a device, got {device!r}")


def _one(device: Accelerator, name: str, known: dict[str, str]) -> str:
    if name in known:
        return known[name]
    hint = "" if name.startswith("__") else f"; {suggest(name, known)}"
    raise AttributeError(f"{device.device} has no {name}{hint}")


_SMALL: Final = ("1g.5gb", "2g.10gb", "3g.20gb", "4g.20gb", "7g.40gb")
_LARGE: Final = ("1g.10gb", "1g.20gb", "2g.20gb", "3g.40gb", "4g.40gb", "7g.80gb")
_LARGEST: Final = ("1g.18gb", "1g.35gb", "2g.35gb", "3g.71gb", "4g.71gb", "7g.141gb")
# https://docs.nvidia.com/datacenter/tesla/mig-user-guide
_PARTS: Final[dict[str, tuple[str, ...]]] = {
    "nvidia-tesla-a100": _SMALL,
    "nvidia-a100-80gb": _LARGE,
    "nvidia-h100-80gb": _LARGE,
    "nvidia-h200-141gb": _LARGEST,
}
# https://cloud.google.com/kubernetes-engine/docs/concepts/plan-tpus
_FLAT: Final = ("1x1", "2x2", "2x4", "4x4", "4x8", "8x8", "8x16", "16x16")
_SLICES: Final[dict[str, tuple[str, ...]]] = {
    "tpu-v5-lite-podslice": _FLAT,
    "tpu-v5p-slice": ("2x2x1", "2x2x2", "2x2x4", "2x4x4", "4x4x4", "4x4x8", "4x8x8", "8x8x8"),
    "tpu-v6e-slice": _FLAT,
}

T4: Final = GPUAccelerator("nvidia-tesla-t4")
"""NVIDIA T4, 16 GB."""
V100: Final = GPUAccelerator("nvidia-tesla-v100")
"""NVIDIA V100."""
K80: Final = GPUAccelerator("nvidia-tesla-k80")
"""NVIDIA K80."""
P4: Final = GPUAccelerator("nvidia-tesla-p4")
"""NVIDIA P4."""
P100: Final = GPUAccelerator("nvidia-tesla-p100")
"""NVIDIA P100."""
M60: Final = GPUAccelerator("nvidia-tesla-m60")
"""NVIDIA M60."""
A10G: Final = GPUAccelerator("nvidia-a10g")
"""NVIDIA A10G, 24 GB."""
L4: Final = GPUAccelerator("nvidia-l4")
"""NVIDIA L4, 24 GB."""
L4_VWS: Final = GPUAccelerator("nvidia-l4-vws")
"""NVIDIA L4 as a virtual workstation."""
L40S: Final = GPUAccelerator("nvidia-l40s")
"""NVIDIA L40S, 48 GB."""
A100: Final = GPUAccelerator("nvidia-tesla-a100")
"""NVIDIA A100, 40 GB; parts: ``A100.partition_1g_5gb``, 2g_10gb, 3g_20gb, 4g_20gb, 7g_40gb."""
A100_80GB: Final = GPUAccelerator("nvidia-a100-80gb")
"""NVIDIA A100, 80 GB; parts: ``partition_1g_10gb``, 1g_20gb, 2g_20gb, 3g_40gb, 4g_40gb, 7g_80gb."""
H100: Final = GPUAccelerator("nvidia-h100-80gb")
"""NVIDIA H100, 80 GB; parts as those of `A100_80GB`."""
H200: Final = GPUAccelerator("nvidia-h200-141gb")
"""NVIDIA H200; parts: ``partition_1g_18gb``, 1g_35gb, 2g_35gb, 3g_71gb, 4g_71gb, 7g_141gb."""
RTX_PRO_6000: Final = GPUAccelerator("nvidia-rtx-pro-6000")
"""NVIDIA RTX PRO 6000, 96 GB."""
V5E: Final = TPUAccelerator("tpu-v5-lite-podslice")
"""Google TPU v5e; slices: ``V5E.slice_1x1``, 2x2, 2x4, 4x4, 4x8, 8x8, 8x16, 16x16."""
V5P: Final = TPUAccelerator("tpu-v5p-slice")
"""Google TPU v5p; slices: ``V5P.slice_2x2x1``, 2x2x2, ... 8x8x8."""
V6E: Final = TPUAccelerator("tpu-v6e-slice")
"""Google TPU v6e; slices as those of `V5E`."""
