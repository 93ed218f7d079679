"""``ContainerTask``: a command of any image, without Volery in it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Literal, NoReturn, Unpack, cast

from volery.errors import CallError, suggest
from volery.ir.placement import ContainerCommand
from volery.ir.words import PLACES, unknown
from volery.kinds.kind import Declared, Kind

if TYPE_CHECKING:
    from volery.sdk.options import Tagged, TaskOptions


class ContainerTask(Kind):
    """A command that runs in a container.

    Inputs are files of a folder, by their names: a text or number as text, a `File` as itself, a
    `Directory` as a folder, all else as JSON. Outputs are files that the command leaves in another
    folder. In the words of the command ``{{.inputs.x}}`` stands for the value of an input (of a
    file, a directory: its path), ``{{.inputDir}}`` and ``{{.outputDir}}`` for the folders. No shell
    comes between: a value is always one word, or a part of one.

    Args:
        name: of the task.
        image: that it runs in: a text or an ImageSpec.
        command: program and arguments; none: what the image runs by itself.
        arguments: further ones.
        inputs, outputs: names and types: ``kwtypes(count=int)``.
        input_data_dir, output_data_dir: the folders, in the container.
        metadata_format: of files of values that are neither text, number, file nor folder.
        contract: the command keeps to the contract of attempts itself: no folders, but the URI of
            its invocation, in ``VOLERY_INVOCATION`` and for ``{{.invocation}}``.
        options: as those of ``@task``. Without `executor` it is Docker that carries it out.

    Raises:
        DefinitionError: something cannot be used.
    """

    carried = "container"

    def __init__(
        self,
        name: str,
        image: str | Tagged,
        command: Sequence[str] = (),
        *,
        arguments: Sequence[str] = (),
        inputs: Mapping[str, Any] | None = None,
        outputs: Mapping[str, Any] | None = None,
        input_data_dir: str = "/var/inputs",
        output_data_dir: str = "/var/outputs",
        metadata_format: Literal["json", "yaml"] = "json",
        contract: bool = False,
        **options: Unpack[TaskOptions],
    ) -> None:
        declared = Declared(type(self).__name__, name)
        declared.sign(inputs, outputs)
        if "container_image" in options:
            raise declared.error("container_image= is what image= says", "leave it out")
        if options.get("enable_deck"):
            raise declared.error(
                "enable_deck= is for tasks in Python",
                "leave it out: the program writes its decks itself, see docs/attempts.md",
            )
        self._command = ContainerCommand(
            (*_words(declared, "command", command), *_words(declared, "arguments", arguments)),
            _folder(declared, "input_data_dir", input_data_dir),
            _folder(declared, "output_data_dir", output_data_dir),
            _form(declared, metadata_format),
            _flag(declared, contract),
        )
        if self._command.input_dir == self._command.output_dir:
            raise declared.error("input_data_dir= and output_data_dir= are the same folder")
        if options.get("executor") is None and options.get("isolation") is None:
            options["isolation"] = "container"
        super().__init__(declared, {**options, "container_image": image})

    def command(self) -> ContainerCommand:
        return self._command

    @property
    def content(self) -> Mapping[str, object]:
        image = self.policy.placement.image if self.policy.placement else ""
        said = self._command
        return {
            "image": image,
            "command": said.words,
            "folders": (said.input_dir, said.output_dir, said.form, said.contract),
        }

    def execute(self, **inputs: Any) -> NoReturn:
        del inputs
        raise CallError(
            f"task {self.name} runs in a container, which a plain call does not start",
            hint="run it by volery run, or let a task_mock stand in for it",
        )


def _words(declared: Declared, option: str, given: object) -> tuple[str, ...]:
    wanted = f"{option}= takes a list of words"
    if isinstance(given, str) or not isinstance(given, Sequence):
        hint = f'write {option}=["sh", "-c", "..."]' if isinstance(given, str) else None
        raise declared.error(f"{wanted}, got {given!r}", hint)
    words = tuple(cast("Sequence[object]", given))
    for each in words:
        if not isinstance(each, str) or "\0" in each:
            raise declared.error(f"{wanted}, one is {each!r}", "write numbers as texts")
    texts = cast("tuple[str, ...]", words)
    inputs = declared.signature.inputs
    for field in unknown(texts, inputs):
        known = [*(f"inputs.{name}" for name in inputs), *PLACES]
        raise declared.error(
            f"{option}= has {{{{.{field}}}}}, which stands for nothing", suggest(field, known)
        )
    return texts


def _folder(declared: Declared, option: str, given: object) -> str:
    if isinstance(given, str) and given.startswith("/") and ".." not in given.split("/"):
        folder = "/" + "/".join(part for part in given.split("/") if part)
        if folder != "/":
            return folder
    raise declared.error(f"{option}= takes the absolute path of a folder, got {given!r}")


def _form(declared: Declared, given: object) -> Literal["json", "yaml"]:
    match str(given).lower():
        case "json" | "yaml" as form:
            return form
        case _:
            raise declared.error(
                f"metadata_format= takes 'json' or 'yaml', got {given!r}",
                suggest(str(given), ("json", "yaml")),
            )


def _flag(declared: Declared, given: object) -> bool:
    if isinstance(given, bool):
        return given
    raise declared.error(f"contract= takes True or False, got {given!r}")
