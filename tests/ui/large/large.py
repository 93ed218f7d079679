"""What is large when it runs: many nodes, many elements, much that happens."""

from __future__ import annotations

import time

from volery import current_context, map_task, task, workflow

WIDTH = 100
"""Nodes beside each other."""


@task
def step(x: int) -> int:
    return x + 1


@workflow
def layered() -> int:
    """Ten thousand nodes: a hundred layers, in which each waits for two of the one before."""
    layer = [step(x=at) for at in range(WIDTH)]
    for _ in range(99):
        layer = [join(x=one, y=layer[at // 2]) for at, one in enumerate(layer)]
    return layer[0]


@task
def join(x: int, y: int) -> int:
    return max(x, y) + 1


@task
def numbers(count: int) -> list[int]:
    return list(range(count))


@task
def odd_one(x: int) -> int:
    """Of a thousand one cannot be done."""
    if x % 1000 == 13:
        raise ValueError(f"{x} is unlucky")
    return x


@workflow
def mapped(count: int) -> None:
    """A map of many elements."""
    map_task(odd_one, min_success_ratio=0.5)(x=numbers(count=count))


@task(retries=1)
def check(node: int, turn: int) -> int:
    """Every now and then it has to be tried again."""
    if (31 * node + turn) % 37 == 0 and current_context().attempt < 2:
        raise ValueError(f"not at turn {turn}")
    return node


@workflow
def checked(turn: int) -> None:
    """Two hundred nodes."""
    for node in range(200):
        check(node=node, turn=turn)


FURTHER = {(2, 5): 2, (3, 2): 2, (4, 0): 4}
"""Layers between a node, by its layer and place, and the other one that it waits for."""


@workflow
def usual() -> None:
    """Forty nodes in five layers, as most graphs have no more of them; some edges pass layers."""
    layers = [[step(x=n) for n in range(8)]]
    for depth in range(1, 5):
        above = [layers[depth - FURTHER.get((depth, n), 1)] for n in range(8)]
        nodes = [join(x=layers[-1][n], y=above[n][(3 * n + 1) % 8]) for n in range(8)]
        layers.append(nodes)


@task
def tick(x: int, seconds: float) -> int:
    time.sleep(seconds)
    return x + 1


@workflow
def ticking(seconds: float) -> None:
    """Four chains, in which something happens all the time, for long."""
    for chain in range(4):
        x = chain
        for _ in range(2_500):
            x = tick(x=x, seconds=seconds)
