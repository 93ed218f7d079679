"""Attempts in containers, beside `docker run` of the same image. Milliseconds.

python ours/docker_attempts.py URL IMAGE TIMES MANY

Both start a Python that does nothing; ours reads and writes documents for it, and keeps its log.
The module of the task is in a folder that containers see.
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
from volery.executors.docker.executor import DockerExecutor
from volery.executors.docker.settings import DockerSettings
from volery.ir.specs import Loader
from volery.ir.values import pack
from volery.ir.work import Place, Work
from volery.testing.conformance.executor_tasks import output, run

numbers = itertools.count(1)


def work(x: int) -> Work:
    number, place = next(numbers), Place("", "", double.interface)
    loader = Loader("small", "double")
    return Work(number, "bench", f"n{number}", 1, double.name, loader, pack({"x": x}), place=place)


def attempts(executor: DockerExecutor, count: int) -> None:
    found = [output(each) for each in run(executor, [work(x) for x in range(count)])]
    refuse(found != [2 * x for x in range(count)], f"unexpected: {found}")


def main(url: str, image: str, times: int, many: int) -> None:
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
        finally:
            executor.close()
    report(measured)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4]))
