"""A run that fails, and goes on where it failed once its code is mended.

Run it by ``volery run examples/control/flow.py review --name first``: it fails at `summarize`. Then

    volery executions recover first                 # fails again; nothing else runs
    volery executions recover first --edited        # after a change of SHORTEST to 1, say
    volery executions relaunch first --limit 3      # all of it again, with another input
    volery executions diff first ...                # in what they differ
"""

from __future__ import annotations

from volery import map_task, task, workflow

SHORTEST = 4
"""Words of fewer letters are refused."""

TEXT = "the quick brown fox jumps over the lazy dog"


@task
def words(limit: int) -> list[str]:
    print("splitting")
    return TEXT.split()[:limit]


@task
def measure(word: str) -> int:
    return len(word)


@task
def summarize(lengths: list[int]) -> float:
    """The mean length. It does not like short words."""
    if min(lengths) < SHORTEST:
        raise ValueError(f"a word of {min(lengths)} letters is too short")
    return sum(lengths) / len(lengths)


@workflow(timeout=600, max_parallelism=4)
def review(limit: int = 9) -> float:
    """How long words are.

    Args:
        limit: only so many words count.
    """
    return summarize(lengths=map_task(measure)(word=words(limit=limit)))


if __name__ == "__main__":
    try:
        review()
    except ValueError as error:
        print(error)
