"""Fields of scripts: whatever a value is, it stays one word and nothing of it is run."""

from __future__ import annotations

import subprocess

import pytest
from hypothesis import given, strategies as st

from volery.kinds.quoting import bound

VALUES = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=40)


def variable(kind: str, name: str, number: bool) -> str:
    return f"{kind}_{name}" if not number else f"number_{name}"


def shown(script: str, value: str) -> str:
    """What a script prints in which ``{inputs.x}`` has a value."""
    done = subprocess.run(
        ["/bin/sh", "-c", bound(script, variable)],
        env={"inputs_x": value},
        capture_output=True,
        check=True,
    )
    return done.stdout.decode()


@pytest.mark.parametrize(
    ("script", "expected"),
    [
        ("printf '<%s>' {inputs.x}", "<{}>"),
        ("printf '<%s>' \"{inputs.x}\"", "<{}>"),
        ("printf '<%s>' '{inputs.x}'", "<{}>"),
        ("printf '<%s>' a{inputs.x}b", "<a{}b>"),
        ("printf '<%s>' \"$(printf %s {inputs.x}; printf .)\"", "<{}.>"),
        ('printf \'<%s>\' "$(printf %s "{inputs.x}"; printf .)"', "<{}.>"),
        ("# don't\nprintf '<%s>' {inputs.x}", "<{}>"),
        ("printf '<%s>' \\'{inputs.x}\\'", "<'{}'>"),
        ("(printf '<%s>' {inputs.x})", "<{}>"),
        ("cat <<END\n<{inputs.x}>\nEND\n", "<{}>\n"),
        ("cat <<'A' - <<B; printf %s {inputs.x}\n{inputs.x}\nA\n{inputs.x}\nB\n", "{}\n{}"),
        ("printf '<%s>' '$HOME' {inputs.x} '`'", "<$HOME><{}><`>"),
    ],
)
@given(value=VALUES)
def test_a_value_is_one_word_wherever_it_stands(script, expected, value):
    value = value.replace("\r", "")
    assert shown(script, value) == expected.replace("{}", value)


@pytest.mark.parametrize(
    "script",
    [
        "echo {inputs.x}", 'echo "{inputs.x}"', "echo '{inputs.x}'", "echo `echo {inputs.x}`",
        "echo \"`echo '{inputs.x}'`\"", "cat <<A\n`echo {inputs.x}`\nA", "echo ${y:-{inputs.x}}",
        "case {inputs.x} in a) echo '{inputs.x}';; esac; echo \"{inputs.x}\"",
    ],
)  # fmt: skip
@pytest.mark.parametrize(
    "value", ["$(echo RUN >&2)", "`echo RUN >&2`", "'; echo RUN >&2; '", '"; echo RUN >&2; "']
)
def test_nothing_in_a_value_is_run(script, value):
    done = subprocess.run(
        ["/bin/sh", "-c", bound(script, variable)],
        env={"inputs_x": value},
        capture_output=True,
        check=False,
    )
    assert b"RUN\n" not in done.stderr


@pytest.mark.parametrize(
    "script",
    ["$(( {inputs.x} + 1 ))", "$(( (1 + {inputs.x}) * 2 ))", "(( {inputs.x} > 1 ))",
     "$(( (a*(b+c)) + {inputs.x} ))", '$(( "{inputs.x}" ))'],
)  # fmt: skip
def test_arithmetic_wants_a_number(script):
    assert "${number_x}" in bound(script, variable)


def test_a_command_in_arithmetic_is_a_command():
    assert bound("$(( $(wc -c {inputs.x}) + 1 ))", variable) == '$(( $(wc -c "${inputs_x}") + 1 ))'


def test_other_braces_stay_as_they_are():
    script = "awk '{ print $1 }' a{b,c} ${d} {input.x}"
    assert bound(script, variable) == script
