"""A task that does nothing, in a module that has nothing else."""

from volery import task


@task
def double(x: int) -> int:
    return 2 * x
