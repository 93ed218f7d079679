"""Pods of hosts: how one looks. Pure."""

from __future__ import annotations

from typing import Final

from volery.executors.contained.invocations import Written
from volery.executors.kubernetes.merge import lay_over
from volery.executors.kubernetes.pod import ATTEMPT, Order, build, primary_of
from volery.executors.kubernetes.settings import Json, KubernetesSettings
from volery.executors.warm.environment import Environment
from volery.ir.interface import Interface
from volery.ir.invocation import Invocation
from volery.ir.secret import SecretValue
from volery.ir.work import Place, Work

HOST: Final = "volery.dev/host"
"""Label of a pod that stays, in place of that of an attempt."""
_NOTHING: Final = Invocation(
    execution="", path="", attempt=0, token="", task="", outputs="", outcome="",
    interface=Interface(), inputs={},
)  # fmt: skip
"""Of a host: each of its attempts is told what it needs."""


def host_pod(
    environment: Environment,
    name: str,
    namespace: str,
    server: str,
    settings: KubernetesSettings,
) -> Json:
    """The pod of a host, as the API takes it. Raises ConfigError, as `build` does."""
    work = any_work(environment)
    nothing = Written("", _NOTHING)
    pod = build(Order(server, name, namespace, work, nothing), settings)
    metadata = pod["metadata"]
    labels = {key: value for key, value in metadata["labels"].items() if key != ATTEMPT}
    spec = lay_over(
        pod["spec"],
        {
            "containers": [
                {
                    "name": primary_of(work),
                    "command": [settings.python, "-m", "volery.worker.host"],
                    "stdin": True,
                    "stdinOnce": True,
                }
            ]
        },
    )
    return {**pod, "metadata": {**metadata, "labels": labels | {HOST: server}}, "spec": spec}


def any_work(environment: Environment) -> Work:
    """A work that stands for all of an environment."""
    place = Place(
        environment.project,
        environment.domain,
        Interface(),
        placement=environment.placement,
        caps=environment.caps,
    )
    secrets = tuple(SecretValue(group, key, "") for group, key in environment.secrets)
    return Work(
        0, "", "", 0, "", None, b"", requests=environment.requests, secrets=secrets, place=place
    )
