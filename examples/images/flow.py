"""A task with packages of its own, in an image that nobody writes a Dockerfile for.

    volery build examples/images/flow.py --dry-run      shows how it would be made
    volery build examples/images/flow.py                makes it, unless it is there

Called as functions, as below, all of it runs here, without an image.
"""

from volery import ImageSpec, Resources, task, workflow

SCIENCE = ImageSpec(
    name="science",
    packages=["numpy>=2"],
    apt_packages=["libgomp1"],
    env={"OMP_NUM_THREADS": "2"},
)


@task
def measure(count: int) -> list[float]:
    return [number / 2 for number in range(count)]


@task(executor="docker", container_image=SCIENCE, requests=Resources(cpu="2", mem="512Mi"))
def mean(values: list[float]) -> float:
    if not SCIENCE.is_container():
        return sum(values) / len(values)
    import numpy as np  # which is in the image, and perhaps not here

    return float(np.mean(values))


@workflow
def report(count: int = 5) -> float:
    return mean(values=measure(count=count))


if __name__ == "__main__":
    print(report())
    print(SCIENCE.tag.startswith("science:"))
