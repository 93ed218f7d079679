"""A payment that somebody has to approve, in front of a service that is not always there."""

from __future__ import annotations

from datetime import timedelta

from volery import Retry, Timeout, approve, task, workflow


@task
def convert(amount: float, rate: float) -> float:
    return round(amount * rate, 2)


@task(
    retries=Retry(attempts=3, backoff=timedelta(minutes=1), on=(ConnectionError,)),
    timeout=Timeout(running=timedelta(seconds=30)),
)
def pay(amount: float) -> str:
    """Here a real one would call a bank."""
    return f"paid {amount:.2f} EUR"


@workflow
def at_once(amount: float, rate: float = 1.0) -> str:
    return pay(amount=convert(amount=amount, rate=rate))


@workflow
def with_approval(amount: float, rate: float = 1.0) -> str:
    converted = convert(amount=amount, rate=rate)
    return pay(amount=approve(converted, "boss", timeout=timedelta(days=2)))


if __name__ == "__main__":
    print(at_once(amount=10.0, rate=1.25))
