"""Schedules: when a launch plan starts by itself."""

from __future__ import annotations

from typing import Literal

import msgspec


class _When(msgspec.Struct, frozen=True, omit_defaults=True, tag_field="kind"):
    """Base of the ways to say when."""


class Cron(_When, frozen=True, tag="cron"):
    """At the times that match an expression of five fields, as the clocks of a time zone show."""

    expression: str
    timezone: str = "UTC"


class Rate(_When, frozen=True, tag="rate"):
    """Each so many seconds, counted from the epoch, so that it never drifts."""

    seconds: float


Misfire = Literal["all", "last", "skip"] | int
"""What becomes of instants that passed while nobody could start anything: all are started, the
last one, none, or the last so many."""

Overlap = Literal["allow", "skip", "queue"]
"""What becomes of an instant while the execution of the one before goes on."""


class Schedule(msgspec.Struct, frozen=True, omit_defaults=True):
    """When a launch plan starts by itself.

    Attributes:
        argument: name of the input that is given the instant; empty: none is.
    """

    when: Cron | Rate
    argument: str = ""
    misfire: Misfire = "last"
    overlap: Overlap = "allow"
