"""From a work to a pod, as the cluster has room."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from http import HTTPStatus
from time import monotonic

from volery.errors import StorageError, VoleryError
from volery.executors.contained import invocations
from volery.executors.kubernetes.api import Refusal
from volery.executors.kubernetes.crew import Again
from volery.executors.kubernetes.ground import Ground
from volery.executors.kubernetes.pod import ATTEMPT, Order, build
from volery.executors.kubernetes.quota import never_fits
from volery.executors.kubernetes.rights import failure_of
from volery.executors.kubernetes.space import Charge, Space
from volery.executors.kubernetes.status import Pod
from volery.executors.results import aborted, fault
from volery.ir.failure import Failure


class Starter:
    """Asks for pods.

    Args:
        ground: see `Ground`.
        has_pod: told when a work has one.
    """

    def __init__(self, ground: Ground, has_pod: Callable[[Space, Charge, Pod], None]) -> None:
        self._ground = ground
        self._has_pod = has_pod

    def go_on(self, space: Space) -> None:
        """Ask for as many pods as the namespace has room for."""
        with self._ground.lock:
            for charge in space.next():
                self._ground.crew.do(partial(self._start, space, charge))

    def _start(self, space: Space, charge: Charge) -> None:
        """Have a pod, whether it is there already or not."""
        ground, held = self._ground, charge.held
        if held.aborted:
            with ground.lock:
                space.has_not_started(charge)
            ground.works.over(held.name, aborted(held.work.id))
            return
        with ground.lock:
            found = space.strays.get(held.name)
        try:
            pod = found.pod if found else self._pod(space, charge)
        except Again:
            raise
        except StorageError as error:
            if charge.may_wait(monotonic(), ground.settings.limits.storage):
                raise Again(error) from error
            self._give_up(space, charge, unreached(error))
        except VoleryError as error:
            self._give_up(space, charge, mistake(error))
        except Refusal as refusal:
            self._refused(space, charge, refusal)
        except Exception as error:  # noqa: BLE001 - whatever it is, the work gets a result
            self._give_up(space, charge, fault("kubernetes", error))
        else:
            with ground.lock:
                space.has_started(charge, monotonic())
                newer = space.strays.pop(held.name, None)
            self._has_pod(space, charge, newer.pod if newer else pod)
            self.go_on(space)

    def _pod(self, space: Space, charge: Charge) -> Pod:
        """Ask for a pod. One that is there already is this one, if it belongs to the attempt."""
        ground, work = self._ground, charge.held.work
        written = invocations.write(work, ground.storage)
        charge.away_since = None
        order = Order(ground.server, charge.name, space.name, work, written)
        pod = build(order, ground.settings)
        try:
            return ground.api.create(pod)
        except Refusal as refusal:
            if not refusal.exists:
                raise
        try:
            found = ground.api.get(space.name, charge.name)
        except Refusal as refusal:
            if refusal.status == HTTPStatus.NOT_FOUND:  # it has just gone
                raise Again(refusal) from refusal
            raise
        if found.metadata.labels.get(ATTEMPT) != charge.name:
            raise VoleryError(
                f"there is another pod {charge.name} in namespace {space.name}",
                hint=f"delete it: kubectl delete pod -n {space.name} {charge.name}",
                code="NameTaken",
            )
        return found

    def _refused(self, space: Space, charge: Charge, refusal: Refusal) -> None:
        with self._ground.lock:
            believed = space.believes(refusal)
        if not believed:
            raise Again(refusal, refusal.wait) from refusal
        if not refusal.quota or never_fits(refusal.message):
            self._give_up(space, charge, failure_of(refusal, space.name))
            return
        with self._ground.lock:
            space.is_full(charge, refusal, monotonic())

    def _give_up(self, space: Space, charge: Charge, failure: Failure) -> None:
        """A work that never gets a pod."""
        with self._ground.lock:
            space.has_not_started(charge)
        self._ground.works.failed(charge.name, failure)
        self.go_on(space)


def unreached(error: StorageError) -> Failure:
    """The failure of a work whose inputs cannot be written, or whose outcome cannot be read."""
    return Failure(error.code, "SYSTEM", str(error))


def mistake(error: VoleryError) -> Failure:
    """The failure of a work for which there cannot be a pod."""
    return Failure(error.code, "USER", str(error), retryable=False)
