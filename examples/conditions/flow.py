"""Which way a workflow goes: `conditional`, with several arms, nested, and joined conditions."""

from __future__ import annotations

from enum import Enum

from volery import conditional, task, workflow


class Urgency(Enum):
    """How soon a parcel has to arrive."""

    ANY_TIME = "any time"
    THIS_WEEK = "this week"
    TOMORROW = "tomorrow"


@task
def choose(carrier: str, cost: float) -> str:
    return f"{carrier}, {cost:.2f}"


@workflow
def ship(weight: float, urgency: Urgency, fragile: bool = False) -> str:
    """Choose a carrier for a parcel.

    Args:
        weight: in kilograms.
        urgency: how soon it has to arrive.
        fragile: whether it can break.
    """
    return (
        conditional("carrier")
        .if_((weight > 30.0) | (weight <= 0.0))
        .fail("a parcel weighs up to 30 kg")
        .elif_((urgency == Urgency.TOMORROW) & (weight <= 5.0))
        .then(choose(carrier="courier", cost=19.5))
        .elif_(fragile.is_true())
        .then(
            conditional("box")
            .if_(weight > 10.0)
            .then(choose(carrier="freight in a crate", cost=31.0))
            .else_()
            .then(choose(carrier="post in a padded box", cost=8.4))
        )
        .else_()
        .then(choose(carrier="post", cost=4.9))
    )


if __name__ == "__main__":
    print(ship(weight=1.2, urgency=Urgency.TOMORROW))
    print(ship(weight=12.0, urgency=Urgency.ANY_TIME, fragile=True))
    print(ship(weight=2.0, urgency=Urgency.THIS_WEEK, fragile=True))
    print(ship(weight=2.0, urgency=Urgency.THIS_WEEK))
