from __future__ import annotations

import socket
from contextlib import closing

import pytest
from hypothesis import given, strategies as st

from volery.executors.docker.api import Stream
from volery.executors.docker.frames import FrameReader, seconds
from volery.executors.docker.log import ContainerLog

AT = "2026-11-23T00:27:{:02}.500000000Z"


def frame(text: bytes, stream: int = 1, second: int = 0) -> bytes:
    body = AT.format(second).encode() + b" " + text
    return bytes([stream, 0, 0, 0]) + len(body).to_bytes(4) + body


@pytest.fixture
def pipe():
    """A function that makes streams with what is written to them, and what comes then."""
    ends = []

    def make(data: bytes) -> Stream:
        ours, theirs = socket.socketpair()
        ends.extend((ours, theirs))
        ours.sendall(data)
        ours.close()
        return Stream(theirs, b"")

    yield make
    for each in ends:
        each.close()


def read_all(log, *, ended=False):
    records = []
    while not log.ended:
        records += log.read(ended=ended)
    return records


@given(st.lists(st.binary(max_size=20)), st.integers(1, 40))
def test_frames_come_out_whole_however_they_arrive(texts, size):
    data = b"".join(map(frame, texts))
    reader = FrameReader()
    pieces = [data[start : start + size] for start in range(0, len(data), size)]
    frames = [each for piece in pieces for each in reader.feed(piece)]
    assert [each.text for each in frames] == texts


def test_times_of_an_engine_are_seconds():
    assert seconds("2026-11-23T00:27:11.042669237Z") == pytest.approx(1795393631.042669)
    assert seconds("nonsense") == 0.0


def test_lines_of_both_streams_have_the_times_of_the_engine(pipe):
    data = frame(b"out\n", second=1) + frame(b"err\n", 2, 2) + frame(b"no end", second=3)
    log = ContainerLog(pipe(data), None)
    records = [*read_all(log), *log.end()]
    assert [(each.stream, each.text) for each in records] == [
        ("stdout", "out"),
        ("stderr", "err"),
        ("stdout", "no end"),
    ]
    assert [each.at for each in records] == [seconds(AT.format(n)) for n in (1, 2, 3)]


def test_a_line_in_parts_is_one_line(pipe):
    log = ContainerLog(pipe(frame(b"one ") + frame(b"line\n")), None)
    assert [each.text for each in read_all(log)] == ["one line"]


def test_a_stream_that_repeats_itself_adds_only_what_is_new(pipe):
    first, second, third = (frame(b"%d\n" % n, second=n) for n in (1, 2, 3))
    log = ContainerLog(pipe(first + second + third[:-4]), None)
    before = read_all(log)
    assert log.since == f"{seconds(AT.format(2)):.6f}"
    log.go_on(pipe(second + third))
    assert [each.text for each in (*before, *read_all(log))] == ["1", "2", "3"]


def test_it_counts_what_came_after_the_end(pipe):
    data = frame(b"x\n")
    log = ContainerLog(pipe(data), None)
    read_all(log, ended=True)
    assert log.behind == len(data)


def test_a_log_without_anything_to_read_does_not_wait():
    ours, theirs = socket.socketpair()
    with closing(ours), closing(theirs):
        log = ContainerLog(Stream(theirs, b""), None)
        assert log.read(ended=False) == []
        assert not log.ended
