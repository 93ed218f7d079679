"""The executor that runs each attempt in a container of a Docker engine."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future
from functools import partial
from pathlib import Path
from time import time
from typing import TYPE_CHECKING, Final

import msgspec

from volery.executors.contained.exits import Exit
from volery.executors.contained.names import attempt_name
from volery.executors.contained.works import Works
from volery.executors.docker.address import address_of
from volery.executors.docker.admission import Admission
from volery.executors.docker.api import Api
from volery.executors.docker.description import Around
from volery.executors.docker.engine import Engine, Info
from volery.executors.docker.loop import Loop
from volery.executors.docker.runs import Runs
from volery.executors.docker.steps import Steps
from volery.executors.docker.strays import Strays, Wanted
from volery.executors.docker.warm import DockerHosts, Pulls, Rooms
from volery.executors.machine import Machine, Share
from volery.executors.results import fault, too_large
from volery.executors.warm.environment import wants_reuse
from volery.executors.warm.warm import Warm, elsewhere, prefix_of
from volery.ir.failure import Failure

if TYPE_CHECKING:
    from volery.data.storage import Storage
    from volery.executors.base import Event
    from volery.executors.docker.settings import DockerSettings
    from volery.ir.policy import Request
    from volery.ir.work import CallEnded, Work

_MANY_GPUS: Final = 64
"""An engine does not say how many there are, and refuses what it has not."""


class DockerExecutor:
    """Starts a container for each work. They go on when it is closed: see `launch`.

    A container is named after its attempt, so that to launch an attempt whose container is there
    is to attach to it.

    Args:
        settings: see there.
        storage: of invocations, outcomes and large values; if it is a folder, containers see it.
        server: identity of the server, the same after a restart.
        folder: for what else containers see of this machine; it outlasts this process.
        wanted: see there.
        environ: the variables of this process.

    Raises:
        ConfigError: the settings cannot be used.
        EngineAway: the engine cannot be reached.
    """

    lasts = True

    def __init__(
        self,
        settings: DockerSettings,
        storage: Storage,
        *,
        server: str,
        folder: Path,
        wanted: Wanted,
        environ: Mapping[str, str] = os.environ,
    ) -> None:
        self._settings = settings
        engine = Engine(Api(address_of(settings, environ)))
        info = engine.info()
        folder.mkdir(parents=True, exist_ok=True)
        folder.chmod(0o700)
        around = Around(
            settings, server, _user(settings, info), tuple(_reaching(storage, environ).items())
        )
        self._machine = _machine(info)
        self._admission = Admission(self._machine, self._short)
        self._works = Works(_named(server), time)
        self._fault: Failure | None = None
        self._loop = Loop(self._look, lambda: self._works.full, self._broken)
        steps = Steps(engine, storage, around, folder)
        strays = Strays(steps, self._loop, wanted, settings.orphans)
        self._runs = Runs(
            self._works,
            steps,
            engine,
            self._loop,
            admission=self._admission,
            settings=settings,
            server=server,
            strays=strays,
        )
        images = Pulls(self._pull, self._runs.pulled)
        self._hosts = DockerHosts(engine, storage, around, images, self._rooms())
        self._warm = Warm(
            self._works,
            self._hosts.start,
            elsewhere(storage),
            prefix_of(server),
            crowded=lambda: self._admission.crowded,
        )
        self._loop.start()

    @property
    def bell(self) -> int:
        """A file descriptor that can be read when `poll(0)` has something to give."""
        return self._works.bell

    def room(self) -> int:
        return max(0, self._settings.most - len(self._works))

    def launch(self, works: Sequence[Work]) -> None:
        for held in self._works.take(works):
            work = held.work
            if self._fault is not None:
                self._works.failed(held.name, self._fault)
            elif work.place is None:
                self._works.failed(held.name, _NO_PLACE)
            elif work.requests is not None and (lacks := self._machine.lacks(work.requests)):
                self._works.over(held.name, too_large(work, lacks))
            elif wants_reuse(work.place):
                self._warm.launch(held)
            else:
                self._loop.call(partial(self._runs.launch, held, work.place))

    def abort(self, ids: Sequence[int]) -> None:
        for held in self._works.abort(ids):
            self._loop.call(partial(self._runs.stop, held))
            self._warm.stop(held)

    def answer(self, ends: Sequence[CallEnded]) -> None:
        """Only from a container that stays somebody calls."""
        self._warm.answer(ends)

    def poll(self, timeout: float, news: int | None = None) -> list[Event]:
        return self._works.poll(timeout, news)

    def close(self) -> None:
        """Containers that stay are ended; all others go on."""
        self._hosts.close()
        self._warm.close()
        self._loop.close()
        self._runs.close()
        self._works.close()

    def _pull(self, image: str, name: str, pulled: Future[Exit | Exception | None]) -> None:
        self._loop.call(partial(self._runs.pull, image, name, pulled))

    def _short(self) -> None:
        """Somebody waits for what containers that stay may not use."""
        self._warm.wake()

    def _rooms(self) -> Rooms:
        """Where containers that stay get their parts of the machine."""

        def take(request: Request, room: Future[Share | None]) -> None:
            def then(share: Share | None) -> None:
                if room.set_running_or_notify_cancel():
                    room.set_result(share)
                else:  # nobody wants it any more
                    self._admission.give_back(share)

            self._loop.call(partial(self._admission.want, room, request, then))

        def give_back(share: Share) -> None:
            self._loop.call(partial(self._admission.give_back, share))

        return Rooms(take, give_back)

    def _look(self, now: float) -> float:
        return self._runs.look(now)

    def _broken(self, error: Exception) -> None:
        """A fault of ours: nothing may wait for ever, nor what is launched from now on."""
        self._fault = fault("docker", error)
        self._hosts.close()
        for held in self._works.all():
            self._works.failed(held.name, self._fault)


_NO_PLACE: Final = Failure(
    "NoPlace", "SYSTEM", "the work does not say what it needs away from the engine's processes"
)


def _named(server: str) -> Callable[[Work], str]:
    def name(work: Work) -> str:
        return attempt_name(server, work.execution, work.path, work.attempt)

    return name


def _machine(info: Info) -> Machine:
    """The machine of an engine, which may be another one than this."""
    gpus = tuple(map(str, range(_MANY_GPUS)))
    return Machine(Share(float(info.n_c_p_u), info.mem_total, gpus))


def _user(settings: DockerSettings, info: Info) -> str:
    """Who the processes in containers are, for the engine's API; empty: as the image says."""
    if settings.user == "image":
        return ""
    if settings.user:
        return settings.user
    return "0:0" if info.rootless else f"{os.geteuid()}:{os.getegid()}"


def _reaching(storage: Storage, environ: Mapping[str, str]) -> dict[str, str]:
    """The variables with which a bucket is reached from a container as it is from here."""
    from volery.config import settings

    scheme = storage.url.partition("://")[0]
    prefixes = _VARIABLES.get(scheme, ())
    found = {name: value for name, value in environ.items() if name.startswith(prefixes)}
    if not prefixes:
        return {}
    options = settings(environ=environ).storage_options
    if storage.options is not None:
        options = {storage.url: storage.options}
    if options:
        found["VOLERY_STORAGE_OPTIONS"] = msgspec.json.encode(options).decode()
    return found


_VARIABLES: Final[dict[str, tuple[str, ...]]] = {
    "s3": ("AWS_",),
    "gs": ("GOOGLE_",),
    **dict.fromkeys(("az", "abfs", "abfss", "adl"), ("AZURE_",)),
}
