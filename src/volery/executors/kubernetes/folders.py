"""Folders of a command, whose container knows nothing of Volery: who fills and who stores them."""

from __future__ import annotations

from typing import Final

from volery.executors.kubernetes.settings import Json, KubernetesSettings
from volery.ir.placement import ContainerCommand
from volery.worker.files import READY

INPUTS, OUTPUTS = "volery-inputs", "volery-outputs"
"""Containers and volumes."""
_READY: Final[Json] = {
    "exec": {"command": ["sh", "-c", f"test -e ${{TMPDIR:-/tmp}}/{READY}"]},
    "periodSeconds": 1,
    "failureThreshold": 120,
}
"""Whether the container that stores outputs can be told to end; until then no other begins."""


def folders(
    command: ContainerCommand, primary: str, uri: str, helper: Json, settings: KubernetesSettings
) -> Json:
    """The folders of inputs and outputs, and the containers that fill the one and store the other.

    The second is a sidecar: it is told to end when the primary container has ended, and stores the
    outputs then. So the pod has the time for that before it is killed.

    Args:
        command: of the task.
        primary: name of its container.
        uri: of the invocation.
        helper: what a container with Volery has.
        settings: see there.
    """
    mounts = [
        {"name": INPUTS, "mountPath": command.input_dir},
        {"name": OUTPUTS, "mountPath": command.output_dir},
    ]

    def container(name: str, verb: str, folder: str) -> Json:
        words = [settings.python, "-m", "volery.worker.files", verb, uri, folder, command.form]
        return {
            "name": name,
            "image": settings.helper or settings.image,
            "command": words,
            "volumeMounts": mounts,
            "terminationMessagePolicy": "FallbackToLogsOnError",  # why it has failed
            **helper,
        }

    return {
        "initContainers": [
            container(INPUTS, "get", command.input_dir),
            {
                **container(OUTPUTS, "put", command.output_dir),
                "restartPolicy": "Always",
                "startupProbe": _READY,
            },
        ],
        "containers": [{"name": primary, "volumeMounts": mounts}],
        "volumes": [{"name": INPUTS, "emptyDir": {}}, {"name": OUTPUTS, "emptyDir": {}}],
        "terminationGracePeriodSeconds": int(settings.limits.upload),
    }
