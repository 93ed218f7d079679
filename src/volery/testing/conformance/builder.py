"""What every builder of images must do.

Subclass `BuilderConformance` in a test module and give it fixtures: ``builder``; ``base``, the name
of an image that it has, with Python, pip and a shell; and ``printed(image, *command)``, what a
command prints in a container of an image.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from volery.images.builder import Builder, BuildFailed
from volery.sdk.image import ImageSpec

Printed = Callable[..., str]


class BuilderConformance:
    """Of the protocol `images.builder.Builder`."""

    def test_an_image_is_there_when_it_was_built(self, builder: Builder, base: str) -> None:
        spec = ImageSpec(name="there", base_image=base, volery="", commands=["true"])
        lines: list[str] = []
        assert not builder.exists(spec.tag)
        builder.build(spec, lines.append)
        assert builder.exists(spec.tag)
        assert lines, "it says nothing of what it does"

    def test_files_variables_and_commands_are_in_it(
        self, builder: Builder, base: str, printed: Printed, tmp_path: Path
    ) -> None:
        (tmp_path / "a $HOME [1].txt").write_text("content ")
        value = "\"q\" '$HOME' \\"
        spec = ImageSpec(
            name="filled", base_image=base, volery="", env={"SAID": value},
            copy=["a $HOME [1].txt"], commands=["echo \"made '$SAID'\" > /app/made"],
            folder=tmp_path,
        )  # fmt: skip
        builder.build(spec, lambda _: None)
        code = (
            "import os; from pathlib import Path; print(os.environ['SAID'], os.getuid(),"
            " *(Path(each).read_text() for each in sorted(os.listdir())), sep='|')"
        )
        assert (
            printed(spec.tag, "python", "-c", code) == f"{value}|1000|content |made '{value}'\n\n"
        )

    def test_a_failure_names_the_step_and_leaves_no_image(
        self, builder: Builder, base: str
    ) -> None:
        commands = ["true", "echo so far; exit 3"]
        spec = ImageSpec(name="failing", base_image=base, volery="", commands=commands)
        with pytest.raises(BuildFailed) as caught:
            builder.build(spec, lambda _: None)
        first, *last = str(caught.value).splitlines()
        assert "echo so far; exit 3" in first
        assert any(line.strip() == "so far" for line in last)
        assert not builder.exists(spec.tag)

    def test_one_spec_can_begin_with_another(
        self, builder: Builder, base: str, printed: Printed
    ) -> None:
        lower = ImageSpec(name="lower", base_image=base, volery="", env={"LOWER": "1"})
        upper = ImageSpec(name="upper", base_image=lower, env={"UPPER": "2"})
        for each in (lower, upper):
            builder.build(each, lambda _: None)
        code = "import os; print(os.environ['LOWER'] + os.environ['UPPER'])"
        assert printed(upper.tag, "python", "-c", code) == "12\n"


class SecretBuilderConformance(BuilderConformance):
    """And of one whose steps can read files that are in no layer."""

    def test_secrets_are_read_and_are_in_no_layer(
        self, builder: Builder, base: str, printed: Printed, tmp_path: Path
    ) -> None:
        (tmp_path / "pip.conf").write_text("[install]\nno-index = true\nfind-links = /nowhere\n")
        spec = ImageSpec(
            name="secret", base_image=base, volery="", packages=["not-there"], folder=tmp_path,
            pip_secret_mounts=[("pip.conf", "/etc/pip.conf")],
        )  # fmt: skip
        with pytest.raises(BuildFailed, match="/nowhere"):
            builder.build(spec, lambda _: None)
        spec = ImageSpec(
            name="secret", base_image=base, volery="", packages=["pip"], folder=tmp_path,
            pip_secret_mounts=[("pip.conf", "/etc/pip.conf")],
        )  # fmt: skip
        builder.build(spec, lambda _: None)
        # There may be the empty file that it was mounted on.
        assert printed(spec.tag, "sh", "-c", "test ! -s /etc/pip.conf && echo empty") == "empty\n"
