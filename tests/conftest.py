"""What holds for every test: a home of its own, no network, and nothing left running."""

from __future__ import annotations

import contextlib
import gc
import multiprocessing.resource_tracker
import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import hypothesis
import pytest

from volery.testing.plugin import isolate

if TYPE_CHECKING:
    from tests.servers.postgres import Postgres
    from tests.servers.s3 import S3

# --- hypothesis: no deadlines (a busy machine is no bug), and a blob to repeat a failure ---------

hypothesis.settings.register_profile("dev", deadline=None, print_blob=True)
hypothesis.settings.register_profile("ci", deadline=None, print_blob=True, derandomize=True)
hypothesis.settings.load_profile("ci" if os.environ.get("CI") else "dev")


# --- bytecode: as after any installation ---------------------------------------------------------
# Tests start hundreds of processes. Without bytecode each of them compiles all of Volery anew, and
# takes twice the time.

sys.dont_write_bytecode = False
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)


# --- on several workers: see the Makefile ---------------------------------------------------------

LONGEST = ("ui", "docs", "e2e", "engine", "proof", "executors", "images", "deploy", "services",
           "examples", "api")  # fmt: skip
"""Folders whose tests begin first, so that no worker is left with a long one at the end."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    if "PYTEST_XDIST_WORKER" in os.environ:
        items.sort(key=lambda item: item.nodeid.split("/")[1] not in LONGEST)


# --- garbage: what collecting tests has made is none ----------------------------------------------
# There are a million objects of eleven thousand tests, through which every full search would go.


def pytest_collection_finish() -> None:
    gc.collect()
    gc.freeze()


# --- names of tests: the same in each process, so without addresses -------------------------------


def pytest_make_parametrize_id(config: pytest.Config, val: object, argname: str) -> str | None:
    text = "" if isinstance(val, str | bytes) else repr(val)
    return re.sub(r" at 0x[0-9a-f]+", "", text)[:100] if " at 0x" in text else None


# --- nothing is left running ---------------------------------------------------------------------

GRACE = 20.0
"""Seconds that threads and processes which were told to end may still take; mostly it is none."""


def _children() -> dict[int, str]:
    """The living and unreaped child processes of this one: process id and command line."""
    found: dict[int, str] = {}
    if sys.platform == "linux":
        pids: list[str] = []
        for listing in Path("/proc/self/task").glob("*/children"):
            with contextlib.suppress(OSError):  # a thread that has just ended
                pids += listing.read_text().split()
        for pid in map(int, pids):
            with contextlib.suppress(OSError):
                command = Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ")
                found[pid] = command.decode(errors="replace").strip() or "a process not waited for"
    else:
        with subprocess.Popen(
            ["ps", "-A", "-o", "pid=,ppid=,command="], stdout=subprocess.PIPE, text=True
        ) as ps:
            for line in ps.communicate()[0].splitlines():
                pid, parent, command = line.split(None, 2)
                if int(parent) == os.getpid() and int(pid) != ps.pid:
                    found[int(pid)] = command
    # Python's own helper, which lives as long as this process does.
    found.pop(getattr(multiprocessing.resource_tracker._resource_tracker, "_pid", None) or 0, None)
    return found


def _running() -> dict[object, str]:
    threads = {thread: f"thread {thread!r}" for thread in threading.enumerate()}
    return threads | {pid: f"process {pid}: {command}" for pid, command in _children().items()}


@contextlib.contextmanager
def _nothing_leaks() -> Iterator[None]:
    before = _running()
    yield
    deadline = time.monotonic() + GRACE
    while leaked := {what: told for what, told in _running().items() if what not in before}:
        if time.monotonic() > deadline:
            break
        gc.collect()  # an executor that nobody holds ends its workers when it is collected
        time.sleep(0.01)
    for what in leaked:
        if isinstance(what, int):  # the run goes on, without it
            with contextlib.suppress(ProcessLookupError, ChildProcessError):
                os.kill(what, signal.SIGKILL)
                os.waitpid(what, 0)
    if leaked:
        pytest.fail("left running: " + "; ".join(leaked.values()), pytrace=False)


@pytest.fixture(autouse=True)
def nothing_leaks(request: pytest.FixtureRequest) -> Iterator[None]:
    """Fail a test after which a thread or a process of its making still runs.

    It compares with what ran before the test, so whatever a fixture of a wider scope started is no
    leak. What such a fixture starts only on first use needs the marker `keeps_running`; the check
    at the end of the session sees that it ends after all.
    """
    if request.node.get_closest_marker("keeps_running"):
        yield
    else:
        with _nothing_leaks():
            yield


# --- a home of its own ---------------------------------------------------------------------------


@pytest.fixture(scope="session", autouse=True)
def session(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """The same for fixtures of a wider scope: a home, and nothing left running at the end."""
    with pytest.MonkeyPatch.context() as patch, _nothing_leaks():
        isolate(patch, tmp_path_factory.mktemp("home"))
        yield


@pytest.fixture(autouse=True)
def at_home(volery_home: Path) -> None:
    """Each test has one, also if it does not ask for it."""


# --- no network ----------------------------------------------------------------------------------


def _refuse_network(event: str, args: tuple[object, ...]) -> None:
    if event != "socket.connect":
        return
    address = args[1]
    here = ("127.", "::1", "localhost", "0.0.0.0")
    if isinstance(address, tuple) and not str(address[0]).startswith(here):
        message = f"a test may reach this machine only, not {address[0]}"
        raise RuntimeError(message)


if not os.environ.get("VOLERY_TEST_KUBERNETES_IMAGE"):  # a real cluster is somewhere else
    sys.addaudithook(_refuse_network)


# --- in CI a skipped test is a failed test -------------------------------------------------------
# There everything that a test can need is installed; a skip would hide that it no longer is.


def _skip_fails(item: pytest.Item) -> bool:
    excused = ("may_skip", "kubernetes")
    return bool(os.environ.get("CI")) and not any(map(item.get_closest_marker, excused))


def _no_excuse(reason: object) -> str:
    told = reason[2] if isinstance(reason, tuple) else reason
    return f"CI accepts no skip: {told}"


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Iterator[None]:
    report: pytest.TestReport = yield
    if report.skipped and not hasattr(report, "wasxfail") and _skip_fails(item):
        report.outcome = "failed"
        report.longrepr = _no_excuse(report.longrepr)
    return report


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report() -> Iterator[None]:
    report: pytest.CollectReport = yield
    if report.skipped and os.environ.get("CI"):
        report.outcome = "failed"
        report.longrepr = _no_excuse(report.longrepr)
    return report


# --- real servers, each started when it is first needed -------------------------------------------


@pytest.fixture(scope="session")
def s3(tmp_path_factory: pytest.TempPathFactory) -> Iterator[S3]:
    """A server for all the tests of this process. Each uses a prefix of its own in the bucket."""
    from tests.servers.s3 import INSTALL, s3_server, weed

    if weed() is None:
        pytest.skip(INSTALL)
    with s3_server(tmp_path_factory.mktemp("s3")) as server:
        yield server


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """A server for all the tests of this process. Each empties its database for itself."""
    from tests.servers.postgres import INSTALL, postgres_server, programs

    if programs() is None:
        pytest.skip(INSTALL)
    with postgres_server() as server:
        yield server


@pytest.fixture(scope="session", params=["sqlite", "postgres"])
def postgres_or_not(request: pytest.FixtureRequest) -> Postgres | None:
    """For what is tested on both databases; None: SQLite needs no server."""
    return request.getfixturevalue("postgres") if request.param == "postgres" else None
