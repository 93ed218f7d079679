from __future__ import annotations

from hypothesis import given, strategies as st

from volery.ir.failure import Failure
from volery.ir.specs import Loader
from volery.ir.work import ElementFailure, Result, Work
from volery.worker.protocol import (
    Done,
    FrameReader,
    Init,
    Loaded,
    Ready,
    Return,
    Returned,
    Run,
    decode_from_worker,
    decode_to_worker,
    frame,
)

texts = st.text(max_size=5)
ids = st.integers(0, 2**63 - 1)
failures = st.builds(Failure, texts, st.sampled_from(["USER", "SYSTEM"]), texts)
works = st.builds(
    Work, ids, texts, texts, ids, texts, st.none() | st.builds(Loader, texts, texts), st.binary(),
    st.none() | ids, st.lists(texts).map(tuple), st.lists(st.tuples(texts, texts)).map(tuple),
)  # fmt: skip
results = st.builds(
    Result, ids, st.none() | st.binary(), st.none() | failures,
    st.lists(st.builds(ElementFailure, ids, failures)).map(tuple),
    st.floats(allow_nan=False), st.floats(allow_nan=False), st.none() | st.binary(),
)  # fmt: skip
to_worker = (
    st.builds(Init, st.lists(texts).map(tuple), texts)
    | st.builds(Run, st.lists(works, max_size=3).map(tuple))
    | st.builds(Return)
)
from_worker = (
    st.builds(Ready)
    | st.builds(Loaded, ids)
    | st.builds(Done, results, st.tuples(ids, ids, ids))
    | st.builds(Returned, st.lists(ids).map(tuple))
)


@given(st.lists(to_worker, max_size=5), st.data())
def test_messages_survive_a_stream_cut_anywhere(messages, data):
    stream = b"".join(map(bytes, map(frame, messages)))
    cuts = sorted(data.draw(st.lists(st.integers(0, len(stream)), max_size=8)))
    reader = FrameReader()
    bodies = []
    for start, end in zip([0, *cuts], [*cuts, len(stream)], strict=True):
        bodies += reader.feed(stream[start:end])
    assert [decode_to_worker(body) for body in bodies] == messages


@given(from_worker)
def test_answers_come_back_as_they_were(message):
    (body,) = FrameReader().feed(bytes(frame(message)))
    assert decode_from_worker(body) == message


def test_an_unfinished_frame_waits_for_the_rest():
    stream = bytes(frame(Returned((1, 2))))
    reader = FrameReader()
    assert [reader.feed(stream[at : at + 1]) for at in range(len(stream) - 1)] == [[]] * (
        len(stream) - 1
    )
    assert len(reader.feed(stream[-1:])) == 1
