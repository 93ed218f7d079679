"""``ShellTask``: a script of a shell."""

from __future__ import annotations

import os
import re
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Unpack, cast

from volery.data.names import check_name, path_inside
from volery.errors import DefinitionError, RecoverableError, VoleryError, suggest
from volery.ir.types import BOOL, FLOAT, INT
from volery.kinds.kind import Declared, Kind
from volery.kinds.program import run
from volery.kinds.quoting import FIELD, SHELLS, bound
from volery.kinds.texts import text_of, value_of
from volery.sdk.context import current_context
from volery.sdk.options import text
from volery.sdk.setting import Setting
from volery.sdk.source import here, show
from volery.types.file import File

if TYPE_CHECKING:
    from volery.sdk.options import TaskOptions

INPUT: Final = "INPUT_"
OUTPUT: Final = "OUTPUT_"
"""What the names of variables begin with that have inputs, and the paths of outputs."""


class OutputLocation(Setting, frozen=True):
    """A file or folder that a script leaves, and that becomes an output.

    Args:
        var: name of the output.
        var_type: its type: `File`, `Directory`, a frame, or for what stands in a file a text, a
            number or whatever else can be read as JSON.
        location: path below the folder that the script runs in, in which ``{inputs.x}`` may stand
            for an input; by default the name of the output.

    Raises:
        DefinitionError: a value cannot be used.
    """

    var: str
    var_type: Any = File
    location: str = ""

    def __post_init__(self) -> None:
        place = f"OutputLocation ({show(here())})"
        location = text(self.location, "location", place)
        if location.startswith("/") or ".." in location.split("/"):
            raise DefinitionError(
                f"{place}: location= is {location!r}, outside of the script's own folder",
                hint="leave out what is before the name: each attempt has a folder of its own",
            )


class ShellTask(Kind):
    """A script that a shell runs, in a folder of its own.

    ``{inputs.x}`` stands for the value of an input: a text or number as it is, the path of a file
    or directory, JSON of all else. ``{outputs.y}`` is the path that an output belongs to. Both are
    put in as variables (``INPUT_x``, ``OUTPUT_y``) and quoted as their place asks for, so that a
    value is one word and is never run. Any other shell than those of the Bourne kind takes the
    variables itself.

    Args:
        name: of the task.
        script: what the shell runs.
        script_file: or a file with it; its path is relative to that of the module.
        shell: the program, which is given the path of a file with the script.
        inputs: names and types: ``kwtypes(text=str)``.
        output_locs: what it leaves.
        debug: the shell prints each command before it runs it (``-x``).
        options: as those of ``@task``.

    Raises:
        DefinitionError: something cannot be used.
    """

    carried = "shell"

    def __init__(
        self,
        name: str,
        script: str | None = None,
        *,
        script_file: str | os.PathLike[str] | None = None,
        shell: str = "/bin/sh",
        inputs: Mapping[str, Any] | None = None,
        output_locs: Sequence[OutputLocation] = (),
        debug: bool = False,
        **options: Unpack[TaskOptions],
    ) -> None:
        declared = Declared(type(self).__name__, name)
        self._locations = _locations(declared, output_locs)
        outputs = {each.var: each.var_type for each in self._locations}
        declared.sign(inputs, outputs)
        self._shell = _text(declared, "shell", shell)
        self._debug = debug
        self._script = _script(declared, script, script_file)
        self._bound = self._with_variables(declared)
        for each in self._locations:
            for field in FIELD.finditer(each.location):
                _check(declared, f"the location of output {each.var}", field, ("inputs",))
        super().__init__(declared, options)

    @property
    def content(self) -> Mapping[str, object]:
        locations = tuple((each.var, each.location) for each in self._locations)
        return {"script": self._script, "shell": self._shell, "locations": locations}

    def execute(self, **inputs: Any) -> Any:
        ports = self.signature.inputs
        texts = {name: text_of(ports[name], value) for name, value in inputs.items()}
        folder = Path(tempfile.mkdtemp(prefix="shell-", dir=current_context().working_directory))
        paths = {each.var: _path(each, folder, inputs, texts) for each in self._locations}
        variables = {f"{INPUT}{name}": each for name, each in texts.items() if each is not None}
        variables |= {f"{OUTPUT}{name}": str(path) for name, path in paths.items()}
        self._run(folder, variables)
        outputs = self.signature.outputs.values()
        values = tuple(value_of(each, paths[each.name], "the script") for each in outputs)
        return values if len(values) > 1 else values[0] if values else None

    def _run(self, folder: Path, variables: Mapping[str, str]) -> None:
        script = folder.with_suffix(".script")
        script.write_text(self._bound)
        words = [self._shell, *(["-x"] if self._debug else []), str(script)]
        try:
            ended = run(words, variables, folder)
        except OSError as error:
            raise VoleryError(
                f"{self._shell} cannot be started: {error}", code="ShellNotFound"
            ) from None
        if ended.status:
            tail = ended.errors or ended.printed
            raise RecoverableError(
                f"the script ended with {ended.told}" + (f"\n{tail}" if tail else ""),
                code="ScriptFailed",
            )

    def _with_variables(self, declared: Declared) -> str:
        if Path(self._shell).name not in SHELLS:
            field = FIELD.search(self._script)
            if field is None:
                return self._script
            raise declared.error(
                f"the script has {field[0]}, but {self._shell} is no shell of the Bourne kind",
                f"read the variable {INPUT if field[1] == 'inputs' else OUTPUT}{field[2]} in it",
            )

        def variable(kind: str, name: str, number: bool) -> str:  # noqa: FBT001 - see `Variable`
            _known(declared, "the script", kind, name)
            if number and not (kind == "inputs" and _is_number(declared, name)):
                raise declared.error(
                    f"the script has {{{kind}.{name}}} in arithmetic, where shells run commands in "
                    "texts",
                    "declare the input as an int or a float",
                )
            return f"{INPUT if kind == 'inputs' else OUTPUT}{name}"

        return bound(self._script, variable)


def _is_number(declared: Declared, name: str) -> bool:
    return declared.signature.inputs[name].codec.type in (INT, FLOAT, BOOL)


def _check(declared: Declared, where: str, field: re.Match[str], kinds: Sequence[str]) -> None:
    if field[1] not in kinds:
        raise declared.error(f"{where} has {field[0]}, which is not known there")
    _known(declared, where, field[1], field[2])


def _known(declared: Declared, where: str, kind: str, name: str) -> None:
    signature = declared.signature
    known = signature.inputs if kind == "inputs" else signature.outputs
    if name not in known:
        raise declared.error(
            f"{where} has {{{kind}.{name}}}, and there is no {kind[:-1]} {name}",
            suggest(name, known),
        )


def _locations(declared: Declared, given: object) -> tuple[OutputLocation, ...]:
    if not isinstance(given, list | tuple) or not all(
        isinstance(each, OutputLocation) for each in cast("Sequence[object]", given)
    ):
        raise declared.error(
            f"output_locs= takes a list of OutputLocation, got {given!r}",
            'write output_locs=[OutputLocation("report", File)]',
        )
    locations = cast("Sequence[OutputLocation]", given)
    names = [each.var for each in locations]
    if len(set(names)) < len(names):
        raise declared.error("two of output_locs= have the same name")
    return tuple(locations)


def _script(declared: Declared, script: object, file: object) -> str:
    if (script is None) == (file is None):
        raise declared.error("it takes either script= or script_file=")
    if script is not None:
        return _text(declared, "script", script)
    path = declared.beside("script_file", file)
    try:
        return path.read_text()
    except (OSError, UnicodeDecodeError) as error:
        raise declared.error(f"script_file= cannot be read: {error}") from None


def _text(declared: Declared, option: str, given: object) -> str:
    if not isinstance(given, str) or not given.strip():
        raise declared.error(f"{option}= takes a text, got {given!r}")
    return given


def _path(
    each: OutputLocation, folder: Path, inputs: Mapping[str, Any], texts: Mapping[str, str | None]
) -> Path:
    """Where an output belongs. Of a file that is an input only the name counts.

    Raises:
        StorageError: values of inputs lead out of the folder.
    """

    def value(field: re.Match[str]) -> str:
        found = texts[field[2]] or ""
        return Path(found).name if isinstance(inputs[field[2]], os.PathLike) else found

    name = FIELD.sub(value, each.location) or each.var
    check_name(name)
    path = path_inside(folder, name)
    path.parent.mkdir(parents=True, exist_ok=True)
    return path
