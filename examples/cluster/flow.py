"""A workflow of which some tasks run in pods of a Kubernetes cluster, and some here.

    volery run examples/cluster/flow.py train --rows 100

with `image` and the like in the table [kubernetes] of volery.toml; see docs/kubernetes.md. With
`--executor kubernetes` all of it runs in pods; called as functions, as below, all of it runs here.
"""

from volery import PodTemplate, Resources, ReusePolicy, map_task, task, workflow


@task
def split(rows: int) -> list[int]:
    return [rows // 4] * 4


@task(
    executor="kubernetes",
    requests=Resources(cpu="500m", mem="256Mi"),
    interruptible=True,
    labels={"team": "weather"},
    pod_template=PodTemplate(pod_spec={"terminationGracePeriodSeconds": 5}),
    retries=2,
)
def fit(rows: int) -> int:
    return rows * 2


@task(executor="kubernetes", reuse=ReusePolicy(replicas=2, idle_ttl=60, concurrency=4))
def check(score: int) -> bool:
    """One of many small tasks: pods that stay take them, one after the other."""
    return score >= 0


@task
def count(good: list[bool]) -> str:
    return f"{sum(good)} of {len(good)} are good"


@workflow
def train(rows: int = 100) -> str:
    scores = map_task(fit)(rows=split(rows=rows))
    return count(good=map_task(check)(score=scores))


if __name__ == "__main__":
    print(train())
