"""Placement: where an attempt runs, and what of its surroundings is more than a process has."""

from __future__ import annotations

from typing import Final, Literal

import msgspec

CONTAINER: Final = "container"
"""In place of an executor's name: whichever one runs containers here."""


class Accelerator(msgspec.Struct, frozen=True, omit_defaults=True):
    """A device that an attempt asks for by name.

    Attributes:
        device: as the vendor calls it, such as ``nvidia-tesla-t4``.
        partition: of a device that can be divided; empty: a whole one.
        topology: of devices that come in slices, such as ``2x2``; empty: any.
        kind: what cluster resource it is counted by.
    """

    device: str
    partition: str = ""
    topology: str = ""
    kind: Literal["gpu", "tpu"] = "gpu"


class Reuse(msgspec.Struct, frozen=True, omit_defaults=True):
    """Containers stay for further attempts.

    Attributes:
        replicas: at least and at most so many.
        idle_ttl: seconds that one stays without work, beyond the least number.
        concurrency: attempts at a time in one, each in a process of its own.
    """

    replicas: tuple[int, int] = (0, 1)
    idle_ttl: float = 300.0
    concurrency: int = 1


class PodShape(msgspec.Struct, frozen=True, omit_defaults=True):
    """What a user says about the pod of a task.

    Attributes:
        spec: a pod spec, JSON in canonical form; empty: nothing is said.
        primary: name of the container that is the task's.
    """

    spec: str = ""
    primary: str = "primary"
    labels: tuple[tuple[str, str], ...] = ()
    annotations: tuple[tuple[str, str], ...] = ()


class Placement(msgspec.Struct, frozen=True, omit_defaults=True):
    """Where and in what an attempt runs. None, or empty: as the layer below says.

    Attributes:
        image: of the container.
        code: ``package``: the code package is fetched; ``image``: it is in the image.
        interruptible: it may run where it can be taken away at any time, which costs less.
        shared_memory: bytes of ``/dev/shm``; 0: as many as memory.
        template: name of a template that the executor's administrator has set up.
        pod: laid over that template.
    """

    image: str = ""
    code: Literal["", "package", "image"] = ""
    interruptible: bool | None = None
    accelerator: Accelerator | None = None
    shared_memory: int | None = None
    template: str = ""
    pod: PodShape | None = None
    labels: tuple[tuple[str, str], ...] = ()
    annotations: tuple[tuple[str, str], ...] = ()
    reuse: Reuse | None = None

    def over(self, lower: Placement) -> Placement:
        """This placement where it says something, the lower one elsewhere; labels add up."""
        return Placement(
            image=self.image or lower.image,
            code=self.code or lower.code,
            interruptible=(
                lower.interruptible if self.interruptible is None else self.interruptible
            ),
            accelerator=self.accelerator or lower.accelerator,
            shared_memory=(
                lower.shared_memory if self.shared_memory is None else self.shared_memory
            ),
            template=self.template or lower.template,
            pod=self.pod or lower.pod,
            labels=lower.labels + self.labels,
            annotations=lower.annotations + self.annotations,
            reuse=self.reuse or lower.reuse,
        )


def is_shared(placement: Placement, command: ContainerCommand | None) -> bool:
    """Whether an attempt is for a container that stays; a command has one of its own."""
    return placement.reuse is not None and command is None


class ContainerCommand(msgspec.Struct, frozen=True, omit_defaults=True):
    """What runs in the container of a task that is no Python function.

    Attributes:
        words: program and arguments; ``{{.inputs.x}}``, ``{{.inputDir}}``, ``{{.outputDir}}`` and
            ``{{.invocation}}`` stand for what they name. Empty: what the image runs by itself.
        input_dir, output_dir: folders with one file for each input, and for each output that the
            command leaves.
        form: of the files of values that are neither text, number, file nor folder.
        contract: the command keeps to the attempt contract itself: it is given the URI of its
            invocation in ``VOLERY_INVOCATION`` and writes its outcome; there are no folders.
    """

    words: tuple[str, ...] = ()
    input_dir: str = "/var/inputs"
    output_dir: str = "/var/outputs"
    form: Literal["json", "yaml"] = "json"
    contract: bool = False
