"""Workflows whose scopes are drawn and followed."""

from __future__ import annotations

from volery import conditional, map_task, task, workflow


@task
def one_more(x: int) -> int:
    return x + 1


@task
def nothing(x: int) -> None:
    """It leaves no value."""


@task
def clean_up(x: int) -> None:
    """Runs when all else has failed."""


@task
def refuse(x: int) -> int:
    if x % 3 == 0:
        message = f"{x} is a multiple of three"
        raise ValueError(message)
    return x


def in_order(x: int) -> int:
    """Two nodes, of which the second waits for the first and takes nothing of it."""
    first, last = nothing(x=x), one_more(x=x)
    first >> last
    return last


@workflow
def weighing(x: int, name: str = "abc") -> int:
    weight = one_more(x=x)
    return (
        conditional("weight")
        .if_((weight > 10) & (x >= 3))
        .then(
            conditional("how heavy")
            .if_(weight > 20)
            .then(one_more(x=weight))
            .else_()
            .then(one_more(x=x))
        )
        .elif_((name == "abc") | ((weight < 2) | (x == 1)))
        .then(in_order(x=x))
        .else_()
        .fail("too light")
    )


@workflow(on_failure=clean_up)
def handled(x: int) -> int:
    return refuse(x=x)


@workflow
def refusing(values: list[int]) -> list[int | None]:
    return map_task(refuse, min_success_ratio=0.1)(x=values)
