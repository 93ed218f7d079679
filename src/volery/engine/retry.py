"""Retries: whether another attempt answers a failure, and when it begins."""

from __future__ import annotations

from typing import NamedTuple

from volery.engine.model import NodeState
from volery.ids import digest
from volery.ir.failure import Failure
from volery.ir.policy import Backoff, Policy

SYSTEM_RETRIES = 3
"""Failures that are not the user's (a worker that crashed) which further attempts answer.

An attempt that was LOST costs nothing: whoever drove it is gone, which says nothing about the task.
"""

_AT_ONCE = Backoff()
_SYSTEM = Backoff(first=1.0, factor=4.0)
"""From the second retry on, so that a storage out of reach does not use up all tries at once."""
_DRAWS = 1 << 64


class Tries(NamedTuple):
    """Failures so far, by whose they are."""

    user: int = 0
    system: int = 0

    @classmethod
    def of(cls, child: NodeState) -> Tries:
        """Those that further attempts of a node execution have answered."""
        return cls(child.user_failures, child.system_failures)

    def after(self, failure: Failure) -> Tries:
        """With one more."""
        if failure.kind == "USER":
            return Tries(self.user + 1, self.system)
        return Tries(self.user, self.system + 1)


def may_answer(policy: Policy, failure: Failure, tries: Tries) -> bool:
    """Whether another attempt answers a failure, which `tries` counts already."""
    if not failure.retryable:
        return False
    if failure.kind == "USER":
        return tries.user <= (policy.retries or 0)
    return tries.system <= SYSTEM_RETRIES


def wait(policy: Policy, failure: Failure, tries: Tries, identity: str) -> float:
    """Seconds that the next attempt waits after a failure, which `tries` counts already.

    Args:
        policy: of the task.
        failure: what the attempt answers.
        tries: failures so far.
        identity: of the attempt; jitter is drawn from it.
    """
    if failure.kind == "USER":
        return _wait(policy.backoff or _AT_ONCE, tries.user, identity)
    return _wait(_SYSTEM, tries.system - 1, identity) if tries.system > 1 else 0.0


def _wait(backoff: Backoff, number: int, identity: str) -> float:
    """The wait before retry `number`, from 1."""
    if not backoff.first:
        return 0.0
    try:
        longest = min(backoff.first * backoff.factor ** (number - 1), backoff.most)
    except OverflowError:
        longest = backoff.most
    if not backoff.jitter:
        return longest
    drawn = int(digest(identity.encode())[:16], 16) / _DRAWS
    return longest * (1.0 - backoff.jitter * drawn)
