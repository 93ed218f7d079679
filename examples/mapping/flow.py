"""The same task for every element of a list: `map_task`."""

from __future__ import annotations

from functools import partial

from volery import map_task, task, workflow


@task
def is_prime(number: int) -> bool:
    return number > 1 and all(number % factor for factor in range(2, int(number**0.5) + 1))


@task
def power(base: int, exponent: int) -> int:
    return base**exponent


@task
def to_number(text: str) -> int:
    return int(text)


@task
def count_true(flags: list[bool]) -> int:
    return sum(flags)


@workflow
def count_primes(numbers: list[int]) -> int:
    return count_true(flags=map_task(is_prime)(number=numbers))


@workflow
def powers(bases: list[int], exponent: int = 2) -> list[int]:
    """What is the same for every element is bound with `functools.partial`."""
    return map_task(partial(power, exponent=exponent))(base=bases)


@workflow
def read_numbers(texts: list[str]) -> list[int | None]:
    """With ``min_success_ratio`` some elements may fail; they come back as None."""
    return map_task(to_number, min_success_ratio=0.5)(text=texts)


if __name__ == "__main__":
    print(count_primes(numbers=list(range(100))))
    print(powers(bases=[1, 2, 3], exponent=3))
    print(read_numbers(texts=["12", "many", "7"]))
