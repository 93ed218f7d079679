"""Environments: what makes two attempts fit into the same container."""

from __future__ import annotations

import hashlib

import msgspec

from volery.ir.placement import Placement, Reuse, is_shared
from volery.ir.policy import Request
from volery.ir.work import Place, Work


class Environment(msgspec.Struct, frozen=True, array_like=True):
    """A container in which any attempt of this environment may run.

    Attributes:
        project, domain: of its attempts.
        package: digest of the code package that it has loaded; empty: its code is in the image.
        root: import root of the code on this machine; empty: there is none.
        placement: of its attempts.
        requests: what it asks for; attempts that run at the same time share it.
        caps: what it may use at most.
        secrets: group and key of each that its attempts are given: no others see these.
    """

    project: str
    domain: str
    package: str = ""
    root: str = ""
    placement: Placement = Placement()
    requests: Request | None = None
    caps: Request | None = None
    secrets: tuple[tuple[str, str], ...] = ()

    @property
    def reuse(self) -> Reuse:
        """How many of these there are, and for how long."""
        return self.placement.reuse or Reuse()

    @property
    def digest(self) -> str:
        """A name for it, of letters and digits."""
        return hashlib.blake2b(msgspec.json.encode(self), digest_size=8).hexdigest()


def environment_of(work: Work) -> Environment:
    """The environment that an attempt wants."""
    place = work.place
    assert place is not None  # noqa: S101 - whoever asks has looked
    return Environment(
        place.project,
        place.domain,
        "" if place.placement.code == "image" else place.package,
        work.code,
        place.placement,
        work.requests,
        place.caps,
        tuple(sorted({(each.group, each.key) for each in work.secrets})),
    )


def wants_reuse(place: Place | None) -> bool:
    """Whether an attempt is for a container that stays."""
    return place is not None and is_shared(place.placement, place.command)
