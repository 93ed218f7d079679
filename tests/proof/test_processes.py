"""Real processes and real signals at every point: somebody else finishes the work, rightly."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import msgspec
import pytest
from tests.engine import corpus
from tests.proof import dying
from tests.proof.engines import ERROR, LOST, REPOSITORY, Engine
from tests.servers.postgres import Postgres

from volery.engine.model import Phase
from volery.ids import ROOT
from volery.ir.values import unpack
from volery.services.engine import embedded
from volery.services.home import Home
from volery.store.base import Store
from volery.store.postgres import open_postgres
from volery.store.sqlite import open_sqlite
from volery.testing import pictures
from volery.testing.crashes import STATEMENT, Mishap, Point, points

UNASKED = {
    "executor.close",
    "store.abort",
    "store.adopt",
    "store.attempt",
    "store.attempts",
    "store.clear_cache",
    "store.close",
    "store.crashes",
    "store.executions",
    "store.held",
    "store.inherit",
    "store.its_turn",
    "store.journal",
    "store.nearest",
    "store.nodes",
    "store.owner",
    "store.renew",
    "store.revive",
    "store.take",
}
"""What an engine does not ask that is alone and soon done; `test_points` comes to all."""

ENDS = {"kill": -signal.SIGKILL, "error": ERROR}
"""How a process ends to which something happened."""


class Engines:
    """Starts engines, and waits for them."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process

    def begin(self, engine: Engine) -> int:
        return self._ask(msgspec.to_builtins(engine))

    def wait(self, pid: int) -> int | str:
        """How it has ended, or that it is stopped."""
        return self._ask(pid)

    def _ask(self, question: Any) -> Any:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(question) + "\n")
        self._process.stdin.flush()
        return json.loads(self._process.stdout.readline())


@pytest.fixture(scope="module")
def engines() -> Iterator[Engines]:
    command = [sys.executable, "-m", "tests.proof.engines"]
    pipe = subprocess.PIPE
    environment = {**os.environ, "PYTHONPATH": REPOSITORY}
    with subprocess.Popen(
        command, stdin=pipe, stdout=pipe, text=True, env=environment, cwd=REPOSITORY
    ) as process:
        yield Engines(process)
        assert process.stdin is not None
        process.stdin.close()


def survived(engines: Engines, engine: Engine, store: Store) -> bool:
    """Let the mishap happen, and another engine go on; whether it happened."""
    print(engine)  # shown if it fails
    victim = engines.begin(engine)
    end = engines.wait(victim)
    if end != 0:
        assert end == ("stopped" if engine.mishap == "stop" else ENDS[engine.mishap])
        if store.execution(engine.root) is None:  # it was never accepted
            assert _resumed(engines, victim, end) in {0, ENDS["kill"], ERROR, LOST}
            return True
        successor = engines.begin(
            msgspec.structs.replace(engine, takes_over=True, workers=False, point=None)
        )
        assert engines.wait(successor) == 0
        assert_right(store, engine.root)
        assert _resumed(engines, victim, end) in {0, ENDS["kill"], ERROR, LOST}
    assert_right(store, engine.root)
    return end != 0


def _resumed(engines: Engines, victim: int, end: int | str) -> int | str:
    if end != "stopped":
        return end
    os.kill(victim, signal.SIGCONT)
    return engines.wait(victim)


def assert_right(store: Store, root: str) -> None:
    record = store.execution(root)
    assert record is not None
    assert record.phase is Phase.SUCCEEDED, record.failure
    assert unpack(store.outputs(root, [ROOT])[ROOT])["o0"] == corpus.SUCCEEDING[corpus.everything]
    pictures.check(store, root)


def stale(store: Store, roots: list[str]) -> int:
    """How many reports came late."""
    return sum(line.event == "STALE" for root in roots for line in pictures.lines(store, root))


@pytest.mark.timeout(180)
@pytest.mark.parametrize("mishap", ["kill", "error", "stop"])
def test_whatever_happens_to_a_process_at_any_point_another_finishes(
    engines: Engines, tmp_path: Path, mishap: Mishap
) -> None:
    missed: set[str] = set()
    roots: list[str] = []
    with closing(opened(tmp_path)) as store:
        for point in points():
            roots.append(f"{point}".replace(" ", "-"))
            in_processes = point.seam == "executor"
            engine = Engine(
                str(tmp_path), roots[-1], point=point, mishap=mishap, workers=in_processes
            )
            if not survived(engines, engine, store):
                missed.add(f"{point.seam}.{point.verb}")
        assert missed == UNASKED
        assert mishap != "stop" or stale(store, roots) > 0


def opened(folder: Path) -> Store:
    home = Home(folder)
    home.make()
    return open_sqlite(home.database)


@pytest.mark.parametrize("mishap", ["kill", "error"])
def test_whatever_happens_inside_of_a_transaction_another_finishes(
    engines: Engines, tmp_path: Path, mishap: Mishap
) -> None:
    with closing(opened(tmp_path)) as store:
        for nth in range(1, 400, 20):
            engine = Engine(
                str(tmp_path), f"statement{nth}", point=STATEMENT, nth=nth, mishap=mishap
            )
            assert survived(engines, engine, store)


@pytest.mark.parametrize("mishap", ["kill", "stop"])
def test_replicas_on_postgresql_finish_for_each_other(
    engines: Engines, tmp_path: Path, postgres: Postgres, mishap: Mishap
) -> None:
    url = postgres.store()
    with closing(open_postgres(url)) as store:
        roots: list[str] = []
        for verb in ("commit", "proceed", "record", "claim", "wake"):
            for when in ("before", "after"):
                roots.append(f"{verb}-{when}")
                point = Point("store", verb, when)
                engine = Engine(
                    str(tmp_path), roots[-1], url=url, point=point, nth=3, mishap=mishap
                )
                assert survived(engines, engine, store)
        assert mishap != "stop" or stale(store, roots) > 0


@pytest.mark.parametrize("place", dying.PLACES)
def test_a_worker_may_die_before_in_and_after_the_call(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    monkeypatch.setenv("VOLERY_DYING", str(tmp_path))
    (tmp_path / place).touch()
    with embedded(tmp_path / "home", workers=1, import_roots=[REPOSITORY]) as engine:
        run = engine.run(dying.flow)
        assert run.outputs == {"o0": 3}, run.failure
        codes = [
            each.failure and each.failure.code for each in engine.store.attempts(run.execution)
        ]
        assert codes == ["WorkerCrashed", None, None]
        pictures.check(engine.store, run.execution)
