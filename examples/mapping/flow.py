"""The same for every element of a list: `map_task`."""

from __future__ import annotations

from functools import partial

from volery import LaunchPlan, map_task, task, workflow


@task
def is_prime(number: int) -> bool:
    return number > 1 and all(number % factor for factor in range(2, int(number**0.5) + 1))


@task
def power(base: int, exponent: int) -> int:
    return base**exponent


@task(retries=1, cache=True)
def to_number(text: str) -> int:
    return int(text)


@task
def count_true(flags: list[bool]) -> int:
    return sum(flags)


@workflow
def count_primes(numbers: list[int]) -> int:
    """Four elements at a time, however many workers there are."""
    return count_true(flags=map_task(is_prime, concurrency=4)(number=numbers))


@workflow
def powers(bases: list[int], exponent: int = 2) -> list[int]:
    """What is the same for every element is bound with `functools.partial`."""
    return map_task(partial(power, exponent=exponent))(base=bases)


@workflow
def read_numbers(texts: list[str]) -> list[int | None]:
    """With ``min_success_ratio`` some elements may fail; they come back as None.

    Each is tried twice before it counts as failed, and kept in the cache by itself.
    """
    return map_task(to_number, min_success_ratio=0.5)(text=texts)


@workflow
def count_rows(rows: list[list[int]]) -> list[int]:
    """Workflows can be mapped: each element is a graph of its own."""
    return map_task(count_primes)(numbers=rows)


cubes = LaunchPlan.get_or_create(powers, name="cubes", fixed_inputs={"exponent": 3})


@workflow
def cube_rows(rows: list[list[int]]) -> list[list[int]]:
    """Launch plans as well: each element is an execution of its own."""
    return map_task(cubes, concurrency=2)(bases=rows)


@workflow
def is_prime_table(rows: list[list[int]]) -> list[list[bool]]:
    """And maps, for lists of lists."""
    return map_task(map_task(is_prime))(number=rows)


if __name__ == "__main__":
    print(count_primes(numbers=list(range(100))))
    print(powers(bases=[1, 2, 3], exponent=3))
    print(read_numbers(texts=["12", "many", "7"]))
    print(count_rows(rows=[[1, 2, 3], [], [4, 5]]))
    print(cube_rows(rows=[[1, 2], [3]]))
    print(is_prime_table(rows=[[1, 2], [], [3, 4]]))
