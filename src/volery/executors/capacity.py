"""What this process may use of the machine that it is on."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

from volery.executors.machine import Share

_GROUPS: Final = Path("/sys/fs/cgroup")
_OWN_GROUPS: Final = Path("/proc/self/cgroup")
_DEVICES: Final = Path("/dev")


def this_machine(workers: int | None = None) -> Share:
    """All that this process may use of the machine.

    Args:
        workers: processors to count on at least, as somebody who asks for so many workers does.
    """
    return Share(max(processors(), float(workers or 0)), _memory(), _gpus())


def processors() -> float:
    """How many processors this process may use."""
    if hasattr(os, "sched_getaffinity"):
        allowed = len(os.sched_getaffinity(0))
    else:
        allowed = os.cpu_count() or 1
    quotas = [line.split() for line in _limits("cpu.max")]
    shares = [float(quota) / float(period) for quota, period in quotas if quota != "max"]
    return min([float(allowed), *shares])


def _memory() -> int:
    limits = [*_limits("memory.max"), *_limits("memory.limit_in_bytes", "memory")]
    whole = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return min([whole, *(int(line) for line in limits if line != "max")])


def _gpus() -> tuple[str, ...]:
    visible = os.environ.get("CUDA_VISIBLE_DEVICES")
    if visible is not None:
        return tuple(each.strip() for each in visible.split(",") if each.strip() not in {"", "-1"})
    numbers = (path.name.removeprefix("nvidia") for path in _DEVICES.glob("nvidia[0-9]*"))
    return tuple(sorted((each for each in numbers if each.isdecimal()), key=int))


def _limits(name: str, controller: str = "") -> list[str]:
    """What a file of the control groups says that this process is in, from its own up to the root.

    Args:
        name: of the file.
        controller: of version 1; empty: version 2.
    """
    root = _GROUPS / controller
    try:
        groups = [line.split(":", 2) for line in _OWN_GROUPS.read_text("utf-8").splitlines()]
        own = [
            root / path.lstrip("/") for _, names, path in groups if controller in names.split(",")
        ]
        folders = [folder for group in own for folder in (group, *group.parents)]
        files = [folder / name for folder in folders if folder.is_relative_to(root)]
        return [file.read_text("utf-8").strip() for file in files if file.is_file()]
    except OSError:  # there are no control groups, or none that we may look at
        return []
