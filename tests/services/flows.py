"""Workflows that do to their process what user code may do."""

from __future__ import annotations

import os
import signal
import sys
from dataclasses import dataclass
from pathlib import Path

from volery import LaunchPlan, current_context, map_task, task, workflow


@task
def note(folder: str, name: str) -> str:
    """Leave a line for each time that this runs."""
    with (Path(folder) / name).open("a") as file:
        file.write("ran\n")
    return name


@task
def wait_for(folder: str, name: str, after: str) -> str:
    """Block until somebody writes to the pipe of this name."""
    with (Path(folder) / name).open() as pipe:
        return pipe.read()


@task
def kill_self(x: int) -> int:
    os.kill(os.getpid(), signal.SIGKILL)
    return x


@task
def die_first(x: int) -> int:
    if current_context().attempt == 1:
        os._exit(3)
    return x


@task
def speak(x: int) -> int:
    print("to stdout")
    print("to stderr", file=sys.stderr)
    return x


@task
def process_id(x: int) -> int:
    return os.getpid()


@task
def first_key(values: dict[str, int], key: str) -> int:
    return values[key]


@task
def one_entry(x: int) -> dict[str, int]:
    return {"present": x}


@task
def same(x: int) -> int:
    return x


@task
def many(n: int) -> list[int]:
    return list(range(n))


@workflow
def crashing(x: int = 1) -> int:
    return kill_self(x=x)


@workflow
def recovering(x: int = 1) -> int:
    return die_first(x=x)


@workflow
def speaking(x: int = 1) -> int:
    return speak(x=x)


@workflow
def where(x: int = 1) -> int:
    return process_id(x=x)


@workflow
def missing_key(x: int = 1) -> int:
    return same(x=one_entry(x=x)["absent"])


@workflow
def missing_output(x: int = 1) -> int:
    return one_entry(x=x)["absent"]


@workflow
def missing_key_of_a_subworkflow(x: int = 1) -> int:
    return where(x=one_entry(x=x)["absent"])


@workflow
def interrupted(folder: str) -> str:
    first = note(folder=folder, name="first")
    return wait_for(folder=folder, name="pipe", after=first)


@workflow
def large_map(n: int = 2_000) -> list[int]:
    return map_task(same)(x=many(n=n))


@task
def refuse(x: int) -> int:
    raise ValueError("never")


@workflow
def below(x: int = 1) -> int:
    return refuse(x=same(x=x))


@workflow
def failing_below(x: int = 1) -> int:
    return below(x=x)


@task
def length(text: str, number: int) -> int:
    return len(text)


@task
def grow(megabytes: int) -> str:
    return "x" * (megabytes * 1_000_000)


@workflow
def large_inputs(megabytes: int = 5) -> list[int]:
    text = grow(megabytes=megabytes)
    return [length(text=text, number=number) for number in range(60)]


@dataclass
class Shell:
    inner: Shell | None
    number: int | str


@dataclass
class Other:
    number: int | str


@task
def nested_shells(depth: int) -> Shell:
    shell = Shell(None, 1)
    for _ in range(depth):
        shell = Shell(shell, 1)
    return shell


@task
def unwrap(shell: Shell | int | None) -> int:
    return 1


@workflow
def deep_cast(depth: int = 150) -> int:
    return unwrap(shell=nested_shells(depth=depth))


@workflow
def much(megabytes: int = 25) -> list[str]:
    return [grow(megabytes=megabytes) for _ in range(3)]


@workflow
def much_below(megabytes: int = 25) -> int:
    return count(texts=much(megabytes=megabytes))


@task
def count(texts: list[str]) -> int:
    return len(texts)


@workflow
def much_at_once(megabytes: int = 25) -> int:
    return count(texts=[grow(megabytes=megabytes) for _ in range(3)])


below_plan = LaunchPlan.get_or_create(below, name="tests.below_plan")


@workflow
def failing_in_a_child(x: int = 1) -> int:
    return below_plan(x=x)


@workflow
def waiting(folder: str) -> str:
    return wait_for(folder=folder, name="pipe", after="")


waiting_plan = LaunchPlan.get_or_create(waiting, name="tests.waiting_plan")


@workflow
def waiting_in_a_child(folder: str) -> str:
    return waiting_plan(folder=folder)


plan_around = LaunchPlan.get_or_create(waiting_in_a_child, name="tests.plan_around")


@workflow
def waiting_in_a_grandchild(folder: str) -> str:
    return plan_around(folder=folder)
