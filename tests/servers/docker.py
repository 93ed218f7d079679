"""A real Docker engine for tests and benchmarks, and images for it that need no registry."""

from __future__ import annotations

import compileall
import contextlib
import io
import os
import re
import shutil
import signal
import subprocess
import sys
import sysconfig
import tarfile
import tempfile
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from importlib.util import find_spec
from pathlib import Path
from socket import AF_UNIX, socket

import msgspec

READY = 30.0
"""Seconds that it may take to start; it takes about half of one."""
API = "/v1.41"

INSTALL = "no Docker engine that can be started: as root, apt-get install docker.io busybox-static"

PYTHON = "volery-test/python:1"
"""An image with this Python and this Volery, and the little shell."""
BARE = "volery-test/bare:1"
"""An image with a little shell and nothing else."""


def program() -> str | None:
    """The engine's program, if it can be used here: it has to be root."""
    if os.geteuid() != 0 or _shell() is None:
        return None
    return shutil.which("dockerd") or shutil.which("dockerd", path="/usr/sbin:/usr/local/sbin")


def _shell() -> str | None:
    return shutil.which("busybox", path="/bin:/usr/bin")


@dataclass
class Docker:
    """An engine on data of its own. Its containers survive when it is stopped and started.

    Attributes:
        folder: where its socket is, its data and its log.
    """

    folder: Path
    _process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """By which it is reached, as in ``DOCKER_HOST``."""
        return f"unix://{self.socket}"

    @property
    def socket(self) -> Path:
        """Where it listens."""
        return self.folder / "docker.sock"

    def start(self) -> None:
        """Return when it runs."""
        command, environment = self._command()
        with (self.folder / "log").open("ab") as log:
            self._process = subprocess.Popen(
                command, stdout=log, stderr=log, cwd="/", env={**os.environ, **environment}
            )
        deadline = time.monotonic() + READY
        while time.monotonic() < deadline and self._process.poll() is None:
            with contextlib.suppress(OSError):
                if self.ask("GET", "/_ping") == b"OK":
                    return
            time.sleep(0.02)  # it has no way to tell that it is ready
        log = (self.folder / "log").read_text(errors="replace")
        message = f"the engine did not start: {log[-2000:]}"
        raise RuntimeError(message)

    def _command(self) -> tuple[list[str], dict[str, str]]:
        """How it is started: words, and variables besides those of this process."""
        program_found = program()
        assert program_found, INSTALL
        options = {
            "containerd": self.folder / "containerd.sock",
            "data-root": self.folder / "data",
            "exec-root": self.folder / "exec",
            "host": self.url,
            "pidfile": self.folder / "pid",
            "iptables": "false",
            "bridge": "none",
            "live-restore": "true",
        }
        return [program_found, *(f"--{name}={value}" for name, value in options.items())], {}

    def stop(self, number: int = signal.SIGTERM) -> None:
        """End the engine; its containers go on."""
        if self._process is not None:
            self._process.send_signal(number)
            self._process.wait()
            self._process = None
            self.socket.unlink(missing_ok=True)

    def ask(self, method: str, path: str, body: object = None) -> bytes:
        """What the engine answers; raises RuntimeError if it refuses."""
        connection = _Connection(self.socket)
        with contextlib.closing(connection):
            if isinstance(body, Path):
                with body.open("rb") as file:
                    size = str(body.stat().st_size)
                    connection.request(method, API + path, file, _TAR | {"content-length": size})
            else:
                data = None if body is None else msgspec.json.encode(body)
                connection.request(method, API + path, data, _JSON)
            answer = connection.getresponse()
            content = answer.read()
            if answer.status >= 400:
                message = f"{method} {path}: {answer.status} {content.decode()}"
                raise RuntimeError(message)
            return content

    def get(self, path: str) -> object:
        """A document of the engine's."""
        return msgspec.json.decode(self.ask("GET", path))

    def containers(self) -> list[str]:
        """The ids of all containers, whether they run or not."""
        found = msgspec.json.decode(self.ask("GET", "/containers/json?all=1"))
        return [each["Id"] for each in found]

    def alter(self, image: str, altered: str, command: str) -> None:
        """Make an image out of another one, by a command of its shell."""
        described = {"Image": image, "Entrypoint": ["sh", "-c", command], "Cmd": [],
                     "HostConfig": {"NetworkMode": "none"}}  # fmt: skip
        made = msgspec.json.decode(self.ask("POST", "/containers/create", described))["Id"]
        self.ask("POST", f"/containers/{made}/start")
        ended = msgspec.json.decode(self.ask("POST", f"/containers/{made}/wait"))
        assert ended["StatusCode"] == 0, ended
        repository, _, tag = altered.partition(":")
        query = f"container={made}&repo={repository}&tag={tag}"
        self.ask("POST", f"/commit?{query}", {"Entrypoint": None})
        self.ask("DELETE", f"/containers/{made}")

    def clear(self) -> None:
        """Remove all containers."""
        for each in self.containers():
            with contextlib.suppress(RuntimeError):  # it is just being removed
                self.ask("DELETE", f"/containers/{each}?force=1&v=1")

    def load(self, name: str, archive: Path, *changes: str) -> None:
        """Make an image of the files of an archive."""
        from urllib.parse import quote, urlencode

        more = "".join(f"&changes={quote(each)}" for each in changes)
        query = urlencode({"fromSrc": "-", "repo": name})
        self.ask("POST", f"/images/create?{query}{more}", archive)

    def load_images(self) -> None:
        """Make the images of tests: see `PYTHON` and `BARE`."""
        archive = self.folder / "image.tar"
        with tarfile.open(archive, "w") as tar:
            add_shell(tar)
        self.load(BARE, archive, "ENV PATH=/bin", 'CMD ["/bin/sh"]')
        with tarfile.open(archive, "w") as tar:
            add_shell(tar)
            add_python(tar, PACKAGES)
        self.load(PYTHON, archive, f"ENV PATH={VENV}/bin:/bin")
        archive.unlink()


_JSON = {"content-type": "application/json"}
_TAR = {"content-type": "application/x-tar"}


class _Connection(HTTPConnection):
    def __init__(self, path: Path) -> None:
        super().__init__("docker", timeout=READY)
        self._path = path

    def connect(self) -> None:
        self.sock = socket(AF_UNIX)
        self.sock.settimeout(self.timeout)
        self.sock.connect(str(self._path))


@contextmanager
def docker_engine() -> Iterator[Docker]:
    """Start an engine with nothing in it; all that it has is gone when the block ends."""
    folder = Path(tempfile.mkdtemp(prefix="docker-"))  # short, as the path of a socket has to be
    folder.chmod(0o755)
    engine = Docker(folder)
    try:
        with _containerd(folder):
            try:
                engine.start()
                yield engine
                engine.clear()
            finally:
                engine.stop()
    finally:
        _kill(folder)
        unmount(folder)
        shutil.rmtree(folder, ignore_errors=True)


def engine_or_skip() -> Iterator[Docker]:
    """For a fixture: an engine with the images of tests."""
    import pytest  # benchmarks do without

    if program() is None:
        pytest.skip(INSTALL)
    with docker_engine() as engine:
        engine.load_images()
        yield engine


@contextmanager
def _containerd(folder: Path) -> Iterator[None]:
    """Start what runs containers for an engine; by itself, so that it stays without the engine."""
    config = folder / "containerd.toml"
    config.write_text('version = 2\ndisabled_plugins = ["io.containerd.grpc.v1.cri"]\n')
    options = {
        "config": config,
        "root": folder / "containerd",
        "state": folder / "exec-containerd",
        "address": folder / "containerd.sock",
    }
    command = ["containerd", *(f"--{name}={value}" for name, value in options.items())]
    with (folder / "log").open("ab") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log, cwd="/")
    try:
        yield
    finally:
        process.terminate()
        process.wait()


def _kill(folder: Path) -> None:
    """Kill what has been left of containers: it belongs to nobody."""
    for process in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            words = (process / "cmdline").read_bytes().split(b"\0")
            if b"shim" in words[0] and os.fsencode(folder / "containerd.sock") in words:
                os.kill(int(process.name), signal.SIGKILL)


def unmount(folder: Path) -> None:
    """Unmount what an engine has left that was killed."""
    mounts = [line.split()[1] for line in Path("/proc/mounts").read_text().splitlines()]
    for each in sorted(mounts, reverse=True):
        if each.startswith(f"{folder}/"):
            subprocess.run(["umount", "--lazy", each], check=False)


# --- images --------------------------------------------------------------------------------------

AUTHORITIES = "etc/ssl/certs/ca-certificates.crt"
_AUTHORITIES = Path("/", AUTHORITIES)
VENV = "/opt/venv"
_APPLETS = ("cat", "echo", "env", "false", "head", "id", "kill", "ls", "mkdir", "printf", "rm",
            "sed", "sh", "sleep", "test", "touch", "tr", "true", "wc", "yes")  # fmt: skip
_LEFT_OUT = re.compile(
    r"/(test|tests|site-packages|dist-packages|config-3[^/]*|idlelib|lib2to3|ensurepip|tkinter"
    r"|turtledemo|distutils|pydoc_data)(/|$)|\.opt-[12]\.pyc$|/lib-dynload/(_tkinter|_test|xx)"
)
PACKAGES = ("msgspec", "blake3", "obstore", "cronsim", "volery")
"""What a worker needs."""
_OTHERS = re.compile(rf"\.(?!{sys.implementation.cache_tag}\.)[\w-]+\.pyc$|/volery/api/ui(/|$)")
"""What no worker needs of that: bytecode of another Python, and the web UI."""


def add_shell(tar: tarfile.TarFile) -> None:
    """A shell and a few programs, root and a user."""
    shell = _shell()
    assert shell, INSTALL
    tar.add(shell, "bin/busybox")
    for name in _APPLETS:
        _add_link(tar, f"bin/{name}", "busybox")
    _add_file(tar, "etc/passwd", b"root:x:0:0::/root:/bin/sh\nus:x:1000:1000::/tmp:/bin/sh\n")
    _add_file(tar, "etc/group", b"root:x:0:\nus:x:1000:\n")
    for name, mode in (("tmp", 0o1777), ("root", 0o755), ("run", 0o755)):
        info = tarfile.TarInfo(name)
        info.type, info.mode = tarfile.DIRTYPE, mode
        tar.addfile(info)


def add_python(tar: tarfile.TarFile, names: Iterable[str]) -> None:
    """This Python, where it is here, and an environment with some packages."""
    interpreter = Path(sys._base_executable).resolve()
    library = Path(sysconfig.get_path("stdlib", vars={"installed_base": sys.base_prefix}))
    packages = f"{VENV}/lib/python3.{sys.version_info.minor}/site-packages"
    extensions = [
        each for each in library.glob("lib-dynload/*.so") if not _LEFT_OUT.search(str(each))
    ]
    for name in names:
        spec = find_spec(name)
        assert spec
        assert spec.origin
        folder = Path(spec.origin).parent
        extensions += folder.rglob("*.so")
        compileall.compile_dir(folder, quiet=2)  # else each container would do it
        tar.add(folder, f"{packages}/{name}", filter=needed)
    tar.add(interpreter, filter=_open)
    tar.add(library, filter=_wanted)
    for each in _libraries([interpreter, *extensions]):
        tar.add(each.resolve(), str(each), filter=_open)
    if _AUTHORITIES.exists():  # object stores do nothing without
        tar.add(_AUTHORITIES.resolve(), AUTHORITIES, filter=_open)
    for name in ("python", "python3"):
        _add_link(tar, f"{VENV}/bin/{name}", str(interpreter))
    _add_file(tar, f"{VENV}/pyvenv.cfg", f"home = {interpreter.parent}\n".encode())


def _libraries(programs: Iterable[Path]) -> list[Path]:
    """The shared libraries that programs load."""
    command = ["ldd", *map(str, programs)]
    told = subprocess.run(command, capture_output=True, text=True, check=False).stdout
    return sorted({Path(each) for each in re.findall(r"(?:=> |^\s)(/\S+) \(", told, re.MULTILINE)})


def _wanted(info: tarfile.TarInfo) -> tarfile.TarInfo | None:
    return None if _LEFT_OUT.search(f"/{info.name}") else _open(info)


def needed(info: tarfile.TarInfo) -> tarfile.TarInfo | None:
    """What of a package goes into an image, and that it is for anybody to read."""
    return None if _OTHERS.search(f"/{info.name}") else _open(info)


def _open(info: tarfile.TarInfo) -> tarfile.TarInfo:
    """Owned by root, and for anybody to read: nothing about who has it here."""
    info.uid = info.gid = 0
    info.uname = info.gname = "root"
    info.mode |= 0o755 if info.isdir() else 0o444
    return info


def _add_file(tar: tarfile.TarFile, name: str, content: bytes) -> None:
    info = tarfile.TarInfo(name)
    info.size = len(content)
    tar.addfile(info, io.BytesIO(content))


def _add_link(tar: tarfile.TarFile, name: str, target: str) -> None:
    info = tarfile.TarInfo(name)
    info.type, info.linkname = tarfile.SYMTYPE, target
    tar.addfile(info)
