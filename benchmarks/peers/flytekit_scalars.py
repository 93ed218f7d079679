"""The same as ours/scalars.py, for flytekit."""

from flytekit import task
from flytekit.core.base_task import PythonTask

from flytekit_boundaries import through
from measure import report, timed
from samples import SCALARS

ROUNDS, REPETITIONS = 200, 5

tasks: dict[str, PythonTask] = {}
for name, value in SCALARS.items():

    @task
    def passed(o0: type(value)) -> type(value):
        return o0

    tasks[name] = passed


def boundary(task: PythonTask, value: object) -> float:
    def rounds() -> object:
        for _ in range(ROUNDS):
            result = through(task, value)
        return result

    return timed(rounds, value) / ROUNDS * 1e6


for name, value in SCALARS.items():
    boundary(tasks[name], value)  # code and libraries are loaded
report(
    {
        name: [boundary(tasks[name], value) for _ in range(REPETITIONS)]
        for name, value in SCALARS.items()
    }
)
