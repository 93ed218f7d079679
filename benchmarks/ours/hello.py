"""The least program that a person runs first."""

from volery import task, workflow


@task
def greet(name: str) -> str:
    return f"Hello, {name}!"


@workflow
def hello(name: str = "world") -> str:
    return greet(name=name)
