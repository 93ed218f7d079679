"""A workflow can be a step of another one: a subworkflow, called like a task and typed like one.

It belongs to the execution of the outer workflow. (A launch plan starts one of its own, see
`launch_plans.py`.)
"""

from __future__ import annotations

import random

from scaling import scale

from volery import task, workflow


@task
def generate(samples: int, seed: int) -> list[float]:
    """Numbers that look random and are the same for the same seed."""
    source = random.Random(seed)  # noqa: S311
    return [source.gauss(100, 15) for _ in range(samples)]


@workflow
def generate_and_scale(samples: int, seed: int) -> list[float]:
    data = generate(samples=samples, seed=seed)
    return scale(values=data)


if __name__ == "__main__":
    print([round(value, 3) for value in generate_and_scale(samples=5, seed=3)])
