"""Lines of a log: by position, filtered and searched, as they are stored."""

from __future__ import annotations

import msgspec
import pytest

from volery.services import log_lines
from volery.services.log_lines import matches, window
from volery.wire.logs import LogFilter, LogLine, LogRecord

ALL = LogFilter("n0")


def stored(*records):
    return b"".join(msgspec.json.encode(each) + b"\n" for each in records)


def printed(*texts, stream="stdout"):
    return [LogRecord(1.5, stream, each) for each in texts]


def texts(found):
    return [(each.number, each.text) for each in found.lines]


def shown(data, where=ALL, first=0, count=10):
    return window(data, where, first, count, complete=True)


def test_lines_have_their_numbers_from_one_on():
    found = shown(stored(*printed("one", "two", "three")), first=1, count=1)
    assert texts(found) == [(2, "two")]
    assert (found.first, found.total, found.complete) == (1, 3, True)


def test_a_negative_position_counts_from_the_end():
    data = stored(*printed("one", "two", "three"))
    assert texts(shown(data, first=-2)) == [(2, "two"), (3, "three")]
    assert shown(data, first=-9).first == 0
    assert texts(shown(data, first=9)) == []


def test_a_filter_keeps_the_numbers_that_lines_have_in_the_whole():
    warning = LogRecord(2.0, "log", "careful", "WARNING", "flows")
    data = stored(*printed("one"), warning, *printed("bad", stream="stderr"))
    streams = LogFilter("n0", streams=("stderr", "log"))
    assert texts(shown(data, streams)) == [(2, "careful"), (3, "bad")]
    levels = LogFilter("n0", levels=("WARNING", "ERROR"))
    assert shown(data, levels).lines == (LogLine(2.0, "log", "careful", "WARNING", "flows", 2),)


def test_text_cannot_pass_for_what_a_filter_looks_for():
    data = stored(*printed('"stream":"stderr"', '","level":"ERROR'))
    assert shown(data, LogFilter("n0", streams=("stderr",))).total == 0
    assert shown(data, LogFilter("n0", levels=("ERROR",))).total == 0


def test_a_line_that_is_still_being_written_does_not_count():
    data = stored(*printed("one", "two"))
    assert texts(shown(data[:-5])) == [(1, "one")]


def test_a_damaged_line_is_shown_as_it_is():
    assert texts(shown(b"{broken\n" + stored(*printed("two")))) == [(1, "{broken"), (2, "two")]


def test_long_lines_come_fewer_at_a_time(monkeypatch):
    monkeypatch.setattr(log_lines, "MOST", 1000)
    found = shown(stored(*printed("x" * 600, "y" * 600, "z")))
    assert ([number for number, _ in texts(found)], found.total) == ([1, 2], 3)


def test_a_search_finds_positions_among_the_lines_that_count():
    data = stored(*printed("loss", "gain"), *printed("LOSS again", "no", stream="stderr"))
    assert matches(data, ALL, "loss").at == matches(data, ALL, "LoSS").at == (0, 2)
    assert matches(data, LogFilter("n0", streams=("stderr",)), "loss").at == (0,)


@pytest.mark.parametrize("text", ['a "b" \\ c', "ß and Ä", "tab\there", "stdout", "1.5"])
def test_a_search_looks_at_the_text_alone(text):
    data = stored(*printed("stream level text at", text))
    assert matches(data, ALL, text).at == (1,)


def test_a_search_does_not_see_colours():
    data = stored(*printed("\x1b[31mfoo\x1b[0mbar"))
    assert matches(data, ALL, "foobar").total == 1
    assert matches(data, ALL, "31m").total == 0


def test_of_many_matches_the_first_are_told(monkeypatch):
    monkeypatch.setattr(log_lines, "MATCHES", 2)
    found = matches(stored(*printed(*"aaaa")), ALL, "a")
    assert (found.at, found.total) == ((0, 1), 4)
