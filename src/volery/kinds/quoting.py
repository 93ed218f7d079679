"""Shell scripts with fields: each becomes a variable, so that no value is ever read as code.

A value that is put into the text of a script can end the word, the quotes or the command that it
stands in, and whoever chooses the value chooses what runs. So a field is replaced by an expansion
of a variable that has the value: ``"${INPUT_x}"`` between words, ``${INPUT_x}`` inside of double
quotes, ``'"${INPUT_x}"'`` inside of single ones. Where the quotes are misread, words may be split
wrongly, but nothing else can happen: a shell does not look into what a variable expands to. The
exception is arithmetic, where only numbers are let in. What a command makes of its words is its own
business, and ``eval`` makes code of them.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final, NamedTuple

FIELD: Final = re.compile(r"\{(inputs|outputs)\.(\w*)\}")
SHELLS: Final = frozenset({"ash", "bash", "dash", "ksh", "mksh", "sh", "yash", "zsh"})
"""Those that read expansions like that."""

_TOKEN: Final = re.compile(
    r"\{(?:inputs|outputs)\.\w*\}"
    r"|\\.|\$\(\(|\(\(|\)\)|\$\(|[()'\"\n]"
    r"|<<-?[ \t]*(?:'\w+'|\"\w+\"|\w+)"
    r"|(?<![^\s;&|])#[^\n]*"
    r"|[^\\$()'\"\n<#{]+|.",
    re.DOTALL,
)

Variable = Callable[[str, str, bool], str]
"""From a field (``inputs``, its name, and whether it has to be a number) to its variable."""


def bound(script: str, variable: Variable) -> str:
    """A script with variables in place of its fields.

    `variable` raises DefinitionError where there is none for a field.
    """
    return _Script(script, variable).written()


class _Part(NamedTuple):
    """Quotes or parentheses that stand around a place: what ends them, and whether one counts."""

    end: str
    arithmetic: bool = False


_BEGINS: Final = {
    "'": _Part("'"),
    '"': _Part('"'),
    "(": _Part(")"),
    "$(": _Part(")"),
    "((": _Part("))", arithmetic=True),
    "$((": _Part("))", arithmetic=True),
}
_CHARACTERS: Final = ("'", "(", "((")
"""What begins nothing inside of double quotes."""


class _Script:
    """A script that is being read, from the beginning."""

    def __init__(self, script: str, variable: Variable) -> None:
        self._script = script
        self._variable = variable
        self._position = 0
        self._around = [_Part("")]
        self._documents: list[tuple[str, bool]] = []
        """Here-documents that begin with the next line: their ends, and whether in quotes."""

    def written(self) -> str:
        """All of it."""
        parts: list[str] = []
        while token := _TOKEN.match(self._script, self._position):
            self._position = token.end()
            parts.append(self._read(token[0]))
        return "".join(parts)

    def _read(self, text: str) -> str:
        around = self._around[-1]
        if field := FIELD.fullmatch(text):
            return _expansion(self._variable(field[1], field[2], around.arithmetic), around)
        if text == "))" and around.end == ")":  # each ends something else
            self._position -= 1
            text = ")"
        if text == around.end:
            self._around.pop()
        elif around.end != "'":
            self._begin(text, around)
            if text == "\n":
                return text + "".join(self._bodies())
        return text

    def _begin(self, text: str, around: _Part) -> None:
        quoted = around.end == '"'
        if text in _BEGINS and not (quoted and text in _CHARACTERS):
            part = _BEGINS[text]
            counts = part.arithmetic or (around.arithmetic and text != "$(")
            self._around.append(_Part(part.end, counts))
        elif text.startswith("<<") and len(text) > 2 and not quoted:
            word = text.lstrip("<- \t")
            self._documents.append((word.strip("'\""), word[0] in "'\""))

    def _bodies(self) -> list[str]:
        """The here-documents that begin here, each with the line that ends it."""
        bodies: list[str] = []
        for word, quoted in self._documents:
            end = re.compile(rf"^\t*{word}$", re.MULTILINE).search(self._script, self._position)
            stop = len(self._script) if end is None else end.end()
            body = self._script[self._position : stop]
            bodies.append(body if quoted else FIELD.sub(self._in_body, body))
            self._position = stop
        self._documents.clear()
        return bodies

    def _in_body(self, field: re.Match[str]) -> str:
        number = False
        return f"${{{self._variable(field[1], field[2], number)}}}"


def _expansion(name: str, around: _Part) -> str:
    if around.end == '"' or around.arithmetic:
        return f"${{{name}}}"
    return f"'\"${{{name}}}\"'" if around.end == "'" else f'"${{{name}}}"'
