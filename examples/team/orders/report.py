"""A workflow and a launch plan that becomes active when it is registered."""

from __future__ import annotations

from orders.cleaning import known, prices
from volery import LaunchPlan, task, workflow


@task
def clean(orders: list[str]) -> list[str]:
    """Leave out what nobody sells."""
    return list(known(orders))


@task
def total(orders: list[str]) -> float:
    """What the orders come to."""
    costs = prices()
    return sum(costs[each] for each in orders)


@workflow
def takings(orders: list[str]) -> float:
    """What the orders of a day come to."""
    return total(orders=clean(orders=orders))


LaunchPlan.get_or_create(
    takings, "tea-time", default_inputs={"orders": ["Tea", "cake"]}, auto_activate=True
)
