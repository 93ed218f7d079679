"""Graphs that depend on values: ``dynamic``."""

from __future__ import annotations

from volery import dynamic, map_task, task, workflow


@task
def split(text: str, size: int) -> list[str]:
    words = text.split()
    return [" ".join(words[at : at + size]) for at in range(0, len(words), size)]


@task
def count(part: str) -> int:
    return len(part.split())


@task
def add(a: int, b: int) -> int:
    return a + b


@dynamic
def total(numbers: list[int]) -> int:
    """Adds pairs, and the sums of pairs, until one number is left: a tree as high as it has to be.

    Calls leave nodes, as in a workflow. What the function decides by is values.
    """
    if not numbers:
        return 0
    if len(numbers) == 1:
        return numbers[0]
    half = len(numbers) // 2
    return add(a=total(numbers=numbers[:half]), b=total(numbers=numbers[half:]))


@dynamic
def count_parts(parts: list[str], piecewise: bool) -> int:
    """What the graph looks like is decided when the parts are there."""
    if piecewise:
        return total(numbers=[count(part=part) for part in parts])
    return total(numbers=map_task(count)(part=parts))


@workflow
def words(text: str, size: int = 2, piecewise: bool = True) -> int:
    """Counts words by parts.

    Args:
        text: what to count the words of.
        size: words of a part.
        piecewise: a node for every part, in place of a map.
    """
    return count_parts(parts=split(text=text, size=size), piecewise=piecewise)


if __name__ == "__main__":
    print(words(text="the quick brown fox jumps over the lazy dog"))
    print(words(text="the quick brown fox", piecewise=False))
    print(total(numbers=[]))
