"""A workflow puts tasks together into a graph. The graph is compiled, checked, and then run.

It looks like a function and is called like one. It runs on the same engine however it is started.
"""

from __future__ import annotations

from math import sqrt

from volery import task, workflow


@task
def mean(values: list[float]) -> float:
    return sum(values) / len(values)


@task
def standard_deviation(values: list[float], mu: float) -> float:
    return sqrt(sum((value - mu) ** 2 for value in values) / len(values))


@task
def standard_scale(values: list[float], mu: float, sigma: float) -> list[float]:
    return [(value - mu) / sigma for value in values]


@workflow
def scale(values: list[float]) -> list[float]:
    """Scale values to a mean of 0 and a standard deviation of 1."""
    mu = mean(values=values)
    sigma = standard_deviation(values=values, mu=mu)
    return standard_scale(values=values, mu=mu, sigma=sigma)


if __name__ == "__main__":
    print([round(value, 3) for value in scale(values=[2.0, 4.0, 4.0, 4.0, 5.0, 5.0, 7.0, 9.0])])
