"""How times, tables, types and errors are put into words."""

from __future__ import annotations

import pytest

from volery.cli.errors import tell
from volery.cli.output import plainly, say, seconds, table
from volery.errors import Aborted, NotFound
from volery.ir.types import DURATION, FLOAT, INT, STR, Field, ListType, RecordType, RecursiveType
from volery.types.written.describing import describe, example


@pytest.mark.parametrize(
    ("duration", "shown"),
    [(0.0354, "35ms"), (2.44, "2.4s"), (59.0, "59.0s"), (192, "3m12s"), (18_420, "5h07m")],
)
def test_durations_are_shown_with_what_matters(duration, shown):
    assert seconds(duration) == shown


def test_colours_take_no_width_in_a_table():
    assert table([("A", "B"), ("\x1b[31mlong\x1b[0m", "x")]) == "A     B\n\x1b[31mlong\x1b[0m  x"


def test_what_a_terminal_would_obey_is_written_escaped(capsys):
    say("a\0b \u202eevil\u2069 \x9b \b")
    assert capsys.readouterr().err == "a\\x00b \\u202eevil\\u2069 \\x9b \\x08\n"
    assert (
        plainly("é \t\r\n \x1b[31mred\x1b[0m 👩\u200d🚀")
        == "é \t\r\n \x1b[31mred\x1b[0m 👩\u200d🚀"
    )


def test_an_example_of_a_record_leaves_defaults_out_and_ends():
    tree = RecordType(
        "flows.Tree",
        (
            Field("value", INT),
            Field("children", ListType(RecursiveType("flows.Tree"))),
            Field("note", STR, required=False),
        ),
    )
    assert example(tree) == '{"value":3,"children":[]}'
    assert example(ListType(FLOAT)) == "[0.5]"


def test_a_type_is_described_by_what_may_be_written():
    assert describe(DURATION) == "a duration (1h30m, 90s, 5 minutes or PT1H30M)"
    assert describe(ListType(INT)) == "list[int]"


@pytest.mark.parametrize(
    ("error", "status"),
    [(NotFound("x"), 2), (Aborted("x"), 1), (KeyboardInterrupt(), 130), (SystemExit(3), 3)],
)
def test_each_error_has_its_exit_status(error, status, capsys):
    assert tell(error) == status
    assert "Traceback" not in capsys.readouterr().err


def test_an_error_that_nobody_expected_is_told_as_our_bug(capsys):
    assert tell(RuntimeError("odd")) == 70
    told = capsys.readouterr().err
    assert "RuntimeError: odd" in told
    assert "please report it" in told
