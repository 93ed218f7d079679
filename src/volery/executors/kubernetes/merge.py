"""Merging pod templates: one is laid over another, as ``kubectl apply`` would do it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, cast

from volery.executors.kubernetes.settings import Json

_KEYS: Final[Mapping[str, str]] = {
    "containers": "name",
    "env": "name",
    "ephemeralContainers": "name",
    "hostAliases": "ip",
    "imagePullSecrets": "name",
    "initContainers": "name",
    "ports": "containerPort",
    "topologySpreadConstraints": "topologyKey",
    "volumeDevices": "devicePath",
    "volumeMounts": "mountPath",
    "volumes": "name",
}
"""By which key the entries of a list are told apart (``patchMergeKey`` of the API)."""
_ADDED: Final = frozenset({"tolerations", "envFrom"})
"""Lists whose entries have no key: those of both count."""
_SOURCES: Final = frozenset({"name"})
"""Keys of a volume beside the one that says what it is."""


def lay_over(lower: Json, upper: Mapping[str, Any]) -> Json:
    """An object with another one over it; neither is changed.

    Objects are merged key by key, lists whose entries have names by name, other lists are
    replaced. None takes a key away.
    """
    merged = dict(lower)
    for key, value in upper.items():
        if value is None:
            merged.pop(key, None)
        elif key in merged:
            merged[key] = _merged(key, merged[key], value)
        else:
            merged[key] = _bare(value)
    return merged


def _merged(key: str, lower: Any, upper: Any) -> Any:
    if isinstance(lower, dict) and isinstance(upper, dict):
        return lay_over(cast("Json", lower), cast("Json", upper))
    if isinstance(lower, list | tuple) and isinstance(upper, list | tuple):
        below = list(cast("Sequence[Any]", lower))
        above = list(cast("Sequence[Any]", upper))
        if key in _ADDED:
            return below + [each for each in above if each not in below]
        name = _KEYS.get(key)
        if name and all(_has(each, name) for each in (*below, *above)):
            return _by_name(below, above, name, _volume if key == "volumes" else lay_over)
    return _bare(upper)


def _has(entry: Any, key: str) -> bool:
    return isinstance(entry, dict) and isinstance(cast("Json", entry).get(key), str | int)


def _by_name(
    lower: list[Json], upper: list[Json], key: str, lay: Callable[[Json, Json], Json]
) -> list[Json]:
    merged = {each.get(key): each for each in lower}
    for each in upper:
        below = merged.get(each.get(key))
        merged[each.get(key)] = _bare(each) if below is None else lay(below, each)
    return list(merged.values())


def _volume(lower: Json, upper: Json) -> Json:
    """A volume is of one kind: the upper one's."""
    same = lower.keys() - _SOURCES == upper.keys() - _SOURCES
    return lay_over(lower, upper) if same else _bare(upper)


def _bare(value: Any) -> Any:
    """A value without the keys that are None."""
    if isinstance(value, dict):
        return lay_over({}, cast("Json", value))
    if isinstance(value, list | tuple):
        return [_bare(each) for each in cast("Sequence[Any]", value)]
    return value
