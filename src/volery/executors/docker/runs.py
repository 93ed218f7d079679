"""The attempts under way: what becomes of each, from its launch to its result."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from concurrent.futures import Future
from functools import partial
from math import inf
from time import monotonic, time
from typing import TYPE_CHECKING, Final

from volery.errors import StorageError, Unavailable, VoleryError
from volery.executors.contained.exits import Code, Exit
from volery.executors.contained.lines import LEFT_OUT, LINES
from volery.executors.docker.api import EngineRefused
from volery.executors.docker.description import image_of
from volery.executors.docker.images import Images
from volery.executors.docker.log import MOST, ContainerLog
from volery.executors.docker.news import News
from volery.executors.docker.run import Run, Stage
from volery.executors.docker.steps import Begun, NoImage
from volery.executors.docker.strays import Strays
from volery.executors.results import aborted, fault
from volery.ir.failure import Failure
from volery.ir.secret import Blotter
from volery.ir.work import Result
from volery.wire.logs import LogRecord

if TYPE_CHECKING:
    from volery.executors.contained.works import Held, Works
    from volery.executors.docker.admission import Admission
    from volery.executors.docker.api import Stream
    from volery.executors.docker.engine import Engine, Listed
    from volery.executors.docker.loop import Loop
    from volery.executors.docker.settings import DockerSettings
    from volery.executors.docker.steps import Steps
    from volery.executors.machine import Share
    from volery.ir.work import Place

QUIET: Final = 5.0
"""Seconds without a word after which the log of a container that has ended is not waited for."""
AGAIN: Final = 0.5
"""Seconds before a step is tried again that could not be taken."""
PULLS: Final = 3
"""So often an image is pulled for an attempt that does not find it."""


class Runs:
    """Carries attempts through. Only the thread of the loop calls it.

    Args:
        works: told what becomes of them.
        steps, engine, loop: see there.
        admission: to the machine of the engine, of which attempts request parts.
        settings: see there.
        server: identity of the server.
        strays: containers that nobody asks for.
    """

    def __init__(
        self,
        works: Works,
        steps: Steps,
        engine: Engine,
        loop: Loop,
        *,
        admission: Admission,
        settings: DockerSettings,
        server: str,
        strays: Strays,
    ) -> None:
        self._works = works
        self._steps = steps
        self._engine = engine
        self._loop = loop
        self._admission = admission
        self._settings = settings
        self._strays = strays
        self._runs: dict[str, Run] = {}
        """By the names of their containers."""
        self._pulls: dict[str, Future[Exit | Exception | None]] = {}
        """By the names of containers that are no attempts'."""
        self._images = Images(engine, loop, settings.patience, self._say, self._pulled)
        self._news = News(engine, loop, server, self._died, self._listed)

    def launch(self, held: Held, place: Place) -> None:
        """Begin an attempt."""
        run = self._runs[held.name] = Run(held, place)
        if not image_of(place, self._settings):
            self._over(run, self._failed(run, "NoImage"))
            return
        self._admission.want(run, held.work.requests, partial(self._admitted, run))

    @property
    def pulled(self) -> Collection[str]:
        """Images that have been pulled since this engine of Volery's is up."""
        return self._images.pulled

    def pull(self, image: str, name: str, pulled: Future[Exit | Exception | None]) -> None:
        """Pull an image for a container that is no attempt's: what it gives is why not."""
        self._pulls[name] = pulled
        self._images.want(image, name)

    def stop(self, held: Held) -> None:
        """Stop an attempt."""
        run = self._runs.get(held.name)
        if run is not None:
            self._stop(run)

    def look(self, now: float) -> float:
        """Do what it is time for; gives when something will be next."""
        for held in self._works.overdue():
            self.stop(held)
        for run in list(self._runs.values()):
            self._look_at(run, now)
        due = self._works.due()
        times = [
            self._news.look(now), self._strays.look(now, self._runs), self._images.look(now),
        ]  # fmt: skip
        times += [
            min(run.kill_at, run.again_at, run.quiet_at(QUIET)) for run in self._runs.values()
        ]
        if self._news.away_since is not None and self._runs:
            times.append(self._news.away_since + self._settings.patience)
        return min(times, default=inf) if due is None else min(*times, now + due)

    def close(self) -> None:
        """Hang up; containers go on."""
        self._news.close()
        self._images.close()
        for run in self._runs.values():
            if run.log is not None:
                run.log.hang_up()

    def _look_at(self, run: Run, now: float) -> None:
        away = self._news.away_since
        if (
            run.stage is Stage.RUNNING
            and away is not None
            and now >= away + self._settings.patience
        ):
            self._over(run, self._failed(run, "DockerAway", "nothing was heard of it for too long"))
        elif now >= run.again_at and run.again is not None:
            run.again_at, again = inf, run.again
            again()
        elif now >= run.kill_at:
            run.kill_at = now + self._settings.grace
            self._signal(run, "SIGKILL")
        elif now >= run.quiet_at(QUIET):
            self._end(run)

    # -- beginning ------------------------------------------------------------------------

    def _admitted(self, run: Run, share: Share | None) -> None:
        """It has its part of the machine."""
        run.share = share
        self._begin(run)

    def _begin(self, run: Run) -> None:
        if run.unwanted:
            self._over(run, aborted(run.held.work.id))
            return
        image = image_of(run.place, self._settings)
        if self._settings.pull == "always" and image not in self._images.pulled:
            self._pull(run, image)
            return
        run.stage = Stage.BUSY
        work = run.held.work
        step = partial(self._steps.begin, work, run.place, run.name)
        self._loop.take(step, partial(self._begun, run), start=True)

    def _begun(self, run: Run, answer: Begun | Result | Exception) -> None:
        run.stage = Stage.WAITING
        match answer:
            case Result():
                self._over(run, answer)
            case NoImage():
                self._lacks_image(run)
            case Exception():
                self._later(run, answer, partial(self._begin, run))
            case Begun():
                self._runs_now(run, answer)

    def _lacks_image(self, run: Run) -> None:
        image = image_of(run.place, self._settings)
        if self._settings.pull == "never":
            why = f"{image} is not here, and [docker] pull is never"
        elif run.pulls == PULLS:
            why = f"{image} was pulled {PULLS} times, and is not here"
        elif run.unwanted:
            self._over(run, aborted(run.held.work.id))
            return
        else:  # also if it has been here: somebody has tidied up, or the pull has broken off
            self._pull(run, image)
            return
        self._over(run, self._failed(run, "ImageNotFound", why))

    def _pull(self, run: Run, image: str) -> None:
        run.pulls += 1
        self._images.want(image, run.name)

    def _pulled(self, names: Sequence[str], trouble: Exit | Exception | None) -> None:
        for pulled in [pulled for name in names if (pulled := self._pulls.pop(name, None))]:
            if pulled.set_running_or_notify_cancel():  # else nobody waits for it any more
                pulled.set_result(trouble)
        for run in [run for name in names if (run := self._runs.get(name))]:
            match trouble:
                case Exit():
                    self._over(run, self._steps.failed(run.held.work, trouble))
                case Exception():
                    self._later(run, trouble, partial(self._begin, run))
                case None:
                    self._begin(run)

    def _runs_now(self, run: Run, begun: Begun) -> None:
        work = run.held.work
        run.begun, run.away_since = begun, None
        run.stage = Stage.RUNNING
        is_command = run.place.command is not None
        blot = Blotter(work.secrets).text if is_command and work.secrets else None
        run.log = ContainerLog(begun.log, blot)
        self._loop.watch(begun.log, partial(self._heard, run), log=True)
        if is_command:
            self._works.began(run.name, time())
        if begun.over or run.died is not None:
            run.died = monotonic()
        elif run.unwanted:
            self._stop(run)

    # -- while it runs --------------------------------------------------------------------

    def _heard(self, run: Run) -> None:
        """Read on in the log of a container."""
        log = run.log
        if log is None or run.stage is not Stage.RUNNING:
            return
        run.heard_at = monotonic()
        self._works.printed(run.name, log.read(ended=run.died is not None))
        if log.began is not None:
            self._works.began(run.name, log.began)
        if run.died is not None and log.behind > MOST:
            log.behind = 0
            self._skip(run, log)
        elif log.ended:
            self._hang_up(log)
            if run.died is not None:
                self._end(run)
            else:  # it is about to end, or its engine is, or something else broke the stream
                run.again, run.again_at = partial(self._reopen, run), monotonic() + AGAIN

    def _skip(self, run: Run, log: ContainerLog) -> None:
        """Nobody waits for all of what was printed: go on with its end."""
        self._hang_up(log)
        assert run.begun is not None  # noqa: S101 - it has a log
        self._open(run, partial(self._engine.last_logs, run.begun.id, LINES), LEFT_OUT)

    def _reopen(self, run: Run) -> None:
        """Read on in the log of a container, whether it runs or not."""
        if run.stage is Stage.RUNNING and not run.reads and run.begun and run.log:
            self._open(run, partial(self._engine.logs, run.begun.id, run.log.since))

    def _open(self, run: Run, step: Callable[[], Stream], note: str = "") -> None:
        run.opens = True
        self._loop.take(step, partial(self._go_on, run, note))

    def _go_on(self, run: Run, note: str, answer: Stream | Exception) -> None:
        """Read the log from another stream."""
        run.opens = False
        is_here = self._runs.get(run.name) is run and run.stage is Stage.RUNNING
        if isinstance(answer, Exception):
            if is_here and run.died is not None:  # its result does not wait for that
                self._end(run)
            elif is_here:
                run.again, run.again_at = partial(self._reopen, run), monotonic() + AGAIN
        elif not is_here or run.log is None or run.log.stream is not None:
            answer.close()
        else:
            self._works.printed(run.name, run.log.go_on(answer, note))
            self._loop.watch(answer, partial(self._heard, run), log=True)

    def _hang_up(self, log: ContainerLog) -> None:
        if log.stream is not None:
            self._loop.forget(log.stream)
            log.hang_up()

    def _stop(self, run: Run) -> None:
        if run.stage is Stage.WAITING:
            self._admission.forget(run)
            self._over(run, aborted(run.held.work.id))
        elif run.stage is Stage.RUNNING and run.kill_at == inf:
            run.kill_at = monotonic() + self._settings.grace
            self._signal(run, "SIGTERM")

    def _signal(self, run: Run, signal: str) -> None:
        assert run.begun is not None  # noqa: S101 - it runs
        step = partial(self._steps.kill, run.begun.id, signal)
        self._loop.take(step, partial(self._signalled, run))

    def _signalled(self, run: Run, answer: Exception | None) -> None:
        """If the engine is away, the container is removed when it is back: it is a stray then."""
        is_here = self._runs.get(run.name) is run and run.stage is Stage.RUNNING
        if isinstance(answer, Exception) and is_here:  # another signal may have failed before
            self._over(run, aborted(run.held.work.id))

    def _died(self, name: str) -> None:
        run = self._runs.get(name)
        if run is None:
            return
        run.died = run.died or monotonic()
        if run.stage is Stage.RUNNING and not run.reads:
            self._end(run)

    def _listed(self, listed: Sequence[Listed]) -> None:
        """See what has happened while nothing was heard of the engine."""
        states = {each.name: each.state for each in listed}
        for run in list(self._runs.values()):
            if run.stage is Stage.RUNNING and states.get(run.name) != "running":
                run.died = run.died or monotonic()
                self._reopen(run)  # it may have printed since its log broke off
        self._strays.note([each for each in listed if each.name not in self._runs], self._runs)

    # -- ending ---------------------------------------------------------------------------

    def _end(self, run: Run) -> None:
        """Its container has ended, as far as is known: get the result."""
        assert run.begun is not None  # noqa: S101 - it has had one
        assert run.log is not None  # noqa: S101
        self._hang_up(run.log)
        self._works.printed(run.name, run.log.end())
        run.stage, run.died = Stage.BUSY, None  # if it runs, it may die before anybody is told so
        step = partial(
            self._steps.end, run.held.work, run.place, run.begun, run.name, run.log.tail()
        )
        self._loop.take(step, partial(self._ended, run))

    def _ended(self, run: Run, answer: Result | Exception | None) -> None:
        match answer:
            case None:  # it runs after all, or did when it was looked at
                run.stage = Stage.RUNNING
                self._reopen(run)
                if run.unwanted:
                    self._stop(run)
            case Exception():
                run.stage = Stage.WAITING
                self._later(run, answer, partial(self._end, run))
            case Result():
                self._over(run, answer)

    def _later(self, run: Run, error: Exception, again: partial[None]) -> None:
        """Take a step again that could not be taken, unless that has gone on for too long."""
        now = monotonic()
        run.away_since = now if run.away_since is None else run.away_since
        passing = isinstance(error, (Unavailable, StorageError))
        if run.unwanted:
            self._over(run, aborted(run.held.work.id))
        elif passing and now < run.away_since + self._settings.patience:
            run.again, run.again_at = again, now + AGAIN
        else:
            self._over(run, self._lost(run, error))

    def _lost(self, run: Run, error: Exception) -> Result:
        """The result of an attempt of which a step cannot be taken."""
        match error:
            case EngineRefused():
                return self._failed(run, "DockerRefused", str(error))
            case Unavailable():
                return self._failed(run, "DockerAway", str(error))
            case StorageError():
                failure = Failure(error.code, "SYSTEM", str(error))
            case VoleryError():
                failure = Failure(error.code, "USER", str(error), retryable=False)
            case _:
                failure = fault("docker", error)
        return Result(run.held.work.id, None, failure, ended=time())

    def _failed(self, run: Run, code: Code, why: str = "") -> Result:
        return self._steps.failed(run.held.work, Exit(None, code, why))

    def _over(self, run: Run, result: Result) -> None:
        del self._runs[run.name]
        if run.log is not None:
            self._hang_up(run.log)
        self._works.over(run.name, result)
        self._strays.remove(run.name)
        self._admission.give_back(run.share)

    def _say(self, names: Sequence[str], text: str) -> None:
        for name in names:
            self._works.printed(name, [LogRecord(time(), "log", text, "INFO", "volery.docker")])
