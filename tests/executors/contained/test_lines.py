"""From the bytes that a container prints to records."""

from __future__ import annotations

import msgspec
from hypothesis import given, strategies as st

from volery.executors.contained.lines import LONGEST, MOST, TAIL, LineReader
from volery.wire.logs import LogRecord
from volery.worker.records import BEGAN, MARK


def marked(record: LogRecord) -> bytes:
    return MARK + msgspec.json.encode(record) + b"\n"


def test_lines_become_records_when_they_are_complete():
    reader = LineReader("stdout")
    assert reader.feed(b"one\ntw", 1.0) == [LogRecord(1.0, "stdout", "one")]
    assert reader.feed(b"o\n", 2.0) == [LogRecord(2.0, "stdout", "two")]
    assert reader.feed(b"three", 3.0) == []
    assert reader.end(4.0) == [LogRecord(4.0, "stdout", "three")]
    assert reader.end(5.0) == []


@given(st.lists(st.text(st.characters(exclude_characters="\n\r\x1e", codec="utf-8"))), st.data())
def test_however_the_bytes_are_cut_the_lines_are_the_same(lines, data):
    whole = "".join(f"{line}\n" for line in lines).encode()
    reader = LineReader("stderr")
    found = []
    rest = whole
    while rest:
        cut = data.draw(st.integers(1, len(rest)))
        found += reader.feed(rest[:cut], 1.0)
        rest = rest[cut:]
    assert [record.text for record in found + reader.end(1.0)] == lines


def test_a_marked_line_is_a_record_of_logging():
    record = LogRecord(7.0, "log", "careful", "WARNING", "mine")
    reader = LineReader("stderr")
    assert reader.feed(b"no end" + marked(record), 9.0) == [
        LogRecord(9.0, "stderr", "no end"),
        record,
    ]


def test_the_worker_says_when_user_code_begins():
    reader = LineReader("stderr")
    assert reader.began is None
    assert reader.feed(marked(LogRecord(7.0, BEGAN, "")), 9.0) == []
    assert reader.began == 7.0


def test_a_marked_line_that_is_no_record_is_a_line():
    reader = LineReader("stdout")
    assert reader.feed(MARK + b"{]\n", 1.0) == [LogRecord(1.0, "stdout", "\x1e{]")]


def test_a_record_that_pretends_to_be_of_another_stream_is_one_of_logging():
    (record,) = LineReader("stdout").feed(marked(LogRecord(1.0, "stdout", "x")), 2.0)
    assert record.stream == "log"


def test_a_line_without_end_takes_bounded_memory():
    reader = LineReader("stdout")
    records = [record for _ in range(100) for record in reader.feed(b"x" * 50_000, 1.0)]
    assert len(records) >= 5_000_000 // (MOST + 50_000)
    assert all(len(record.text) < LONGEST + 100 for record in records)
    assert "characters left out" in records[0].text


def test_what_nobody_may_see_is_blotted_out_of_lines_and_records():
    reader = LineReader("stdout", lambda text: text.replace("hunter2", "[secret]"))
    data = b"it is hunter2\n" + marked(LogRecord(1.0, "log", "hunter2", "INFO", "a"))
    assert [each.text for each in reader.feed(data, 1.0)] == ["it is [secret]", "[secret]"]
    assert reader.tail() == "it is [secret]"


def test_the_tail_has_the_last_plain_lines():
    reader = LineReader("stderr")
    for number in range(10_000):
        reader.feed(f"line {number}\n".encode(), 1.0)
    reader.feed(marked(LogRecord(1.0, "log", "logged", "INFO", "a")), 1.0)
    tail = reader.tail()
    assert tail.endswith("line 9998\nline 9999")
    assert len(tail) <= TAIL
