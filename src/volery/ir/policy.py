"""Policies: how nodes are to be carried out."""

from __future__ import annotations

import msgspec

from volery.ir.placement import Placement


class Backoff(msgspec.Struct, frozen=True, omit_defaults=True):
    """How long the next attempt waits after a failure; durations in seconds.

    Before retry number n (from 1) it waits ``min(first * factor ** (n - 1), most)``, of which up to
    the part `jitter` (from 0 to 1) is taken off, as a number says that is drawn from the attempt's
    identity.
    """

    first: float = 0.0
    factor: float = 2.0
    most: float = 3600.0
    jitter: float = 0.0


class Limits(msgspec.Struct, frozen=True, omit_defaults=True):
    """How long something may take, in seconds. None: as long as it likes.

    Attributes:
        queued: from when an attempt may start until its code begins to run; of an execution: until
            it is its turn.
        running: from when its code begins to run; of an execution: from its turn.
        total: from the beginning of the node execution, over all attempts; of an execution: from
            when it was created.
    """

    queued: float | None = None
    running: float | None = None
    total: float | None = None


class Caching(msgspec.Struct, frozen=True, omit_defaults=True):
    """How outputs are kept for equal work.

    Attributes:
        version: of the code, given by the user; empty: the task's fingerprint.
        serialize: of equal work at the same time one runs, and the others wait for it.
        ignored: names of inputs that do not count.
        salt: whatever else is to count.
        ttl: entries count for so many seconds; None: always.
    """

    version: str = ""
    serialize: bool = False
    ignored: tuple[str, ...] = ()
    salt: str = ""
    ttl: float | None = None


class Request(msgspec.Struct, frozen=True, omit_defaults=True):
    """What an attempt needs of a machine. None: nothing is said.

    Attributes:
        cpu: processors; parts of one are allowed.
        mem, ephemeral_storage: bytes.
        gpu: devices.
    """

    cpu: float | None = None
    mem: int | None = None
    gpu: int | None = None
    ephemeral_storage: int | None = None


class Policy(msgspec.Struct, frozen=True, omit_defaults=True):
    """How a node is to be carried out. None: as the layer below says.

    Attributes:
        retries: further attempts after failures of user code.
        backoff: the wait between attempts.
        limits: how long attempts may take.
        cache: None: outputs are not kept; of a node: as its task says.
        uncached: a node's word that its task's cache does not count.
        requests: what an attempt needs at least; `limits` of Kubernetes stand in `caps`.
        priority: among attempts that wait, higher ones are taken first.
        executor: which one carries attempts out.
        placement: what they need beyond a process.
    """

    retries: int | None = None
    environment: tuple[tuple[str, str], ...] = ()
    backoff: Backoff | None = None
    limits: Limits | None = None
    cache: Caching | None = None
    uncached: bool = False
    requests: Request | None = None
    caps: Request | None = None
    priority: int | None = None
    executor: str | None = None
    placement: Placement | None = None

    def over(self, lower: Policy) -> Policy:
        """This policy where it says something, the lower one elsewhere."""
        return Policy(
            retries=lower.retries if self.retries is None else self.retries,
            environment=lower.environment + self.environment,
            backoff=self.backoff or lower.backoff,
            limits=self.limits or lower.limits,
            cache=None if self.uncached else self.cache or lower.cache,
            requests=self.requests or lower.requests,
            caps=self.caps or lower.caps,
            priority=lower.priority if self.priority is None else self.priority,
            executor=self.executor or lower.executor,
            placement=_over(self.placement, lower.placement),
        )


def _over(upper: Placement | None, lower: Placement | None) -> Placement | None:
    return upper.over(lower) if upper is not None and lower is not None else upper or lower
