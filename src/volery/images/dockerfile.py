"""From an `ImageSpec` to a Dockerfile: a function, without a builder.

What changes seldom comes first, so that builders keep its layers: the base, the system's packages,
requirements, packages, then variables, commands, files and code. Words go into ``RUN`` and ``COPY``
as JSON, in which nothing that a user writes can be taken for an instruction.
"""

from __future__ import annotations

import json
import shlex
from collections.abc import Iterator, Sequence
from pathlib import PurePath
from typing import Final

from volery.sdk.image import IMAGE, IMAGE_ID, ImageSpec
from volery.sdk.image_files import COPY, LOCKS, REQUIREMENTS, SOURCE, WHEELS, is_wheel

HOME: Final = "/app"
"""Where files and code lie, and where containers begin."""
USER: Final = "1000:1000"
"""Nobody needs to be root in there."""
_STAGE: Final = "/tmp/volery"  # noqa: S108 - of the image, while it is built
_TOOL: Final = f"{_STAGE}/tool"
_PINNED: Final = f"{_STAGE}/pinned.txt"


def dockerfile(spec: ImageSpec) -> str:
    """What builders read. The same spec gives the same text."""
    return "\n".join(_lines(spec)) + "\n"


def _lines(spec: ImageSpec) -> Iterator[str]:
    yield f"FROM {spec.base}"
    yield "USER 0:0"
    yield f"WORKDIR {HOME}"
    if spec.apt_packages:
        names = " ".join(spec.apt_packages)
        yield _shell(
            "apt-get update"
            f" && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends {names}"
            " && rm -rf /var/lib/apt/lists/*"
        )
    yield from _installed(spec)
    for name, value in spec.env.items():
        yield f"ENV {name}={_quoted(value)}"
    for command in spec.commands:
        yield _shell(command)
    folders = {part.name.partition("/")[0] for part in spec.parts}
    for each in (COPY, SOURCE):
        if each in folders:
            yield _copied(each, HOME)
    if SOURCE in folders:
        yield f"ENV PYTHONPATH={HOME}"
    # Whatever user it runs as has a home, known to the image or not.
    yield "ENV HOME=/tmp"
    yield f"ENV {IMAGE_ID}={spec.id}"
    yield f"ENV {IMAGE}={spec.tag}"
    yield f"USER {USER}"
    if spec.entrypoint is not None:
        yield f"ENTRYPOINT {_words(spec.entrypoint)}"


def _installed(spec: ImageSpec) -> Iterator[str]:
    """Requirements first: they change less often than the packages that one tries out."""
    if spec.requirements is not None:
        yield _copied(REQUIREMENTS, f"{_STAGE}/{REQUIREMENTS}")
        yield from _required(spec, PurePath(spec.requirements).name)
    wheels = [each for each in spec.packages if is_wheel(each)]
    if wheels:
        yield _copied(WHEELS, f"{_STAGE}/{WHEELS}")
    here = [f"{_STAGE}/{WHEELS}/{PurePath(each).name}" for each in wheels]
    others = [each for each in spec.packages if not is_wheel(each)]
    packages = [*here, *others, *filter(None, [spec.itself])]
    if packages:
        yield _run(spec, ("python", "-m", "pip", "install", *_pip(spec), *packages))


def _required(spec: ImageSpec, name: str) -> Iterator[str]:
    """Install what a file says. A tool that reads lock files is there only meanwhile."""
    folder = f"{_STAGE}/{REQUIREMENTS}"
    install = ("python", "-m", "pip", "install", *_pip(spec), "--requirement")
    if name in LOCKS or name.startswith("pylock."):
        tool, reading = _TOOLS.get(name, _PYLOCK)
        yield f"WORKDIR {folder}"
        yield _run(
            spec,
            ("python", "-m", "venv", _TOOL),
            (f"{_TOOL}/bin/python", "-m", "pip", "install", *_pip(spec), *tool),
            tuple(word.format(name=name) for word in reading),
            *([(*install, _PINNED)] if name in LOCKS else []),
            ("rm", "-rf", _TOOL),
        )
        yield f"WORKDIR {HOME}"
    else:
        yield _run(spec, (*install, f"{folder}/{name}"))


_TOOLS: Final = {
    "uv.lock": (
        ("uv",),
        (f"{_TOOL}/bin/uv", "export", "--frozen", "--no-dev", "--no-emit-project", "--quiet",
         "--output-file", _PINNED),
    ),
    "poetry.lock": (
        ("poetry", "poetry-plugin-export"),
        (f"{_TOOL}/bin/poetry", "export", "--output", _PINNED),
    ),
}  # fmt: skip
# With --system it would pass over a Python that is in a virtual environment.
_PYLOCK: Final = (
    ("uv",),
    (f"{_TOOL}/bin/uv", "pip", "install", "--no-cache", "--python", "python",
     "--break-system-packages", "--requirement", "{name}"),
)  # fmt: skip


def _pip(spec: ImageSpec) -> Iterator[str]:
    yield "--no-cache-dir"
    if spec.pip_index:
        yield from ("--index-url", spec.pip_index)
    for each in spec.pip_extra_index_url:
        yield from ("--extra-index-url", each)
    yield from spec.pip_extra_args


def _run(spec: ImageSpec, *commands: Sequence[str]) -> str:
    """Commands that are one step, and so one layer; they may read secrets, which are in none."""
    mounts = "".join(
        f"--mount=type=secret,id={secret_id(number)},target={target},required=true "
        for number, (_, target) in enumerate(spec.pip_secret_mounts)
    )
    only, *more = commands
    words = ("/bin/sh", "-c", " && ".join(map(shlex.join, commands))) if more else only
    return f"RUN {mounts}{_words(words)}"


def secret_id(number: int) -> str:
    """By which a builder knows a secret."""
    return f"secret{number}"


def _shell(command: str) -> str:
    return f"RUN {_words(('/bin/sh', '-c', command))}"


def _copied(folder: str, target: str) -> str:
    return f"COPY {_words((f'{folder}/', f'{target}/'))}"


def _words(words: Sequence[str]) -> str:
    return json.dumps(list(words))


def _quoted(value: str) -> str:
    escaped = value.replace("\\", "\\\\").replace('"', '\\"').replace("$", "\\$")
    return f'"{escaped}"'
