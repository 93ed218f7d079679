"""``ImageSpec``: what is in the image that a task's container is made of."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any, Final

import msgspec

from volery._version import __version__
from volery.errors import DefinitionError
from volery.sdk.image_check import DIGITS, HASH, Check
from volery.sdk.image_files import Part, parts_of
from volery.sdk.setting import Setting
from volery.sdk.source import here, show, user_frame

PYTHON: Final = "3.13"
"""Version of Python in images that say none: the same wherever their tag is made."""
IMAGE_ID: Final = "VOLERY_IMAGE_ID"
"""Variable of a container that says which spec its image was built from."""
IMAGE: Final = "VOLERY_IMAGE"
"""And its tag."""
_FORM: Final = 1
"""Another number when the same spec makes another image."""

_known: dict[str, ImageSpec] = {}


class ImageSpec(Setting, frozen=True, dict=True, eq=False):
    """An image: ``@task(container_image=ImageSpec(packages=["scikit-learn==1.7"]))``.

    ``volery build`` builds it. Its tag is a digest of all that goes into it, the contents of files
    too: the same everywhere, and another one as soon as anything changes. One is never changed
    either: `with_packages` and its like give another one.

    Args:
        name: of the image, without registry and tag.
        base_image: that it begins with, by name or as an `ImageSpec`; None: Python's slim one.
        python_version: of that one, such as ``"3.12"``.
        packages: from a package index, such as ``"numpy>=2"``, or paths of wheels.
        requirements: path of a ``requirements.txt``, or of a lock file: ``uv.lock``,
            ``poetry.lock`` (with the ``pyproject.toml`` beside it) or ``pylock.toml``.
        apt_packages: of Debian or what is like it.
        env: variables of its containers. They are in the image for all to see: no secrets.
        copy: files and folders, below `folder`, that lie below ``/app`` in it.
        source_root: folder of code that is in the image, at ``/app``; None: code comes as a
            package, and changing it needs no new image.
        commands: of a shell, run as root when all the above is there.
        entrypoint: program and arguments; None: as the base image says.
        registry: where it is pushed to, such as ``"registry.example.com/team"``.
        platform: such as ``"linux/arm64"``; None: the builder's.
        pip_index: URL of the package index.
        pip_extra_index_url: URLs of further ones.
        pip_extra_args: further arguments of ``pip install``.
        pip_secret_mounts: pairs of a file here and a path there: it is there while packages are
            installed, and in no layer.
        volery: requirement for Volery itself; None: this version; empty: the base image has it.
        builder: the program that builds it, one of ``docker``, ``podman`` and ``buildah``; None:
            the first that is there.
        tag_format: of the tag, with ``{spec_hash}`` in it.
        folder: that relative paths start at; None: that of the file in which this is written.
        force: it is built and pushed although it is there.

    Raises:
        DefinitionError: a value cannot be used; says which, and how to write it.
    """

    name: str = "volery"
    base_image: str | ImageSpec | None = None
    python_version: str | None = None
    packages: Sequence[str] = ()
    requirements: str | Path | None = None
    apt_packages: Sequence[str] = ()
    env: Mapping[str, str] = {}
    copy: Sequence[str | Path] = ()
    source_root: str | Path | None = None
    commands: Sequence[str] = ()
    entrypoint: Sequence[str] | None = None
    registry: str = ""
    platform: str | None = None
    pip_index: str | None = None
    pip_extra_index_url: Sequence[str] = ()
    pip_extra_args: Sequence[str] = ()
    pip_secret_mounts: Sequence[tuple[str, str]] = ()
    volery: str | None = None
    builder: str | None = None
    tag_format: str = HASH
    folder: str | Path | None = None
    force: bool = False

    def __post_init__(self) -> None:
        if self.folder is None:
            file = user_frame().f_code.co_filename
            folder = Path(file).parent if Path(file).is_file() else Path.cwd()
            msgspec.structs.force_setattr(self, "folder", str(folder.absolute()))
        Check(f"ImageSpec {self.name!r} ({show(here())})").all(self)

    # -- made from others ------------------------------------------------------------------

    @classmethod
    def from_env(cls, name: str, pinned_packages: Iterable[str] = (), **given: Any) -> ImageSpec:
        """An image with this Python's version, and packages as they are installed here.

        Args:
            name: of the image.
            pinned_packages: names of packages.
            given: whatever else an `ImageSpec` takes.

        Raises:
            DefinitionError: one of them is not installed.
        """
        import sys
        from importlib.metadata import PackageNotFoundError, version

        pinned: list[str] = []
        for each in pinned_packages:
            try:
                pinned.append(f"{each}=={version(each)}")
            except PackageNotFoundError:
                raise DefinitionError(
                    f"ImageSpec.from_env ({show(here())}): {each} is not installed here",
                    hint=f"pip install {each}, or name its version in packages=",
                ) from None
        if given.get("base_image") is None:
            given.setdefault("python_version", f"{sys.version_info.major}.{sys.version_info.minor}")
        packages = (*pinned, *given.pop("packages", ()))
        return cls(name=name, packages=packages, **given)

    def with_packages(self, packages: str | Sequence[str]) -> ImageSpec:
        """With further packages."""
        return self._with(packages=(*self.packages, *_several(packages)))

    def with_apt_packages(self, packages: str | Sequence[str]) -> ImageSpec:
        """With further packages of the system."""
        return self._with(apt_packages=(*self.apt_packages, *_several(packages)))

    def with_commands(self, commands: str | Sequence[str]) -> ImageSpec:
        """With further commands."""
        return self._with(commands=(*self.commands, *_several(commands)))

    def with_copy(self, paths: str | Sequence[str | Path]) -> ImageSpec:
        """With further files and folders."""
        return self._with(copy=(*self.copy, *_several(paths)))

    def force_push(self) -> ImageSpec:
        """Built and pushed although it is there."""
        return self._with(force=True)

    def _with(self, **changed: Any) -> ImageSpec:
        return msgspec.structs.replace(self, **changed)

    # -- what it is called -----------------------------------------------------------------

    @cached_property
    def tag(self) -> str:
        """What containers are made of: ``registry/name:digest``.

        Raises:
            DefinitionError: a file that goes in is not there.
        """
        if os.environ.get(IMAGE_ID) == self.id and (mine := os.environ.get(IMAGE)):
            return mine  # files that went in need not be in it
        contents = [(part.name, part.digest, part.executable) for part in self.parts]
        base = self.base_image.tag if isinstance(self.base_image, ImageSpec) else ""
        digest = _digest((self.id, base, contents))
        name = f"{self.registry}/{self.name}" if self.registry else self.name
        reference = f"{name}:{self.tag_format.replace(HASH, digest)}"
        _known[reference] = self
        return reference

    @cached_property
    def id(self) -> str:
        """A digest of what this spec says, whatever is in the files that it names."""
        said = {name: getattr(self, name) for name in _GOES_IN}
        base = self.base_image
        said["base_image"] = base.id if isinstance(base, ImageSpec) else self.base
        said["volery"] = self.itself
        said["pip_secret_mounts"] = [target for _, target in self.pip_secret_mounts]
        return _digest((_FORM, said))

    @property
    def base(self) -> str:
        """The name of the image that it begins with."""
        if isinstance(self.base_image, ImageSpec):
            return self.base_image.tag
        return self.base_image or f"python:{self.python_version or PYTHON}-slim"

    @property
    def itself(self) -> str:
        """The requirement for Volery; empty: the base image has it."""
        if self.volery is None:
            return "" if isinstance(self.base_image, ImageSpec) else f"volery=={__version__}"
        return self.volery

    @cached_property
    def parts(self) -> tuple[Part, ...]:
        """The files that go in. Raises DefinitionError: one is not there."""
        return parts_of(self, lenient=IMAGE_ID in os.environ)

    def is_container(self) -> bool:
        """Whether this process is in a container of this image, or in none of Volery's.

        So that a module is imported only where it is: ``if IMAGE.is_container(): import torch``.
        """
        return os.environ.get(IMAGE_ID, self.id) == self.id


def known() -> tuple[ImageSpec, ...]:
    """Whatever was asked for its tag in this process, bases before what begins with them."""
    return tuple(_known.values())


_GOES_IN: Final = (
    "python_version", "packages", "requirements", "apt_packages", "env", "copy", "source_root",
    "commands", "entrypoint", "platform", "pip_index", "pip_extra_index_url", "pip_extra_args",
)  # fmt: skip


def _digest(what: object) -> str:
    from volery.data.hashing import digest_of  # who uses no image does not need it

    encoded = msgspec.json.encode(what, order="deterministic", enc_hook=str)
    return digest_of(encoded)[:DIGITS]


def _several(given: Any) -> tuple[Any, ...]:
    return (given,) if isinstance(given, str | Path) else tuple(given)
