"""A task is a function whose inputs and outputs have types that are checked.

It is called like any function, with one rule: arguments are given by keyword.
"""

from __future__ import annotations

from volery import task
from volery.errors import CallError, TypeMismatch


@task
def mean(values: list[float]) -> float:
    """The arithmetic mean.

    Args:
        values: what to take the mean of.
    """
    return sum(values) / len(values)


@task
def count_words(text: str) -> dict[str, int]:
    """A mistake: it counts, but does not return what it says."""
    return {word: str(text.count(word)) for word in text.split()}  # type: ignore[misc]


if __name__ == "__main__":
    print("a call runs the function:", mean(values=[1.0, 2.0, 6.0]))

    try:
        mean(values="not numbers")  # type: ignore[arg-type]
    except TypeMismatch as error:
        print("\na wrong input is refused:", error, sep="\n")

    try:
        mean(values=[1.0, None])  # type: ignore[list-item]
    except TypeMismatch as error:
        print("\nwherever in a value it is:", error, sep="\n")

    try:
        count_words(text="to be or not to be")
    except TypeMismatch as error:
        print("\na wrong output too:", error, sep="\n")

    try:
        mean([1.0, 2.0, 6.0])
    except CallError as error:
        print("\nand so are positional arguments:", error, sep="\n")
