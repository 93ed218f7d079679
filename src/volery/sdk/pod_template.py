"""``PodTemplate``: what a task's pod has besides what its other options say."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final, cast

import msgspec

from volery.errors import DefinitionError
from volery.ir.placement import PodShape
from volery.sdk.options import text
from volery.sdk.setting import Setting
from volery.sdk.source import here, show

if TYPE_CHECKING:
    from volery.sdk.labels import Annotations, Labels

_NAME: Final = re.compile(r"[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?")


class PodTemplate(Setting, frozen=True):
    """A pod into which the task's container is put.

    What other options say (image, resources, accelerator, labels, ...) is laid over it, and it is
    laid over the administrator's templates.

    Args:
        pod_spec: as Kubernetes has it: a dict with its names (``nodeSelector``), or a ``V1PodSpec``
            of the official client. Its other containers are sidecars.
        primary_container_name: the container that is the task's; it need not be in the spec.
        labels, annotations: of the pod.

    Raises:
        DefinitionError: a value cannot be used.
    """

    pod_spec: Any = None
    primary_container_name: str = "primary"
    labels: Labels | Mapping[str, str] | None = None
    annotations: Annotations | Mapping[str, str] | None = None

    def __post_init__(self) -> None:
        self.shape(f"PodTemplate ({show(here())})")

    def shape(self, place: str = "PodTemplate") -> PodShape:
        """The same as the IR has it."""
        from volery.sdk.placement import annotations_of, labels_of

        name = text(self.primary_container_name, "primary_container_name", place)
        if not _NAME.fullmatch(name):
            raise DefinitionError(
                f"{place}: primary_container_name= takes up to 63 small letters, digits and '-', "
                f"got {name!r}"
            )
        return PodShape(
            _canonical(self.pod_spec, place),
            name,
            labels_of(self.labels, place),
            annotations_of(self.annotations, place),
        )


def _canonical(given: object, place: str) -> str:
    """A pod spec as canonical JSON; empty: nothing is said."""
    if given is None:
        return ""
    spec = _plain(given)
    if not isinstance(spec, dict):
        raise DefinitionError(
            f"{place}: pod_spec= takes a dict or a V1PodSpec, got {given!r}",
            hint='write pod_spec={"nodeSelector": {"disk": "fast"}}',
        )
    _check_containers(cast("dict[str, Any]", spec), place)
    try:
        return msgspec.json.encode(spec, order="sorted").decode()
    except (TypeError, ValueError) as error:
        raise DefinitionError(f"{place}: pod_spec= is not JSON: {error}") from None


def _plain(value: object) -> object:
    """Objects of the official client as dicts, by the names that Kubernetes has for their fields.

    They say these themselves, so that the client, which is slow to load, is not needed here.
    """
    names: object = getattr(type(value), "attribute_map", None)
    if isinstance(names, dict):
        fields = {
            name: getattr(value, field) for field, name in cast("dict[str, str]", names).items()
        }
        return {name: _plain(each) for name, each in fields.items() if each is not None}
    if isinstance(value, Mapping):
        entries = cast("Mapping[object, object]", value).items()
        return {name: _plain(each) for name, each in entries}
    if isinstance(value, list | tuple):
        return [_plain(each) for each in cast("list[object] | tuple[object, ...]", value)]
    return value


def _check_containers(spec: dict[str, Any], place: str) -> None:
    """Containers are laid over those of templates by their names."""
    for field in ("containers", "initContainers"):
        containers: object = spec.get(field, [])
        named = [
            isinstance(each, dict) and cast("dict[str, object]", each).get("name")
            for each in (cast("list[object]", containers) if isinstance(containers, list) else [0])
        ]
        if not all(isinstance(each, str) and _NAME.fullmatch(each) for each in named):
            raise DefinitionError(
                f"{place}: {field} of pod_spec= is no list of containers with names",
                hint=f'write "{field}": [{{"name": "primary"}}]',
            )
        if len(set(named)) < len(named):
            raise DefinitionError(f"{place}: two {field} of pod_spec= have the same name")
