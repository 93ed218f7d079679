"""How an engine is reached over TLS, and a bucket from inside a container."""

from __future__ import annotations

import shutil
import socket
import ssl
import subprocess
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest
from tests.executors.docker.tasks import on
from tests.servers.docker import AUTHORITIES, PYTHON
from tests.servers.s3 import INSTALL, s3_server, weed

from volery.data.current import using
from volery.data.storage import Storage
from volery.errors import Unavailable
from volery.executors.docker.executor import DockerExecutor
from volery.executors.docker.settings import DockerSettings
from volery.testing.conformance.executor_tasks import code, double, grow, output, run, work


class Gate:
    """Lets those in who have a certificate, and passes their bytes on to the socket of an engine.

    Attributes:
        url: of the gate.
    """

    def __init__(self, folder: Path, engine: Path) -> None:
        self._engine = engine
        self._context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._context.load_cert_chain(folder / "server.pem", folder / "server-key.pem")
        self._context.load_verify_locations(folder / "ca.pem")
        self._context.verify_mode = ssl.CERT_REQUIRED
        self._listening = socket.create_server(("127.0.0.1", 0))
        self._open: list[socket.socket] = []
        self.url = f"tcp://127.0.0.1:{self._listening.getsockname()[1]}"
        self._threads: list[threading.Thread] = []
        self._start(self._listen)

    def close(self) -> None:
        for each in (self._listening, *self._open):
            with suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)
        for each in self._threads:
            each.join()
        self._listening.close()

    def _listen(self) -> None:
        with suppress(OSError):
            while True:
                plain, _ = self._listening.accept()
                self._start(self._let_in, plain)

    def _let_in(self, plain: socket.socket) -> None:
        outside = self._context.wrap_socket(plain, server_side=True, do_handshake_on_connect=False)
        with outside, socket.socket(socket.AF_UNIX) as inside, suppress(OSError):
            self._open += [outside, inside]
            outside.do_handshake()
            inside.connect(str(self._engine))
            back = self._start(_pass_on, inside, outside)
            _pass_on(outside, inside)
            back.join()

    def _start(self, do: Callable[..., None], *arguments: object) -> threading.Thread:
        thread = threading.Thread(target=do, args=arguments, daemon=True)
        thread.start()
        self._threads.append(thread)
        return thread


def _pass_on(source: socket.socket, target: socket.socket) -> None:
    with suppress(OSError):
        while data := source.recv(65536):
            target.sendall(data)
    for each in (source, target):
        with suppress(OSError):
            each.shutdown(socket.SHUT_RDWR)


def openssl(*words: object) -> None:
    subprocess.run(["openssl", *map(str, words)], check=True, capture_output=True)


@pytest.fixture(scope="module")
def certificates(tmp_path_factory) -> Path:
    """What `docker` wants in ``DOCKER_CERT_PATH``, and that of a server beside it."""
    if shutil.which("openssl") is None:
        pytest.skip("no program that makes certificates: apt-get install openssl")
    folder = tmp_path_factory.mktemp("certificates")
    new = ("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes")
    ca, key = folder / "ca.pem", folder / "ca-key.pem"
    openssl(*new, "-subj", "/CN=authority", "-keyout", key, "-out", ca)
    for name, made in (("server", "server"), ("client", "")):
        openssl(
            *new, "-subj", f"/CN={name}", "-CA", ca, "-CAkey", key,
            "-addext", "subjectAltName=IP:127.0.0.1", "-addext", "basicConstraints=CA:FALSE",
            "-keyout", folder / (f"{made}-key.pem" if made else "key.pem"),
            "-out", folder / (f"{made}.pem" if made else "cert.pem"),
        )  # fmt: skip
    return folder


@pytest.fixture
def gate(docker, certificates):
    made = Gate(certificates, docker.socket)
    yield made
    made.close()


def test_an_engine_is_reached_over_tls(start, gate, certificates):
    executor = start(host=gate.url, certificates=str(certificates))
    (result,) = run(executor, [work(double, x=4)])
    assert output(result) == 8


def test_who_has_no_certificate_is_not_let_in(start, gate, certificates, tmp_path):
    with pytest.raises(Unavailable, match="cannot be reached"):
        start(host=gate.url)
    others = tmp_path / "others"
    shutil.copytree(certificates, others)
    new = ("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes")
    openssl(*new, "-subj", "/CN=them", "-keyout", others / "key.pem", "-out", others / "cert.pem")
    with pytest.raises(Unavailable, match="cannot be reached"):
        start(host=gate.url, certificates=str(others))


@pytest.fixture(scope="module")
def bucket(tmp_path_factory):
    if weed() is None:
        pytest.skip(INSTALL)
    with s3_server(tmp_path_factory.mktemp("s3")) as server:
        yield server


@pytest.fixture
def start_on(docker, tmp_path):
    """A function that makes an executor whose storage is a bucket."""
    made = []

    def make(url: str, environ: dict[str, str]) -> DockerExecutor:
        settings = DockerSettings(host=docker.url, image=PYTHON, network="host", patience=20.0)
        made.append(
            DockerExecutor(
                settings, Storage(url), server="tests", folder=tmp_path / "docker",
                wanted=lambda *_: False, environ=environ,
            )
        )  # fmt: skip
        return made[-1]

    yield make
    for executor in made:
        executor.close()


def test_a_container_reads_and_writes_a_bucket(bucket, start_on, docker, monkeypatch):
    for name, value in bucket.environment.items():
        monkeypatch.setenv(name, value)
    with using(Storage(bucket.url)):
        executor = start_on(bucket.url, bucket.environment)
        small, large = run(executor, [work(double, x=4), work(grow, text="x" * 100_000)])
        assert output(small) == 8
        assert output(large) == "x" * 100_001


def test_an_image_without_certificates_is_told_what_it_lacks(bucket, start_on, docker, monkeypatch):
    for name, value in bucket.environment.items():
        monkeypatch.setenv(name, value)
    docker.alter(PYTHON, "volery-test/trusting-nobody:1", f"rm /{AUTHORITIES}")
    with using(Storage(bucket.url)):
        target = on("volery-test/trusting-nobody:1", work(double, x=4))
        (result,) = run(start_on(bucket.url, bucket.environment), [target])
    assert code(result) == "StorageUnreachable"
    assert "knows no certificate authorities" in result.failure.message
    assert "apt-get install ca-certificates" in result.failure.message


def test_a_bucket_that_containers_do_not_reach_is_told(bucket, start_on, monkeypatch):
    for name, value in bucket.environment.items():
        monkeypatch.setenv(name, value)
    elsewhere = {
        **bucket.environment,
        "AWS_ENDPOINT_URL": "http://127.0.0.1:9",
        "VOLERY_STORAGE_OPTIONS": '{"s3": {"max_retries": "0"}}',
    }
    with using(Storage(bucket.url)):
        (result,) = run(start_on(bucket.url, elsewhere), [work(double, x=4)])
    assert code(result) == "StorageUnreachable"
    assert result.failure is not None
    assert (result.failure.kind, result.failure.retryable) == ("SYSTEM", True)
    assert "the invocation cannot be read: cannot read s3://bucket/" in result.failure.message
    assert "http://127.0.0.1:9/" in result.failure.message
    assert "hint: check the address of the storage as seen from there" in result.failure.message
