"""The body of a workflow describes a graph. It runs once, so not all of Python makes sense there.

Each function below makes one mistake, and each gets an error that says what to write instead.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable

from scaling import mean

from volery import conditional, task, workflow
from volery.errors import DefinitionError, PromiseError


@task
def halve(value: float) -> float:
    return value / 2


@task
def draw(seed: int) -> float:
    """Chance belongs into a task, where it is drawn for each run."""
    return random.Random(seed).random()  # noqa: S311


def chance() -> float:
    return halve(value=random.random())  # noqa: S311


def clock() -> float:
    return halve(value=time.time())


def arithmetic(values: list[float]) -> float:
    return halve(value=mean(values=values) + 1)


def python_if(values: list[float]) -> float:
    mu = mean(values=values)
    return halve(value=mu) if mu > 10 else mu


def builtin(values: list[float]) -> float:
    return halve(value=sum(values))


def text(values: list[float]) -> str:
    return f"the mean is {mean(values=values)}"


MISTAKES: list[Callable[..., object]] = [chance, clock, arithmetic, python_if, builtin, text]


@workflow
def halve_if_large(values: list[float], seed: int) -> tuple[float, float]:
    """The right way: a choice is a `conditional`, chance is in a task."""
    mu = mean(values=values)
    smaller = conditional("size").if_(mu > 10).then(halve(value=mu)).else_().then(mu)
    return smaller, draw(seed=seed)


def main() -> None:
    """Compile every mistake, with some input, and show its error."""
    for mistake in MISTAKES:
        inputs = {"values": [1.0]} if mistake.__code__.co_argcount else {}
        try:
            workflow(mistake)(**inputs)
        except (DefinitionError, PromiseError) as error:
            print(f"{mistake.__name__}: {error}\n")
    print("the right way:", halve_if_large(values=[20.0, 30.0], seed=1))


if __name__ == "__main__":
    main()
