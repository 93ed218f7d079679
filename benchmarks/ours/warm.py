"""Attempts in hosts that stay: as a process of this machine, and in a container. Milliseconds.

python ours/warm.py TIMES [URL IMAGE]

Each attempt has a process of its own. The first of them wait for the host, and are not counted.
"""

import sys
import tempfile
from pathlib import Path

import msgspec

from measure import clocked, refuse, report
from volery.data.storage import Storage
from volery.executors.docker.executor import DockerExecutor
from volery.executors.docker.settings import DockerSettings
from volery.executors.warm.local import LocalWarmExecutor
from volery.ir.placement import Placement, Reuse
from volery.ir.work import Place
from volery.testing.conformance.executor_tasks import double, output, run, work

FIRST = 20
"""By then the host has loaded the module."""


def attempt(executor: LocalWarmExecutor | DockerExecutor, x: int) -> float:
    target = work(double, x=x)
    place = Place("", "", double.interface, placement=Placement(reuse=Reuse()))
    seconds, found = clocked(lambda: run(executor, [msgspec.structs.replace(target, place=place)]))
    refuse(output(found[0]) != 2 * x, f"unexpected: {found}")
    return seconds * 1e3


def attempts(executor: LocalWarmExecutor | DockerExecutor, times: int) -> list[float]:
    try:
        return [attempt(executor, x) for x in range(FIRST + times)][FIRST:]
    finally:
        executor.close()


def main(times: int, url: str = "", image: str = "") -> None:
    with tempfile.TemporaryDirectory() as folder:
        storage = Storage((Path(folder) / "home").as_uri())
        measured = {"host": attempts(LocalWarmExecutor(storage=storage), times)}
        if url:
            executor = DockerExecutor(
                DockerSettings(host=url, image=image, network="none"),
                storage,
                server="bench",
                folder=Path(folder) / "docker",
                wanted=lambda *_: False,
            )
            measured["container"] = attempts(executor, times)
    report(measured)


if __name__ == "__main__":
    main(int(sys.argv[1]), *sys.argv[2:])
