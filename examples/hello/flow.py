"""The smallest workflow: one task, called by name."""

from __future__ import annotations

from volery import task, workflow


@task
def greet(name: str) -> str:
    return f"Hello, {name}!"


@workflow
def hello(name: str = "world") -> str:
    """Greet somebody."""
    return greet(name=name)


if __name__ == "__main__":
    print(hello())
