"""A workflow of which one task runs in a container, with limits that the kernel holds.

    volery run examples/docker/flow.py report --words '["ant", "bee"]'

With `--executor docker` all of it does; called as functions, as below, all of it runs here.
"""

import os

from volery import Resources, task, workflow

IMAGE = os.environ.get("IMAGE", "volery:latest")


@task
def collect(words: list[str]) -> str:
    return " ".join(words)


@task(
    executor="docker",
    container_image=IMAGE,
    requests=Resources(cpu="500m", mem="256Mi"),
    environment={"GREETING": "counted"},
)
def count(text: str) -> str:
    return f"{os.environ.get('GREETING', 'found')} {len(text)} characters"


@workflow
def report(words: list[str]) -> str:
    return count(text=collect(words=words))


if __name__ == "__main__":
    print(report(words=["ant", "bee"]))
