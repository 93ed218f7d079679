"""What works print and log: live while they last, blotted, and bounded."""

from __future__ import annotations

import os
from contextlib import ExitStack

import msgspec
import pytest

from volery.executors.base import Printed
from volery.ir.secret import SecretValue
from volery.ir.specs import Loader
from volery.ir.values import pack
from volery.ir.work import Result, Work
from volery.testing.conformance import executor_tasks as suite
from volery.testing.conformance.executor_tasks import listen
from volery.wire.logs import LogRecord
from volery.worker.output import MOST, Output

MODULE = """
    import os, sys, time
    from volery import current_context, task

    @task
    def speak_and_wait(fifo: str) -> None:
        print("before")
        with open(fifo) as waiting:
            waiting.read()
        print("after")

    @task
    def speak_and_die(fifo: str) -> None:
        print("before")
        with open(fifo) as waiting:
            waiting.read()
        print("last words", file=sys.stderr)
        os._exit(1)

    @task
    def log() -> None:
        import logging
        logging.getLogger("own").warning("careful: %s", 7)
        logging.getLogger("own").info("too quiet")
        try:
            1 / 0
        except ZeroDivisionError:
            logging.exception("broken")
        logging.getLogger().error("no %d", "number")

    @task
    def configure() -> bool:
        import io, logging
        mine = io.StringIO()
        logging.basicConfig(level=logging.DEBUG, format="%(message)s!")
        logging.getLogger().addHandler(logging.StreamHandler(mine))
        logging.debug("hello")
        handlers = [type(each).__name__ for each in logging.getLogger().handlers]
        current_context().logging.info("by the task")
        return mine.getvalue() == "hello\\nby the task\\n" and len(handlers) == 2

    @task
    def leak() -> None:
        import logging
        value = current_context().secrets.get("db", "password")
        print("it is", value)
        os.system(f"echo {value}")
        logging.warning("or %s", value)
        raise ValueError(value)

    @task
    def leak_and_die() -> None:
        os.write(2, current_context().secrets.get("db", "password").encode())
        os._exit(1)

    @task
    def quiet() -> None: ...
"""


@pytest.fixture
def executor(start, module):
    return start(1, [module("code_that_prints", MODULE)])


@pytest.fixture
def output(tmp_path):
    with ExitStack() as undo:
        yield Output(tmp_path, undo)


def user(name, secrets=(), **inputs):
    loader = Loader("code_that_prints", name)
    work = Work(next(suite.ids), "e", "n0", 1, f"code_that_prints.{name}", loader, pack(inputs))
    return msgspec.structs.replace(work, secrets=secrets)


def until_printed(executor):
    while True:
        for event in executor.poll(suite.TIMEOUT):
            if isinstance(event, Printed):
                return event


@pytest.mark.parametrize("name", ["speak_and_wait", "speak_and_die"])
def test_what_a_work_prints_comes_while_it_lasts(executor, tmp_path, name):
    fifo = tmp_path / "fifo"
    os.mkfifo(fifo)
    work = user(name, fifo=str(fifo))
    executor.launch([work])
    live = until_printed(executor)
    assert (live.id, [each.text for each in live.records]) == (work.id, ["before"])
    fifo.open("w").close()
    (late,) = suite.heard(executor, [work])
    rest = "after" if name == "speak_and_wait" else "last words"
    assert [each.text for each in late.records] == [rest]


def test_a_work_that_prints_nothing_gives_its_result_alone(executor):
    work = user("quiet")
    executor.launch([work])
    events = []
    while not any(isinstance(each, Result) for each in events):
        events += executor.poll(suite.TIMEOUT)
    assert not any(isinstance(each, Printed) for each in events)


def test_records_keep_level_and_logger_and_come_once(executor):
    (logged,) = listen(executor, [user("log")])
    assert logged.result.failure is None
    assert {each.stream for each in logged.records} == {"log"}
    warning, error, wrong = logged.records
    assert (warning.level, warning.logger, warning.text) == ("WARNING", "own", "careful: 7")
    assert (error.level, error.logger) == ("ERROR", "root")
    assert error.text.startswith("broken\nTraceback")
    assert error.text.endswith("ZeroDivisionError: division by zero")
    assert wrong.text.startswith("no %d (TypeError")


def test_handlers_of_the_user_stay_what_they_are(executor):
    (configured,) = listen(executor, [user("configure")])
    assert suite.output(configured.result) is True
    assert [(each.level, each.logger, each.text) for each in configured.records] == [
        ("DEBUG", "root", "hello"),
        ("INFO", "code_that_prints.configure", "by the task"),
    ]


def test_secrets_are_blotted_out_of_all_that_a_work_leaves(executor):
    secret = SecretValue("db", "password", "s3cr3t!")
    for name in ("leak", "leak_and_die"):
        (leaked,) = listen(executor, [user(name, (secret,))])
        assert "s3cr3t" not in repr(leaked)
        assert "[secret db/password]" in leaked.result.failure.message
        assert leaked.records
    (leaked,) = listen(executor, [user("leak", (secret,))])
    assert [each.text for each in leaked.records if each.stream == "stdout"] == [
        "it is [secret db/password]",
        "[secret db/password]",
    ]


def test_a_secret_is_nobody_elses(executor):
    secret = SecretValue("db", "password", "s3cr3t!")
    with_it, without = listen(executor, [user("leak", (secret,)), user("leak")])
    assert with_it.result.failure.code == "ValueError"
    assert without.result.failure.code == "NotFound"
    assert "secret_requests=[Secret(group='db', key='password')]" in without.result.failure.message


# -- the files ------------------------------------------------------------------------------------


def texts(records):
    return [each.text for each in records]


def test_only_whole_lines_are_looked_at(output):
    stdout = output.files[0]
    os.write(stdout, b"one\ntw")
    assert texts(output.look(str)) == ["one"]
    assert output.look(str) == ()
    os.write(stdout, b"o\nthree")
    assert texts(output.look(str)) == ["two"]
    assert texts(output.rest(output.ends(), str)) == ["three"]


def test_the_next_attempt_begins_where_the_one_before_has_ended(output):
    os.write(output.files[0], b"first\n")
    ends = output.ends()
    os.write(output.files[0], b"second\n")
    assert texts(output.rest(ends, str)) == ["first"]
    assert texts(output.rest(output.ends(), str)) == ["second"]
    output.empty()
    assert output.ends() == (0, 0, 0)
    os.write(output.files[0], b"third\n")
    assert texts(output.rest(output.ends(), str)) == ["third"]


def test_of_too_much_whole_lines_at_both_ends_are_left(output):
    line = b"x" * 99 + b"\n"
    os.write(output.files[0], b"head\n" + line * (2 * MOST // 100) + b"tail\n")
    head, *_, tail = found = texts(output.rest(output.ends(), str))
    assert (head, tail) == ("head", "tail")
    (note,) = [each for each in found if "left out" in each]
    assert set(found) == {"head", "tail", "x" * 99, note}
    assert sum(map(len, found)) < MOST


def test_the_tail_is_that_of_the_attempt_under_way(output):
    stderr = output.files[1]
    os.write(stderr, b"before\n")
    output.rest(output.ends(), str)
    os.write(stderr, b"now\n")
    output.look(str)
    assert output.tail(output.ends(), str) == "now"


def test_a_line_of_the_log_that_is_no_record_is_text(output):
    os.write(output.files[2], b"{broken\n" + msgspec.json.encode(LogRecord(1.0, "log", "x")))
    assert sorted(texts(output.rest(output.ends(), str))) == ["x", "{broken"]
