from __future__ import annotations

import pytest

from volery.executors.contained.exits import CODES, failure_of
from volery.executors.docker.engine import State
from volery.executors.docker.state import exit_of, refused_image, refused_start


@pytest.mark.parametrize(
    ("state", "code"),
    [
        (State("exited", 0), ""),
        (State("removing", 137), "ContainerDeleted"),
        (State("exited", 3), ""),
        (State("exited", 137), ""),
        (State("exited", 137, o_o_m_killed=True), "OutOfMemory"),
        (State("exited", 0, o_o_m_killed=True), ""),  # it was a child of it, and it knows
        (State("exited", 128, error="no such device"), "ContainerRefused"),
    ],
)
def test_how_a_container_ended(state, code):
    assert exit_of(state).code == code


@pytest.mark.parametrize(
    ("reason", "code"),
    [
        ("crun: executable file `fit` not found in $PATH: No such file", "CommandNotFound"),
        ('exec: "/fit": stat /fit: no such file or directory: unknown', "CommandNotFound"),
        ("error mounting /data: no such file or directory", "ContainerRefused"),
        ('exec: "fit": executable file not found in $PATH: unknown', "CommandNotFound"),
        ("bind source path does not exist: /home/a", "ContainerRefused"),
        ('could not select device driver "" with capabilities: [[gpu]]', "ContainerRefused"),
    ],
)
def test_why_a_container_did_not_start(reason, code):
    assert refused_start(reason) == code


@pytest.mark.parametrize(
    ("reason", "code"),
    [
        ("manifest for nope:1 not found: manifest unknown", "ImageNotFound"),
        ("pull access denied for nope, repository does not exist", "RegistryRefused"),
        ("unauthorized: authentication required", "RegistryRefused"),
        ("invalid reference format: repository name must be lowercase", "ImageInvalid"),
        ("dial tcp: lookup registry.example: no such host", "RegistryAway"),
        ("Get https://r.example/v2/: net/http: TLS handshake timeout", "RegistryAway"),
    ],
)
def test_why_an_image_did_not_come(reason, code):
    assert refused_image(reason) == code


def test_every_code_has_a_meaning():
    codes = {"OutOfMemory", "ContainerRefused", "CommandNotFound", "ImageNotFound",
             "RegistryRefused", "ImageInvalid", "RegistryAway", "ContainerDeleted"}  # fmt: skip
    assert codes <= CODES.keys()


def test_a_failure_has_the_words_of_the_engine():
    (first, *_) = failure_of(
        exit_of(State("exited", 9, error="no such device")), None
    ).message.splitlines()
    assert "no such device" in first
