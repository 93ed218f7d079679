"""Executors for whose works containers stay."""

from __future__ import annotations

from msgspec.structs import replace

from volery.ir.placement import Placement
from volery.testing.conformance.executor_tasks import double, work


class Warmed:
    """Gives all works to an executor as those of containers that stay.

    Args:
        executor: which one.
        reuse: how many containers there are.
        brings_secrets: it does: works have names of secrets only.
    """

    def __init__(self, executor, reuse, *, brings_secrets=False):
        self._executor = executor
        self._placement = Placement(reuse=reuse)
        self._brings_secrets = brings_secrets

    def launch(self, works):
        self._executor.launch([self._placed(each) for each in works])

    def _placed(self, target):
        if self._brings_secrets:
            names = tuple(replace(each, value="") for each in target.secrets)
            target = replace(target, secrets=names)
        place = target.place or work(double, x=1).place  # those of eager works have none
        return replace(target, place=replace(place, placement=self._placement))

    def __getattr__(self, name):
        return getattr(self._executor, name)
