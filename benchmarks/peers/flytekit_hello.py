"""The same as ours/hello.py, for flytekit."""

from flytekit import task, workflow


@task
def greet(name: str) -> str:
    return f"Hello, {name}!"


@workflow
def hello(name: str = "world") -> str:
    return greet(name=name)
