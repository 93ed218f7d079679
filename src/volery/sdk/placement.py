"""From options to a `Placement`: where attempts run, and in what."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final, Literal

from msgspec.structs import replace

from volery.errors import DefinitionError, suggest
from volery.ir.placement import CONTAINER, Accelerator, Placement
from volery.sdk import options
from volery.sdk.labels import pairs_of
from volery.sdk.pod_template import PodTemplate
from volery.sdk.resources import amount
from volery.sdk.reuse import ReusePolicy

if TYPE_CHECKING:
    from collections.abc import Iterable

    from volery.sdk.labels import Pairs
    from volery.sdk.options import PlacementOptions
    from volery.sdk.trace import Draft

ISOLATIONS: Final = {"process": "process", "container": CONTAINER}
"""What carries attempts out that are to be isolated like that, if nothing else is said."""

_NAME: Final = re.compile(r"[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?")
_PART: Final = r"[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*"
_IMAGE: Final = re.compile(
    rf"(?:[A-Za-z0-9][-A-Za-z0-9.]*(?::\d+)?/)?{_PART}(?:/{_PART})*"
    r"(?::[A-Za-z0-9_][-A-Za-z0-9_.]{0,127})?(?:@sha256:[0-9a-f]{64})?"
)
_LABEL: Final = re.compile(r"([A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?)?")
_KEY: Final = re.compile(rf"(?:{_NAME.pattern}/)?[A-Za-z0-9](?:[-A-Za-z0-9_.]{{0,61}}[A-Za-z0-9])?")


def placing(given: PlacementOptions, place: str) -> dict[str, Any]:
    """Fields of the policy that options ask for: `executor` and `placement`, if any.

    Args:
        given: the options; others are passed over.
        place: the definition that errors are about.

    Raises:
        DefinitionError: a value cannot be used, or two contradict each other.
    """
    executor = _executor(given, place)
    memory: object = given.get("shared_memory")
    placement = Placement(
        image=_image(given.get("container_image"), place),
        code=_code(given.get("code"), place),
        interruptible=_interruptible(given.get("interruptible"), place),
        accelerator=_accelerator(given.get("accelerator"), place),
        shared_memory=0 if memory is True else _shared(memory, place),
        template=_name(given.get("pod_template_name"), "pod_template_name", place),
        pod=_pod(given.get("pod_template"), place),
        labels=labels_of(given.get("labels"), place),
        annotations=annotations_of(given.get("annotations"), place),
        reuse=_reuse(given.get("reuse"), place),
    )
    fields: dict[str, Any] = {"executor": executor} if executor else {}
    return fields if placement == Placement() else {**fields, "placement": placement}


def inherit(drafts: Iterable[Draft], interruptible: bool) -> None:  # noqa: FBT001 - as it is
    """Say for the nodes of a workflow that are tasks what neither they nor their tasks say."""
    below = Placement(interruptible=interruptible)
    for draft in drafts:
        if draft.entity is not None and draft.entity.kind == "task":
            said = draft.policy.over(draft.entity.policy).placement or Placement()
            if said.interruptible is None:
                own = draft.policy.placement or Placement()
                draft.policy = replace(draft.policy, placement=own.over(below))


def labels_of(given: object, place: str) -> Pairs:
    """Labels, of which Kubernetes does not take all."""
    pairs = annotations_of(given, place, "labels")
    for name, value in pairs:
        if not _LABEL.fullmatch(value):
            raise DefinitionError(
                f"{place}: the label {name} is {value!r}, expected up to 63 letters, digits, '-', "
                "'_' and '.', with a letter or digit at both ends",
                hint="put longer texts into annotations=",
            )
    return pairs


def annotations_of(given: object, place: str, option: str = "annotations") -> Pairs:
    """Annotations, or labels, by names that Kubernetes takes."""
    pairs = pairs_of(given, option, place)
    for name, _ in pairs:
        if not _KEY.fullmatch(name):
            raise DefinitionError(
                f"{place}: {option}= has {name!r}, expected up to 63 letters, digits, '-', '_' and "
                "'.', perhaps behind a domain and a slash"
            )
    return pairs


def _executor(given: PlacementOptions, place: str) -> str:
    executor = _name(given.get("executor"), "executor", place)
    isolation = given.get("isolation")
    if isolation is None:
        return executor
    if isolation not in ISOLATIONS:
        raise DefinitionError(
            f"{place}: isolation= takes 'process' or 'container', got {isolation!r}",
            hint=suggest(str(isolation), ISOLATIONS),
        )
    if executor and (executor == "process") != (isolation == "process"):
        raise DefinitionError(
            f"{place}: isolation={isolation!r} is not what executor={executor!r} gives",
            hint="leave one of them out",
        )
    return executor or ISOLATIONS[isolation]


def _name(value: object, option: str, place: str) -> str:
    if value is None or (isinstance(value, str) and _NAME.fullmatch(value)):
        return value or ""
    raise DefinitionError(
        f"{place}: {option}= takes a name of small letters, digits and '-', got {value!r}"
    )


def _image(given: object, place: str) -> str:
    if given is None:
        return ""
    image = given if isinstance(given, str) else getattr(given, "tag", None)
    if not isinstance(image, str):
        raise DefinitionError(
            f"{place}: container_image= takes the name of an image or an ImageSpec, got {given!r}",
            hint='write container_image="registry.example.org/weather:1.2"',
        )
    if len(image) > 500 or not _IMAGE.fullmatch(image):
        raise DefinitionError(
            f"{place}: container_image= is {image!r}, which cannot name an image",
            hint="write [registry/]name[:tag][@sha256:digest], the name in small letters",
        )
    return image


def _code(value: object, place: str) -> Literal["", "package", "image"]:
    match value:
        case None:
            return ""
        case "package":
            return "package"
        case "image":
            return "image"
        case _:
            raise DefinitionError(f"{place}: code= takes 'package' or 'image', got {value!r}")


def _interruptible(value: object, place: str) -> bool | None:
    return None if value is None else options.flag(value, "interruptible", place)


def _accelerator(value: object, place: str) -> Accelerator | None:
    if value is None:
        return None
    if isinstance(value, Accelerator):
        return Accelerator(value.device, value.partition, value.topology, value.kind)
    raise DefinitionError(
        f"{place}: accelerator= takes one of volery.accelerators, got {value!r}",
        hint='write accelerator=accelerators.T4, or GPUAccelerator("name-of-another")',
    )


def _shared(value: object, place: str) -> int | None:
    if value is False or value == 0:
        raise DefinitionError(
            f'{place}: shared_memory= takes True, or bytes such as "2Gi", got {value!r}',
            hint="leave it out where none is needed",
        )
    return amount(value, "shared_memory", place)


def _pod(value: object, place: str) -> Any:
    if value is None:
        return None
    if isinstance(value, PodTemplate):
        return value.shape()
    raise DefinitionError(
        f"{place}: pod_template= takes a PodTemplate, got {value!r}",
        hint="write pod_template=PodTemplate(pod_spec={...}); pod_template_name= names one of the "
        "administrator's",
    )


def _reuse(value: object, place: str) -> Any:
    if value is None:
        return None
    if isinstance(value, ReusePolicy):
        return value.reuse()
    raise DefinitionError(
        f"{place}: reuse= takes a ReusePolicy, got {value!r}",
        hint="write reuse=ReusePolicy(replicas=2)",
    )
