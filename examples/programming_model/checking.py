"""Types are checked along every edge of the graph when it is compiled, before anything runs."""

from __future__ import annotations

from scaling import mean, standard_deviation

from volery import task, workflow
from volery.errors import CompileError, TypeMismatch


@task
def announce(text: str) -> None:
    print("a task ran:", text)


@task
def buggy_standard_scale(values: list[float], mu: float, sigma: float) -> float:
    """A mistake: the scaled values should be returned as a list, not added up."""
    return sum((value - mu) / sigma for value in values)


@workflow
def buggy_scale(values: list[float]) -> list[float]:
    announce(text="this is never printed")
    mu = mean(values=values)
    sigma = standard_deviation(values=values, mu=mu)
    return buggy_standard_scale(values=values, mu=mu, sigma=sigma)


@workflow
def several_mistakes(values: list[float]) -> str:
    mu = mean(values=values)
    announce(text=mu)
    standard_deviation(values=mu)
    return mu


@workflow
def average(values: list[float]) -> float:
    return mean(values=values)


if __name__ == "__main__":
    for wrong in (buggy_scale, several_mistakes):
        try:
            wrong(values=[1.0, 2.0, 3.0])
        except CompileError as error:
            print(error, end="\n\n")

    try:
        average(values="not numbers")
    except TypeMismatch as error:
        print(error)
