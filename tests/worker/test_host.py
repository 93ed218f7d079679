"""The host: its conversation, and what becomes of the processes that it has."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
import time
from contextlib import contextmanager
from pathlib import Path

import msgspec
import pytest

from volery._version import __version__
from volery.data.storage import Storage
from volery.ir.secret import SecretValue
from volery.ir.specs import Loader
from volery.ir.values import pack
from volery.ir.work import Work
from volery.worker.host_protocol import (
    Beat,
    Died,
    Open,
    Said,
    Stop,
    decode_from_host,
)
from volery.worker.protocol import (
    CHUNK,
    Done,
    FrameReader,
    Loaded,
    Ready,
    Run,
    frame,
)

TIMEOUT = 45.0
PROGRAM = ("-m", "volery.worker.host")

MODULE = """
    import os, signal, subprocess, sys, time
    from volery import task
    loaded_by = os.getpid()

    @task
    def who() -> list[int]:
        return [loaded_by, os.getpid(), len(os.listdir("/proc/self/task"))]

    @task
    def write(path: str, text: str) -> None:
        open(path, "w").write(text)

    @task
    def leave_behind(path: str) -> None:
        program = "import os, sys, time; print(os.getpid(), flush=True); time.sleep(1000)"
        started = subprocess.Popen(
            [sys.executable, "-c", program], stdout=open(path, "w"), start_new_session=True
        )
        while not os.path.getsize(path):
            time.sleep(0.01)

    @task
    def hang(path: str) -> None:
        open(path, "w").write(str(os.getpid()))
        while True:
            signal.pause()

    @task
    def tell() -> None:
        raise ValueError(os.environ["WORD"])

    @task
    def draw() -> float:
        import numpy
        return float(numpy.random.random())
"""


class Host:
    """A host that is a process of this machine, and the other end of its streams."""

    def __init__(
        self, root, storage, *, silence=60.0, beat=30.0, package="", program=PROGRAM, **more
    ):
        self.process = subprocess.Popen(
            [sys.executable, *program],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            bufsize=0,
        )
        self._reader = FrameReader()
        self._heard = []
        self._root = str(root)
        self._ids = iter(range(1, 1000))
        opened = (self._root,), package, storage.url, storage.options, beat, silence
        self.send(Open(*opened, **more))

    def send(self, message):
        self.process.stdin.write(frame(message))

    def hear(self):
        """The next message; None: it has hung up."""
        while not self._heard:
            data = os.read(self.process.stdout.fileno(), CHUNK)
            if not data:
                return None
            self._heard += map(decode_from_host, self._reader.feed(data))
        return self._heard.pop(0)

    def until(self, kind):
        """The next message of a kind."""
        while not isinstance(message := self.hear(), kind):
            assert message is not None, self.process.stderr.read().decode()
        return message

    def begin(self, name, module="hosted", secrets=(), limit=None, **inputs):
        """Send a work; gives its id."""
        number = next(self._ids)
        loader, record = Loader(module, name), pack(inputs)
        work = Work(number, "e", f"n{number}", 1, f"{module}.{name}", loader, record)
        self.send(Run((msgspec.structs.replace(work, secrets=secrets, limit=limit),)))
        return number

    def run(self, name, module="hosted", **inputs):
        """The output of a work that is run to its end."""
        self.begin(name, module, **inputs)
        result = self.until(Done).result
        assert result.failure is None, result.failure
        return msgspec.msgpack.decode(result.outputs).get("o0")


@pytest.fixture
def root(tmp_path):
    folder = tmp_path / "code"
    folder.mkdir()
    (folder / "hosted.py").write_text(textwrap.dedent(MODULE))
    return folder


@pytest.fixture
def storage(tmp_path):
    return Storage((tmp_path / "storage").as_uri())


@contextmanager
def hosting(*args, **more):
    host = Host(*args, **more)
    try:
        yield host
    finally:
        host.process.stdin.close()
        host.process.wait(TIMEOUT)
        host.process.stdout.close()
        host.process.stderr.close()


@pytest.fixture
def host(root, storage):
    with hosting(root, storage) as made:
        made.until(Ready)
        yield made


def until_shared(host, module="hosted"):
    """What `who` says as soon as it says that a template has loaded its module."""
    deadline = time.monotonic() + TIMEOUT
    while time.monotonic() < deadline:
        loaded_by, own, threads = host.run("who", module)
        if loaded_by != own:
            return loaded_by, own, threads
    raise TimeoutError("no template has come up")


def is_alive(pid):
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state != "Z"


def until_dead(pid):
    deadline = time.monotonic() + TIMEOUT
    while is_alive(pid):
        assert time.monotonic() < deadline, f"{pid} lives"
        time.sleep(0.01)


def read_soon(path):
    """The text of a file that is about to appear."""
    deadline = time.monotonic() + TIMEOUT
    while not (path.exists() and path.read_text()):
        assert time.monotonic() < deadline, f"there is no {path}"
        time.sleep(0.01)
    return path.read_text()


def test_every_work_has_a_process_of_its_own(host):
    processes = {host.run("who")[1] for _ in range(5)}
    assert len(processes) == 5
    assert host.process.pid not in processes


def test_a_module_is_imported_once_for_all_later_works(host):
    first, _, _ = until_shared(host)
    second, _, _ = until_shared(host)
    assert first == second != host.process.pid


def test_a_module_that_leaves_threads_is_imported_by_each_process(host, root):
    threaded = """
        import threading
        threading.Thread(target=threading.Event().wait, daemon=True).start()
    """
    (root / "threaded.py").write_text(textwrap.dedent(MODULE) + textwrap.dedent(threaded))
    for _ in range(8):
        loaded_by, own, _ = host.run("who", "threaded")
        assert loaded_by == own


def test_threads_of_numpy_do_no_harm(host, root):
    pytest.importorskip("numpy")
    text = textwrap.dedent(MODULE) + "import numpy\nassert numpy.ones((300, 300)).dot(1.0).size\n"
    (root / "numbers_of.py").write_text(text)
    until_shared(host, "numbers_of")
    assert len({host.run("draw", "numbers_of") for _ in range(3)}) == 3


def test_a_module_that_cannot_be_imported_is_a_failure_of_its_works_alone(host, root):
    (root / "broken.py").write_text("import os\nos._exit(3)\n")
    host.begin("who", "broken")
    assert host.until(Died).status == 3
    assert host.run("who")


def test_the_host_says_how_a_process_has_died(host, tmp_path):
    host.begin("hang", path=str(tmp_path / "pid"))
    host.until(Loaded)
    os.kill(int(read_soon(tmp_path / "pid")), signal.SIGKILL)
    died = host.until(Died)
    assert (died.status, died.late, died.out_of_memory) == (-signal.SIGKILL, False, False)


def test_what_leaves_its_session_ends_with_its_work(host, tmp_path):
    host.run("leave_behind", path=str(tmp_path / "pid"))
    until_dead(int((tmp_path / "pid").read_text()))


def test_a_work_that_is_stopped_keeps_no_other_from_running(host, tmp_path):
    stuck = host.begin("hang", path=str(tmp_path / "pid"))
    read_soon(tmp_path / "pid")
    host.run("write", path=str(tmp_path / "other"), text="done")
    assert (tmp_path / "other").read_text() == "done"
    host.send(Stop((stuck,)))
    assert host.until(Died).work == stuck


def test_nothing_lives_on_when_the_stream_ends(host, tmp_path):
    template, _, _ = until_shared(host)
    host.begin("hang", path=str(tmp_path / "pid"))
    pid = int(read_soon(tmp_path / "pid"))
    host.process.stdin.close()
    assert host.process.wait(TIMEOUT) == 0
    until_dead(pid)
    until_dead(template)


def test_nothing_lives_on_when_the_host_is_killed(host, tmp_path):
    template, _, _ = until_shared(host)
    host.begin("hang", path=str(tmp_path / "pid"))
    pid = int(read_soon(tmp_path / "pid"))
    host.process.kill()
    until_dead(pid)
    until_dead(template)


IMPATIENT = """
from volery.worker import child, host
child.IMPORT_LIMIT = 0.5
host.main()
"""


def test_an_import_that_hangs_is_stopped(root, storage):
    (root / "hanging.py").write_text("import time\ntime.sleep(60)\n")
    with hosting(root, storage, program=("-c", IMPATIENT)) as host:
        host.until(Ready)
        number = host.begin("run", module="hanging", limit=0.1)
        died = host.until(Died)
        assert (died.work, died.late) == (number, True)


def test_a_template_that_is_killed_is_done_without(host):
    template, _, _ = until_shared(host)
    os.kill(template, signal.SIGKILL)
    until_dead(template)
    loaded_by, own, _ = host.run("who")
    assert loaded_by == own


def test_a_host_says_that_it_is_there(root, storage):
    with hosting(root, storage, beat=0.05) as host:
        host.until(Ready)
        host.until(Beat)
        host.until(Beat)


def test_a_host_that_hears_nothing_of_its_executor_ends(root, storage):
    with hosting(root, storage, silence=0.2) as host:
        host.until(Ready)
        assert host.hear() is None
        assert host.process.wait(TIMEOUT) == 0


def test_a_host_to_which_nobody_ever_speaks_ends():
    """An engine that died on the way left it running for ever."""
    program = "from volery.worker import host; host.UNOPENED = 0.1; host.main()"
    process = subprocess.Popen(
        [sys.executable, "-c", program], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    with process:
        assert process.wait(TIMEOUT) == 0


def test_a_host_without_its_code_says_why_and_ends(root, storage):
    with hosting(root, storage, package="0" * 64) as host:
        assert host.hear() is None
        assert host.process.wait(TIMEOUT) == 74
        assert b"the code package 000000000000 cannot be used" in host.process.stderr.read()


def test_a_host_that_is_spoken_to_in_another_protocol_says_so_with_both_versions(root, storage):
    with hosting(root, storage, protocol=99, version="9.9") as host:
        assert host.hear() is None
        assert host.process.wait(TIMEOUT) == 76
        told = host.process.stderr.read().decode()
    assert "Volery 9.9 speaks to this container" in told
    assert f"which has Volery {__version__}" in told


def test_a_secret_that_did_not_come_with_the_work_is_read_from_a_file(
    root, storage, tmp_path, monkeypatch
):
    monkeypatch.setenv("VOLERY_SECRETS", str(tmp_path))
    (tmp_path / "-").mkdir()
    (tmp_path / "-" / "word").write_text("open sesame")
    with hosting(root, storage) as host:
        host.begin("tell", secrets=(SecretValue("", "word", "", env_var="WORD"),))
        assert host.until(Done).result.failure.message == "[secret word]"
        host.begin("tell", secrets=(SecretValue("", "other", ""),))
        failure = host.until(Done).result.failure
    assert failure.code == "NotFound"
    assert "the secret other is not in the container" in failure.message


def test_what_a_work_prints_comes_before_its_result(host, root):
    (root / "talking.py").write_text(
        "from volery import task\n\n@task\ndef talk() -> None:\n    print('so it is')\n"
    )
    number = host.begin("talk", "talking")
    said = host.until(Said)
    assert (said.work, [each.text for each in said.records]) == (number, ["so it is"])
    assert host.until(Done).result.id == number
