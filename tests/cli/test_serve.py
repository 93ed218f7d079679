"""`volery serve`, in a process of its own."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

FLOW = Path(__file__).parent / "flows" / "stats.py"
MOST_MEMORY = 120 * 1024
"""KiB that an idle server may have."""


@contextmanager
def serving(command: list[str], *options: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """The process, and the URL that it has said."""
    with subprocess.Popen(
        [*command, "serve", "--port", "0", "--workers", "1", *options],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            line = process.stdout.readline()
            assert line.startswith("volery serves at "), process.communicate(timeout=20)
            yield process, line.split()[-1]
        finally:
            if process.poll() is None:
                process.kill()


def get(url: str, token: str = "") -> bytes:
    request = urllib.request.Request(url)
    if token:
        request.add_header("authorization", f"Bearer {token}")
    with urllib.request.urlopen(request, timeout=20) as answer:
        return answer.read()


def ended(process: subprocess.Popen[str]) -> str:
    """What a process that ends as it should has logged."""
    _, log = process.communicate(timeout=30)
    assert process.returncode == 0, log
    return log


def test_it_is_known_by_the_name_of_its_public_url(volery_command):
    with serving(volery_command, "--public-url", "https://volery.example/at/") as (process, url):
        request = urllib.request.Request(f"{url}/readyz", headers={"Host": "volery.example"})
        with urllib.request.urlopen(request, timeout=20) as answer:
            assert answer.status == 200
        process.terminate()
        ended(process)


@pytest.mark.parametrize("word", [signal.SIGTERM, signal.SIGINT])
def test_it_says_where_it_serves_and_ends_when_it_is_told(volery_command, word):
    with serving(volery_command) as (process, url):
        assert json.loads(get(f"{url}/readyz"))["ok"]
        process.send_signal(word)
        ended(process)


@pytest.mark.parametrize("word", [signal.SIGTERM, signal.SIGINT])
def test_told_to_end_before_it_is_ready_it_ends_as_it_should(volery_command, monkeypatch, word):
    with socket.create_server(("127.0.0.1", 0)) as database:
        database.settimeout(30)
        place = f"127.0.0.1:{database.getsockname()[1]}"
        url = f"postgresql://me@{place}/volery?sslmode=disable&gssencmode=disable"
        monkeypatch.setenv("VOLERY_DATABASE", url)
        with subprocess.Popen(
            [*volery_command, "serve", "--port", "0"],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        ) as process:
            try:
                database.accept()[0].close()  # it asks whether there are tokens
                engine, _ = database.accept()
                with engine:
                    process.send_signal(word)
                assert "ending: " in ended(process)
            finally:
                process.kill()


def test_where_it_serves_may_be_one_line_of_json(volery_command):
    with subprocess.Popen(
        [*volery_command, "serve", "--port", "0", "--workers", "1", "--output", "json"],
        stdout=subprocess.PIPE,
    ) as process:
        try:
            url = json.loads(process.stdout.readline())["url"]
            assert json.loads(get(f"{url}/readyz"))["ok"]
        finally:
            process.kill()


def test_a_port_that_is_taken_is_told_with_who_has_it(volery):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        done = volery("serve", "--port", port)
    assert done.returncode == 2
    assert f"127.0.0.1:{port} cannot be listened on" in done.stderr
    assert f"process {os.getpid()}" in done.stderr or sys.platform != "linux"
    assert "--port" in done.stderr


@pytest.mark.parametrize("host", ["0.0.0.0", "::"])
def test_nobody_from_elsewhere_comes_in_without_a_token(volery, host):
    done = volery("serve", "--host", host, "--port", "0")
    assert done.returncode == 2
    assert "nobody has a token" in done.stderr
    assert "volery tokens create NAME --role admin" in done.stderr


def test_once_there_is_a_token_everybody_is_asked_for_one(volery, volery_command):
    secret = volery("tokens", "create", "ci", "--role", "admin").stdout.strip()
    with serving(volery_command, "--host", "0.0.0.0") as (process, url):
        here = url.replace("0.0.0.0", "127.0.0.1")
        with pytest.raises(urllib.error.HTTPError, match="401") as caught:
            get(f"{here}/api/v1/whoami")
        caught.value.close()
        assert json.loads(get(f"{here}/api/v1/whoami", secret))["name"] == "ci"
        process.send_signal(signal.SIGTERM)
        assert secret not in ended(process)


def test_the_log_is_json_for_programs(volery_command):
    with serving(volery_command, "--log-format", "json") as (process, url):
        get(f"{url}/api/v1/executions?search=hidden")
        process.send_signal(signal.SIGTERM)
        log = ended(process)
    lines = [json.loads(line) for line in log.splitlines()]
    [line] = [each for each in lines if each["logger"] == "volery.http"]
    assert line["message"] == "GET /api/v1/executions"
    assert line["status"] == 200
    assert "hidden" not in log


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_an_idle_server_is_small(volery_command, record_property):
    with serving(volery_command) as (process, url):
        get(f"{url}/readyz")
        status = Path(f"/proc/{process.pid}/status").read_text()
        resident = int(status.partition("VmRSS:")[2].split()[0])
        record_property("resident_kib", resident)
        assert resident < MOST_MEMORY
        process.send_signal(signal.SIGTERM)
        ended(process)


@pytest.mark.parametrize("command", [["serve", "--port", "0"], ["run", FLOW, "pipeline"]])
def test_an_executor_that_there_is_not_is_told_with_those_that_there_are(volery, command):
    done = volery(*command, "--executor", "proces")
    assert done.returncode == 2
    assert "no executor is named 'proces'" in done.stderr
    assert "process" in done.stderr


def test_without_its_database_it_waits_and_says_so(volery_command, monkeypatch):
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))  # and nobody listens
        port = nobody.getsockname()[1]
        monkeypatch.setenv("VOLERY_DATABASE", f"postgresql://me:hush@127.0.0.1:{port}/volery")
        with serving(volery_command) as (process, url):
            assert get(f"{url}/healthz") == b'{"ok":true}'
            with pytest.raises(urllib.error.HTTPError, match="503") as caught:
                get(f"{url}/readyz")
            caught.value.close()
            # It cannot be known whether there are tokens: nobody comes in.
            with pytest.raises(urllib.error.HTTPError, match="503") as caught:
                get(f"{url}/api/v1/whoami")
            caught.value.close()
            with pytest.raises(urllib.error.HTTPError, match="503") as caught:
                get(f"{url}/api/v1/whoami", "vol_" + "a" * 43)
            assert caught.value.headers["retry-after"] == "1"
            assert str(port) not in caught.value.read().decode()  # whoever that is
            caught.value.close()
            process.send_signal(signal.SIGTERM)
            assert "hush" not in ended(process)
