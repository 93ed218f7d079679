"""A task whose worker dies of it, the first time: before its code runs, in it, or after it."""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path
from types import FrameType
from typing import Any

from volery import task, workflow
from volery.worker import execute

PLACES = ("import", "call", "report")
FOLDER = os.environ.get("VOLERY_DYING", "")


def die(place: str) -> None:
    """End this process, if this is the place, and the first time."""
    marker = Path(FOLDER) / place
    if FOLDER and marker.exists():
        marker.unlink()
        os.kill(os.getpid(), signal.SIGKILL)


def die_when_all_is_done(frame: FrameType, event: str, _argument: Any) -> None:
    """The call is over and its outputs are packed; nobody has been told."""
    if event == "return" and frame.f_code is execute.run.__code__:
        die("report")


die("import")


@task
def dying(x: int) -> int:
    die("call")
    sys.setprofile(die_when_all_is_done)
    return x + 1


@workflow
def flow(x: int = 1) -> int:
    return dying(x=dying(x=x))
