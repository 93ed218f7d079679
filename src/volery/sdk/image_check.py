"""Checks of `ImageSpec`: what no image can be made of, or would mean something else there."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final, cast

import msgspec

from volery.errors import DefinitionError
from volery.ir.placeholder import is_variable

if TYPE_CHECKING:
    from volery.sdk.image import ImageSpec

BUILDERS: Final = ("docker", "podman", "buildah")
HASH: Final = "{spec_hash}"
"""What stands for the digest in a format of tags."""
DIGITS: Final = 20
"""Of the digest in a tag."""

_NAME: Final = re.compile(
    r"[a-z0-9]+(?:(?:\.|_{1,2}|-+)[a-z0-9]+)*(?:/[a-z0-9]+(?:[._-]+[a-z0-9]+)*)*"
)
_REGISTRY: Final = re.compile(r"[A-Za-z0-9.-]+(?::[0-9]{1,5})?(?:/[a-z0-9]+(?:[._-]+[a-z0-9]+)*)*")
_REFERENCE: Final = re.compile(r"[\w.:/@-]{1,400}")
_VERSION: Final = re.compile(r"3\.[0-9]{1,2}(?:\.[0-9]{1,2})?")
_PLATFORM: Final = re.compile(r"[a-z0-9]+/[a-z0-9]+(?:/[a-z0-9]+)?")
_APT: Final = re.compile(r"[a-z0-9][a-z0-9+.-]*(?::[a-z0-9]+)?(?:=[\w.+:~-]+)?")
_TAG: Final = re.compile(r"\w[\w.-]{0,127}")
_WITH_PASSWORD: Final = re.compile(r"//[^/]*@")
_TARGET: Final = re.compile(r"/[\w./-]+")


class Check:
    """Refuses values, and makes tuples of lists.

    Args:
        place: which spec it is, and where it is written.
    """

    def __init__(self, place: str) -> None:
        self._place = place

    def all(self, spec: ImageSpec) -> None:
        """Raise DefinitionError for the first value that cannot be used."""
        self._lists(spec)
        self._texts(spec)
        self._base(spec)
        self._indexes(spec)
        for name, value in spec.env.items():
            if not is_variable(name) or "\n" in value or "\0" in value:
                self._refuse("env", "variables with texts of one line", {name: value})
        for name in spec.packages:
            if name.lstrip().startswith("-"):
                hint = "options of pip belong into pip_extra_args="
                self._refuse("packages", "names of packages", name, hint)
        if spec.volery and (spec.volery.startswith("-") or "\n" in spec.volery):
            self._refuse("volery", "a requirement", spec.volery)
        for mount in cast("Sequence[Sequence[object]]", spec.pip_secret_mounts):
            if len(mount) != 2 or not _TARGET.fullmatch(str(mount[1])):
                self._refuse("pip_secret_mounts", 'pairs like ("pip.conf", "/etc/pip.conf")', mount)

    def _lists(self, spec: ImageSpec) -> None:
        for name in _LISTS:
            given: object = getattr(spec, name)
            if given is None and name == "entrypoint":
                continue
            usual = str | Path if name == "copy" else str
            if not isinstance(given, list | tuple) or not all(
                isinstance(each, usual) and str(each).strip() and "\0" not in str(each)
                for each in cast("Sequence[object]", given)
            ):
                hint = f"write {name}=[{given!r}]" if isinstance(given, str) else None
                self._refuse(name, "a list of texts", cast("object", given), hint)
            msgspec.structs.force_setattr(spec, name, tuple(cast("Sequence[object]", given)))
        if not isinstance(spec.env, Mapping) or not all(  # pyright: ignore[reportUnnecessaryIsInstance]
            isinstance(each, str)
            for pair in cast("Mapping[object, object]", spec.env).items()
            for each in pair
        ):
            self._refuse("env", "a dict of texts", spec.env)

    def _texts(self, spec: ImageSpec) -> None:
        forms: list[tuple[str, re.Pattern[str], str]] = [
            ("name", _NAME, 'lower-case letters and digits, such as "team/train"'),
            ("registry", _REGISTRY, 'a host and perhaps a path, such as "ghcr.io/team"'),
            ("python_version", _VERSION, 'a version such as "3.12"'),
            ("platform", _PLATFORM, '"linux/amd64" or its like'),
        ]
        for name, form, expected in forms:
            value = getattr(spec, name)
            if value not in (None, "") and not (isinstance(value, str) and form.fullmatch(value)):
                self._refuse(name, expected, value)
        for each in spec.apt_packages:
            if not _APT.fullmatch(each):
                self._refuse("apt_packages", 'names of packages, such as "git"', each)
        tag = spec.tag_format
        if tag.count(HASH) != 1 or not _TAG.fullmatch(tag.replace(HASH, "0" * DIGITS)):
            self._refuse(
                "tag_format", f'letters and digits around {HASH}, such as "{HASH}-gpu"', tag
            )
        if spec.builder not in (None, *BUILDERS):
            self._refuse("builder", " or ".join(BUILDERS), spec.builder)

    def _base(self, spec: ImageSpec) -> None:
        base = spec.base_image
        if isinstance(base, str) and not _REFERENCE.fullmatch(base):
            self._refuse("base_image", "the name of an image", base)
        if base is not None and spec.python_version is not None:
            hint = "leave out python_version=, or base_image="
            self._refuse("python_version", "nothing: the base image has its own Python",
                         spec.python_version, hint)  # fmt: skip

    def _indexes(self, spec: ImageSpec) -> None:
        urls = [spec.pip_index or "", *spec.pip_extra_index_url]
        if any(_WITH_PASSWORD.search(each) for each in (*urls, *spec.pip_extra_args)):
            raise DefinitionError(
                f"{self._place}: a package index with a password would be in the image for all",
                hint="put it into a pip.conf, and that into pip_secret_mounts="
                '[("pip.conf", "/etc/pip.conf")]',
            )

    def _refuse(self, name: str, expected: str, got: object, hint: str | None = None) -> None:
        raise DefinitionError(f"{self._place}: {name}= takes {expected}, got {got!r}", hint=hint)


_LISTS: Final = (
    "packages", "apt_packages", "copy", "commands", "entrypoint", "pip_extra_index_url",
    "pip_extra_args",
)  # fmt: skip
