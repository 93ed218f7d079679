"""The API answers as it is described, whatever it is asked."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import pytest
import schemathesis
from hypothesis import HealthCheck, settings
from schemathesis.checks import CheckFunction
from schemathesis.config import SchemathesisConfig
from schemathesis.core.failures import FailureGroup
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)
from tests.api.served import Served, served

from volery.api.app import operations
from volery.api.openapi import document
from volery.services.backend import LocalBackend
from volery.testing.conformance.backend_flows import key_of, plan, registration_of, sums, total
from volery.wire.executions import NewExecution

pytestmark = pytest.mark.keeps_running("threads that answer belong to the server")

CHECKS: list[CheckFunction] = [
    schemathesis.checks.not_a_server_error,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
]


KNOWN = {"project": "default", "domain": "development", "id": "mine"}
"""What there is, besides what is drawn."""


def fill(api: Served) -> None:
    """Have something there that can be asked for."""
    for entity in (sums, plan):
        api.backend.register(registration_of(entity, "default", version="v1"))
    api.backend.execute(NewExecution(key_of(sums, "default"), {"values": [1]}, name="mine"))
    for _ in api.backend.watch("mine"):
        pass


class Callers(NamedTuple):
    """A server that asks who they are, and what each of them says; the last one may do all."""

    api: Served
    headers: tuple[dict[str, str], ...]

    def answer(self, case: schemathesis.Case, headers: dict[str, str]) -> None:
        """Ask for something; the answer has to be one that is described."""
        case.call_and_validate(base_url=self.api.url, headers=headers, checks=CHECKS)


@pytest.fixture(scope="module")
def callers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callers]:
    with served(tmp_path_factory.mktemp("home"), asks=True) as api:
        fill(api)
        tokens = [
            api.token("stranger", "operator", ("other",)),
            api.token("viewer", "viewer", ("default",)),
            api.token("operator", "operator", ("default",)),
            api.token("admin", "admin"),
        ]
        yield Callers(api, ({}, *({"authorization": f"Bearer {each}"} for each in tokens)))


DESCRIBED = document(operations())
ENDLESS = "/api/v1/events"
"""A stream that has tests of its own."""
schema = schemathesis.openapi.from_dict(DESCRIBED).exclude(path=ENDLESS)
# The same without the thousands of requests that cover every limit, where it matters who asks.
FEWER = SchemathesisConfig.from_dict({"phases": {"coverage": {"enabled": False}}})
fewer = schemathesis.openapi.from_dict(DESCRIBED, config=FEWER).exclude(path=ENDLESS)


def asked_of_what_is_there(case) -> None:
    """Name what there is, where it was left to chance."""
    noun = case.path.split("/")[3] if case.path.startswith("/api") else ""
    names = {"tasks": total.name, "workflows": sums.name, "launch-plans": plan.name}
    known = KNOWN | {"name": names.get(noun, "none"), "version": "v1"}
    for name in case.path_parameters or {}:
        case.path_parameters[name] = known.get(name, case.path_parameters[name])


@schema.parametrize()
@settings(max_examples=8, suppress_health_check=list(HealthCheck))
def test_whatever_is_asked_the_answer_is_one_that_is_described(case, callers):
    callers.answer(case, callers.headers[-1])


@schema.parametrize()
@settings(max_examples=4, suppress_health_check=list(HealthCheck))
def test_the_same_holds_for_what_is_there(case, callers):
    asked_of_what_is_there(case)
    callers.answer(case, callers.headers[-1])


@fewer.parametrize()
@settings(max_examples=4, suppress_health_check=list(HealthCheck))
def test_the_same_holds_whoever_asks(case, callers):
    asked_of_what_is_there(case)
    for headers in callers.headers:
        callers.answer(case, headers)


def broken(*_: object) -> object:
    raise ZeroDivisionError


@pytest.mark.parametrize(
    "answers", [broken, lambda *_: [1, 2], lambda *_: {"items": None, "next": None}]
)
def test_these_tests_notice_a_route_that_is_broken(callers, monkeypatch, answers):
    monkeypatch.setattr(LocalBackend, "executions", answers)
    case = schema["/api/v1/executions"]["GET"].Case()
    with pytest.raises(FailureGroup):
        callers.answer(case, callers.headers[-1])
