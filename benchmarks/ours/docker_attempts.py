"""Attempts in containers, beside `docker run` of the same image. Milliseconds.

python ours/docker_attempts.py URL IMAGE BARE TIMES MANY

Both start a Python that does nothing; ours reads and writes documents for it, and keeps its log.
The module of the task is in a folder that containers see. BARE is an image with a shell, of which
MANY containers run at the same time.
"""

import compileall
import itertools
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from measure import clocked, refuse, report
from small import double
from volery.data.storage import Storage
from volery.executors.base import Started
from volery.executors.docker.executor import DockerExecutor
from volery.executors.docker.settings import DockerSettings
from volery.ir.interface import Interface
from volery.ir.placement import ContainerCommand, Placement
from volery.ir.specs import Loader
from volery.ir.values import pack
from volery.ir.work import Place, Result, Work
from volery.testing.conformance.executor_tasks import output, run

PATIENCE = 60.0
numbers = itertools.count(1)


def work(x: int) -> Work:
    number, place = next(numbers), Place("", "", double.interface)
    loader = Loader("small", "double")
    return Work(number, "bench", f"n{number}", 1, double.name, loader, pack({"x": x}), place=place)


def attempts(executor: DockerExecutor, count: int) -> None:
    found = [output(each) for each in run(executor, [work(x) for x in range(count)])]
    refuse(found != [2 * x for x in range(count)], f"unexpected: {found}")


def waits(image: str) -> Work:
    """A container that goes on until it is stopped."""
    number, command = next(numbers), ContainerCommand(("sleep", "3600"))
    place = Place("", "", Interface(), placement=Placement(image=image), command=command)
    return Work(number, "bench", f"n{number}", 1, "waits", None, pack({}), place=place)


def together(executor: DockerExecutor, image: str, count: int) -> None:
    """So many containers that all run at the same time, from the first launch to the last end."""
    left = {each.id: each for each in (waits(image) for _ in range(count))}
    executor.launch(list(left.values()))
    running: set[int] = set()
    while len(running) < count:
        events = executor.poll(PATIENCE)
        refuse(not events or any(isinstance(each, Result) for each in events), f"{events}")
        running |= {each.id for each in events if isinstance(each, Started)}
    executor.abort(list(left))
    while left:
        for each in executor.poll(PATIENCE):
            if isinstance(each, Result):
                refuse(each.failure is None or each.failure.code != "Aborted", f"{each}")
                del left[each.id]


def main(url: str, image: str, bare: str, times: int, many: int) -> None:
    command = ["docker", "--host", url, "run", "--rm", "--network=none", image, "python", "-c", ""]
    measured: dict[str, list[float]] = {"attempt": [], "docker run": []}
    with tempfile.TemporaryDirectory() as folder:
        code = Path(folder) / "code"
        code.mkdir()
        shutil.copy(Path(__file__).with_name("small.py"), code)
        compileall.compile_dir(code, quiet=2)
        executor = DockerExecutor(
            DockerSettings(
                host=url,
                image=image,
                network="none",
                volumes=(f"{code}:/code:ro",),
                environment={"PYTHONPATH": "/code"},
            ),
            Storage((Path(folder) / "home").as_uri()),
            server="bench",
            folder=Path(folder) / "docker",
            wanted=lambda *_: False,
        )
        try:
            attempts(executor, 1)
            for _ in range(times):
                seconds, _ = clocked(lambda: attempts(executor, 1))
                measured["attempt"].append(seconds * 1e3)
                seconds, _ = clocked(lambda: subprocess.run(command, check=True))
                measured["docker run"].append(seconds * 1e3)
            seconds, _ = clocked(lambda: attempts(executor, many))
            measured["many"] = [seconds * 1e3 / many]
            seconds, _ = clocked(lambda: together(executor, bare, many))
            measured["together"] = [seconds]
        finally:
            executor.close()
    report(measured)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], sys.argv[3], int(sys.argv[4]), int(sys.argv[5]))
