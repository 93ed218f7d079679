"""`gated` with a large value, which is stored before the gate and read behind it."""

from __future__ import annotations

from gated import second

from volery import task, workflow


@task
def ramp(length: int) -> list[int]:
    return list(range(length))


@task
def once_there(numbers: list[int], folder: str) -> str:
    return folder


@task
def backwards(numbers: list[int], told: str) -> list[int]:
    return numbers[::-1]


@workflow
def laden(folder: str, length: int = 50_000) -> list[int]:
    numbers = ramp(length=length)
    told = second(folder=once_there(numbers=numbers, folder=folder), stubborn=False)
    return backwards(numbers=numbers, told=told)
