"""A task that fails may be tried again: ``retries`` is the number of further attempts."""

from __future__ import annotations

from volery import current_context, task, workflow


@task(retries=2)
def unreliable(fails: int) -> str:
    """Fails that many times, as a busy server might."""
    attempt = current_context().attempt
    if attempt <= fails:
        raise ConnectionError(f"attempt {attempt} found nobody at home")
    return f"attempt {attempt} succeeded"


@workflow
def patient(fails: int = 2) -> str:
    """Up to three attempts.

    Args:
        fails: how many attempts fail.
    """
    return unreliable(fails=fails)


@workflow
def more_patient(fails: int = 3) -> str:
    """The same task, with more retries at this one place."""
    return unreliable(fails=fails).with_overrides(retries=4)


if __name__ == "__main__":
    print(patient())
    print(more_patient())
    try:
        patient(fails=3)
    except ConnectionError as error:
        print("three attempts are all it gets:", error)
