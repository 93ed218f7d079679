"""Making images that are not there yet, and telling which are missing."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Literal, NamedTuple

from volery.images.builder import Builder, Say, builder_named
from volery.images.registry import is_pushed
from volery.sdk.image import ImageSpec

State = Literal["there", "built", "pushed"]


class Made(NamedTuple):
    """An image, and what was done about it."""

    tag: str
    state: State


class Making:
    """Makes images, each only if it is not there.

    Args:
        say: told what builders print.
        name: of the builder, for specs that name none.
        network: of the steps of a build; empty: the builder's own.
        push: they are sent to the registries that their specs name.
        force: they are made although they are there.
    """

    def __init__(
        self,
        say: Say,
        *,
        name: str | None = None,
        network: str = "",
        push: bool = False,
        force: bool = False,
    ) -> None:
        self._say = say
        self._name = name
        self._network = network
        self._push = push
        self._force = force

    def make(self, spec: ImageSpec) -> Made:
        """Make one; those that it begins with have to be made before.

        Raises:
            ConfigError: no builder is installed.
            BuildFailed: it cannot be built or pushed.
            Unavailable: its registry does not say whether it is there.
        """
        force = self._force or spec.force
        push = self._push and bool(spec.registry)
        if push and not force and is_pushed(spec.tag):
            return Made(spec.tag, "there")
        builder = builder_named(spec.builder or self._name, self._network)
        here = not force and builder.exists(spec.tag)
        if not here:
            builder.build(spec, self._say)
        if push:
            builder.push(spec.tag, self._say)
            return Made(spec.tag, "pushed")
        return Made(spec.tag, "there" if here else "built")


def missing(
    specs: Iterable[ImageSpec],
    builder: Callable[[str | None], Builder] = builder_named,
) -> list[str]:
    """The tags of images that are not where attempts will look for them.

    That is the registry, for a spec that names one, else this machine. An image of which nobody can
    say is not called missing.
    """
    from volery.errors import ConfigError, Unavailable

    found: list[str] = []
    for spec in specs:
        try:
            there = is_pushed(spec.tag) if spec.registry else builder(spec.builder).exists(spec.tag)
        except (ConfigError, Unavailable):
            continue
        if not there:
            found.append(spec.tag)
    return found
