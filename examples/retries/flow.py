"""Tasks that fail are tried again: how often, after what, how soon, and from where they go on."""

from __future__ import annotations

from datetime import timedelta

from volery import RecoverableError, Retry, Timeout, current_context, task, workflow


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


class NoSuchPage(ConnectionError):
    """Asking again will not help."""


@task(
    retries=Retry(
        attempts=5,
        backoff=timedelta(milliseconds=20),
        factor=2,
        max_backoff=timedelta(minutes=1),
        jitter=0.5,
        on=(ConnectionError, TimeoutError),
        never=NoSuchPage,
    ),
    timeout=Timeout(running=timedelta(seconds=30), total=timedelta(minutes=10)),
)
def fetch(page: str) -> str:
    """Waits longer after each failure, and gives up at once where that is of no use."""
    attempt = current_context().attempt
    if page == "missing":
        raise NoSuchPage(f"attempt {attempt} found that there is no such page")
    if attempt < 4:
        raise ConnectionError("nobody at home")
    return f"{page} came with attempt {attempt}"


@workflow
def polite(page: str = "index") -> str:
    """Up to five attempts, with pauses in between."""
    return fetch(page=page)


@task(retries=1)
def add_up(parts: int) -> str:
    """Adds up parts one by one, and goes on where the attempt before was cut off."""
    context = current_context()
    begin = int(context.checkpoint.read() or b"0")
    for part in range(begin, parts):
        if part == 3 and context.attempt == 1:
            raise RecoverableError("the connection was cut")
        context.checkpoint.write(b"%d" % (part + 1))
    return f"attempt {context.attempt} began with part {begin}"


@workflow
def go_on(parts: int = 5) -> str:
    """What one attempt has done, the next one does not do again."""
    return add_up(parts=parts)


if __name__ == "__main__":
    print(patient())
    print(more_patient())
    try:
        patient(fails=3)
    except ConnectionError as error:
        print("three attempts are all it gets:", error)
    print(polite())
    try:
        polite(page="missing")
    except NoSuchPage as error:
        print("one was enough:", error)
    print(go_on())
