"""One attempt under way, as the watch sees it."""

from __future__ import annotations

from enum import Enum, auto
from math import inf
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from volery.executors.contained.works import Held
    from volery.executors.docker.log import ContainerLog
    from volery.executors.docker.steps import Begun
    from volery.executors.machine import Share
    from volery.ir.work import Place


class Stage(Enum):
    """What an attempt is doing."""

    WAITING = auto()
    """For its part of the machine, for its image, or for an engine that is away."""
    BUSY = auto()
    """Somebody takes a step for it."""
    RUNNING = auto()
    """Its container runs, as far as is known."""


class Run:
    """An attempt under way. Only the thread of the watch touches it.

    Attributes:
        held: the work.
        place: of the work.
        stage: see there.
        pulls: how often its image was pulled for it.
        share: the part of the machine that it has; None: it needs none, or waits for it.
        begun: its container; None: there is none yet.
        log: of its container.
        opens: its log is being opened anew.
        died: when the container ended, on the monotonic clock; None: nobody has said so.
        kill_at: when it is killed that has been told to stop.
        again_at: when a step is tried again that could not be taken.
        again: that step.
        away_since: since when it could not be taken.
        heard_at: when something was last heard of the log.
    """

    def __init__(self, held: Held, place: Place) -> None:
        self.held = held
        self.place = place
        self.stage = Stage.WAITING
        self.pulls = 0
        self.share: Share | None = None
        self.begun: Begun | None = None
        self.log: ContainerLog | None = None
        self.opens = False
        self.died: float | None = None
        self.kill_at = inf
        self.again_at = inf
        self.again: Callable[[], None] | None = None
        self.away_since: float | None = None
        self.heard_at = 0.0

    @property
    def name(self) -> str:
        """Of its container."""
        return self.held.name

    @property
    def unwanted(self) -> bool:
        """It is to be stopped."""
        return self.held.unwanted

    @property
    def reads(self) -> bool:
        """Its log is read, or soon will be."""
        return self.opens or (self.log is not None and self.log.stream is not None)

    def quiet_at(self, seconds: float) -> float:
        """When the log of a container that has ended is not waited for any longer."""
        if self.died is None or self.stage is not Stage.RUNNING:
            return inf
        return max(self.died, self.heard_at) + seconds
