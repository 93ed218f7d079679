"""Checks the schedule of a launch plan: what of it could never work."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from volery.errors import suggest
from volery.ir import instants
from volery.ir.instants import Flaw
from volery.ir.specs import LaunchPlanSpec
from volery.ir.types import DATETIME, NONE, LiteralType, UnionType, show

MOST_KEPT: Final = 500
"""The highest number of instants that `Schedule.misfire` may name."""


def schedule_flaws(spec: LaunchPlanSpec) -> Iterator[Flaw]:
    """Everything about a launch plan's schedule that could never work."""
    schedule = spec.schedule
    if schedule is None:
        return
    if flaw := instants.flaw(schedule.when):
        yield flaw
    if isinstance(schedule.misfire, int) and not 1 <= schedule.misfire <= MOST_KEPT:
        yield (
            f"misfire is {schedule.misfire}, and has to be from 1 to {MOST_KEPT}",
            "'all' starts every one, 'skip' none",
        )
    if schedule.argument:
        yield from _argument_flaws(spec, schedule.argument)
    for each in spec.interface.inputs:
        if each.default is None and each.name != schedule.argument:
            yield (
                f"nobody would give it the input {each.name}",
                f"give {each.name} in fixed_inputs or default_inputs",
            )


def _argument_flaws(spec: LaunchPlanSpec, name: str) -> Iterator[Flaw]:
    given = spec.interface.input(name)
    if given is not None and not _takes_instants(given.type):
        yield (
            f"kickoff_time_input_arg is {name}, which is {show(given.type)}",
            "the instant is a datetime: name an input of that type",
        )
    if given is None and name in {each.name for each in spec.fixed}:
        yield (
            f"kickoff_time_input_arg is {name}, which is fixed",
            f"take {name} out of fixed_inputs",
        )
    elif given is None:
        names = [each.name for each in spec.interface.inputs if _takes_instants(each.type)]
        yield f"kickoff_time_input_arg is {name}, which is no input", suggest(name, names)


def _takes_instants(type: LiteralType) -> bool:
    return type == DATETIME or (
        isinstance(type, UnionType) and set(type.variants) == {DATETIME, NONE}
    )
