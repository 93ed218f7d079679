"""Pods: how that of an attempt looks. Pure.

Later ones are laid over earlier ones (see `merge`):

1. what holds for every pod of Volery, by itself or by the settings,
2. the administrator's template ``default``,
3. the administrator's template that the task names,
4. the user's `PodTemplate`,
5. what the task says: image, resources, accelerator, shared memory, secrets, labels,

where task settings already have those of the node and the execution in them. Containers of
templates named ``default`` lie below all containers, those named ``primary`` below the one that is
the task's.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Final, NamedTuple

import msgspec

from volery.errors import ConfigError, suggest
from volery.executors.contained.commands import words
from volery.executors.contained.invocations import Written
from volery.executors.kubernetes.accelerators import asks_for, resource_of
from volery.executors.kubernetes.folders import folders
from volery.executors.kubernetes.merge import lay_over
from volery.executors.kubernetes.secrets import MOUNT, NAME, variables, volumes
from volery.executors.kubernetes.settings import Json, KubernetesSettings
from volery.ir.interface import Interface
from volery.ir.invocation import INVOCATION
from volery.ir.placement import Placement, PodShape
from volery.ir.policy import Request
from volery.ir.work import Place, Work
from volery.worker.records import ONE_STREAM

MINE: Final = "volery.dev/server"
"""Label with the identity of the server that a pod belongs to."""
ATTEMPT: Final = "volery.dev/attempt"
"""Label with the name of the attempt, which is also the pod's."""
_DEADLINE: Final = 120.0
"""Seconds after which the cluster ends a pod, beyond all that it may take."""
_NOTE: Final = "/dev/termination-log"
"""What is written there comes with a pod's status (``terminationMessagePath``)."""
_TOLD: Final[Json] = {"env": [{"name": ONE_STREAM, "value": _NOTE}]}
"""Of a container whose log is marked by Volery's own program."""
_NOWHERE: Final = Place("", "", Interface())
_LABEL: Final = re.compile(r"[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?")

_ALWAYS: Final[Json] = {
    "automountServiceAccountToken": False,
    "enableServiceLinks": False,
    "containers": [],
}
_UNPRIVILEGED: Final[Json] = {"securityContext": {"allowPrivilegeEscalation": False}}


class Order(NamedTuple):
    """What a pod is made from.

    Attributes:
        server: identity of the server that asks for it.
        name: of the attempt.
        namespace: that the pod goes to.
        work: the attempt; its `place` is set.
        written: its invocation.
    """

    server: str
    name: str
    namespace: str
    work: Work
    written: Written


def _place_of(work: Work) -> Place:
    """Where a work belongs; one that does not say belongs nowhere in particular."""
    return work.place or _NOWHERE


def namespace_of(work: Work, settings: KubernetesSettings, default: str) -> str:
    """The namespace of an attempt's pod.

    Raises:
        ConfigError: the name is none that a namespace may have.
    """
    place, template = _place_of(work), settings.namespace or default
    name = template.replace("{project}", place.project).replace("{domain}", place.domain)
    if len(name) > 63 or "." in name or not NAME.fullmatch(name):
        raise ConfigError(
            f"{name!r} cannot be the name of a namespace (from {template!r} of the settings)",
            hint="small letters, digits and hyphens only: in projects and domains, or set "
            "kubernetes.namespace to a fixed name",
            code="NamespaceInvalid",
        )
    return name


def primary_of(work: Work) -> str:
    """The name of the container that is the task's."""
    return (_place_of(work).placement.pod or PodShape()).primary


def build(order: Order, settings: KubernetesSettings) -> Json:
    """The pod of an attempt, as the API takes it.

    Raises:
        ConfigError: there is no image, or a template or a secret that cannot be used.
        TypeMismatch: an input does not fit into the words of a command.
    """
    work, place = order.work, _place_of(order.work)
    primary = primary_of(work)
    metadata, below = _templates(work, place.placement, settings)
    least = _least(place, settings)
    containers = [_with_defaults(each, primary, below, least) for each in _named(below, primary)]
    pod = lay_over({**below, "containers": containers}, _spec(work, place, settings))
    mine = {"name": primary, **_primary(order, place, settings)}
    pod = lay_over(pod, {"containers": [mine]})
    if place.command is not None and not place.command.contract:
        helper = lay_over(_volery(settings), _TOLD)
        pod = lay_over(pod, folders(place.command, primary, order.written.uri, helper, settings))
    for each in (*pod.get("initContainers", ()), *pod["containers"]):
        _complete(each, order, settings)
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": _metadata(order, place, metadata),
        "spec": pod,
    }


# --- below all templates --------------------------------------------------------------------------


def _always(work: Work, settings: KubernetesSettings) -> Json:
    """What holds for every pod, beside its containers."""
    spec = dict(_ALWAYS)
    if settings.service_account:
        spec["serviceAccountName"] = settings.service_account
    if settings.pull_secrets:
        spec["imagePullSecrets"] = [{"name": each} for each in settings.pull_secrets]
    if settings.host_network:
        spec |= {"hostNetwork": True, "dnsPolicy": "ClusterFirstWithHostNet"}
    if work.limit is not None:
        longest = work.limit * (work.elements or 1) + settings.limits.start + _DEADLINE
        spec["activeDeadlineSeconds"] = int(longest)
    return spec


def _least(place: Place, settings: KubernetesSettings) -> Json:
    """What holds for every container that is a task's."""
    speaks = place.command is None or place.command.contract
    accelerator = place.placement.accelerator
    least = _UNPRIVILEGED | (_volery(settings) if speaks else {})
    if accelerator is not None and accelerator.kind == "gpu":  # one, if nobody says how many
        least["resources"] = {"limits": {resource_of(settings.vendor, "gpu"): "1"}}
    return least


def _volery(settings: KubernetesSettings) -> Json:
    """Of a container that reads and writes the documents of attempts itself."""
    container: Json = {"env": _pairs(settings.environment)}
    if settings.environment_secrets:
        container["envFrom"] = [
            {"secretRef": {"name": each}} for each in settings.environment_secrets
        ]
    return container


# --- templates ------------------------------------------------------------------------------------


def _templates(work: Work, placement: Placement, settings: KubernetesSettings) -> tuple[Json, Json]:
    """Metadata and spec of the templates, one laid over the other."""
    named = placement.template
    if named and named not in settings.templates:
        raise ConfigError(
            f"there is no pod template {named!r}",
            hint=suggest(named, settings.templates),
            code="TemplateNotFound",
        )
    metadata: Json = {}
    spec = _always(work, settings)
    for name in dict.fromkeys(("default", named)):
        template = settings.templates.get(name, {})
        metadata = lay_over(metadata, template.get("metadata", {}))
        spec = lay_over(spec, template.get("spec", {}))
    if placement.pod is not None and placement.pod.spec:
        spec = lay_over(spec, msgspec.json.decode(placement.pod.spec, type=dict[str, Any]))
    return metadata, spec


def _named(spec: Json, primary: str) -> Iterator[Json]:
    """The containers of templates that are containers of the pod; the primary one comes first."""
    containers: list[Json] = spec["containers"]
    found = {each["name"]: each for each in containers}
    yield found.get(primary, {"name": primary})
    yield from (each for name, each in found.items() if name not in {primary, "primary", "default"})


def _with_defaults(container: Json, primary: str, spec: Json, least: Json) -> Json:
    below: Json = {}
    names = ("default",)
    if container["name"] == primary:
        below, names = least, ("default", "primary")
    for each in spec["containers"]:
        if each["name"] in names and each["name"] != container["name"]:
            below = lay_over(below, each)
    return lay_over(below, container)


# --- what the task says ---------------------------------------------------------------------------


def _spec(work: Work, place: Place, settings: KubernetesSettings) -> Json:
    """The pod beside its containers."""
    placement = place.placement
    spec: Json = {"restartPolicy": "Never"}
    if placement.accelerator is not None:
        spec = lay_over(spec, asks_for(placement.accelerator, settings.vendor))
    spot = settings.interruptible
    if placement.interruptible and place.crashes < spot.crashes:
        nodes = {"nodeSelector": spot.node_selector, "tolerations": list(spot.tolerations)}
        spec = lay_over(spec, nodes)
    found = [*volumes(work, settings), *_shared_memory(placement)]
    return {**spec, "volumes": found} if found else spec


def _primary(order: Order, place: Place, settings: KubernetesSettings) -> Json:
    """The container that is the task's."""
    work, placement, command = order.work, place.placement, place.command
    container: Json = {"resources": _resources(work.requests, place, settings.vendor)}
    if placement.image:
        container["image"] = placement.image
    if command is None:
        container["command"] = [settings.python, "-m", "volery.worker.attempt", order.written.uri]
        container["args"] = None
    else:
        if said := words(work, order.written):
            container |= {"command": said, "args": None}
        container["env"] = [*_pairs(dict(work.environment)), *variables(work, settings)]
    if command is None or command.contract:
        container = lay_over(container, _TOLD)
    if command is not None and command.contract:
        container = lay_over(container, {"env": _pairs({INVOCATION: order.written.uri})})
    mounts: list[Json] = []
    if work.secrets:
        mounts.append(MOUNT)
    if placement.shared_memory is not None:
        mounts.append({"name": "volery-memory", "mountPath": "/dev/shm"})  # noqa: S108
    return {**container, "volumeMounts": mounts} if mounts else container


def _resources(requests: Request | None, place: Place, vendor: str) -> Json:
    """Requests and limits; memory is limited to what is requested, if nothing else is said."""
    requests, caps = requests or Request(), place.caps or Request()
    kind = place.placement.accelerator.kind if place.placement.accelerator else "gpu"
    device = resource_of(vendor, kind)
    asked = _quantities(requests, device)
    limits = _quantities(requests, device, ("mem", "gpu", "ephemeral_storage"))
    limits |= _quantities(caps, device)
    return {name: amounts for name, amounts in (("requests", asked), ("limits", limits)) if amounts}


def _quantities(
    request: Request,
    device: str,
    names: tuple[str, ...] = ("cpu", "mem", "gpu", "ephemeral_storage"),
) -> dict[str, str]:
    said = {
        "cpu": request.cpu and f"{round(request.cpu * 1000)}m",
        "mem": request.mem,
        "gpu": request.gpu,
        "ephemeral_storage": request.ephemeral_storage,
    }
    resources = {
        "cpu": "cpu", "mem": "memory", "gpu": device, "ephemeral_storage": "ephemeral-storage",
    }  # fmt: skip
    return {resources[name]: str(said[name]) for name in names if said[name]}


def _shared_memory(placement: Placement) -> Iterator[Json]:
    if placement.shared_memory is not None:
        memory: Json = {"medium": "Memory"}
        if placement.shared_memory:
            memory["sizeLimit"] = str(placement.shared_memory)
        yield {"name": "volery-memory", "emptyDir": memory}


def _complete(container: Json, order: Order, settings: KubernetesSettings) -> None:
    """What no container of a pod may lack."""
    container.setdefault("image", settings.image)
    if not container["image"]:
        raise ConfigError(
            f"no image is said for container {container['name']} of task {order.work.task}",
            hint="set kubernetes.image, or the task's container_image",
            code="NoImage",
        )
    if settings.pull_policy:
        container.setdefault("imagePullPolicy", settings.pull_policy)


# --- metadata -------------------------------------------------------------------------------------


def _metadata(order: Order, place: Place, template: Json) -> Json:
    """Names, labels and annotations; those by which Volery knows its pods cannot be taken away."""
    work, placement = order.work, place.placement
    shape = placement.pod or PodShape()
    said = lay_over(
        template,
        {
            "labels": {**dict(shape.labels), **dict(placement.labels)},
            "annotations": {**dict(shape.annotations), **dict(placement.annotations)},
        },
    )
    labels = {
        "volery.dev/project": place.project,
        "volery.dev/domain": place.domain,
        "volery.dev/execution": work.execution,
    }
    annotations = {
        "volery.dev/execution": work.execution,
        "volery.dev/path": work.path,
        "volery.dev/number": str(work.attempt),
        "volery.dev/task": work.task,
    }
    fits = {name: value for name, value in labels.items() if _LABEL.fullmatch(value)}
    mine = {"app.kubernetes.io/managed-by": "volery", MINE: order.server, ATTEMPT: order.name}
    return {
        **said,
        "name": order.name,
        "namespace": order.namespace,
        "labels": said["labels"] | fits | mine,
        "annotations": said["annotations"] | annotations,
    }


def _pairs(variables: dict[str, str]) -> list[Json]:
    return [{"name": name, "value": value} for name, value in variables.items()]
