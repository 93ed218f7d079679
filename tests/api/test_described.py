"""The API answers as it is described, whatever it is asked."""

from __future__ import annotations

import pytest
import schemathesis
from hypothesis import HealthCheck, settings
from schemathesis.checks import CheckFunction
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)
from tests.api.served import Served

from volery.api.app import operations
from volery.api.openapi import document
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


@pytest.fixture(scope="module")
def filled(api: Served) -> Served:
    """A server with something to be asked for."""
    for entity in (sums, plan):
        api.backend.register(registration_of(entity, "default", version="v1"))
    api.backend.execute(NewExecution(key_of(sums, "default"), {"values": [1]}, name="mine"))
    for _ in api.backend.watch("mine"):
        pass
    return api


schema = schemathesis.openapi.from_dict(document(operations()))


def asked_of_what_is_there(case) -> None:
    """Name what there is, where it was left to chance."""
    noun = case.path.split("/")[3] if case.path.startswith("/api") else ""
    names = {"tasks": total.name, "workflows": sums.name, "launch-plans": plan.name}
    known = KNOWN | {"name": names.get(noun, "none"), "version": "v1"}
    for name in case.path_parameters or {}:
        case.path_parameters[name] = known.get(name, case.path_parameters[name])


@schema.parametrize()
@settings(max_examples=8, suppress_health_check=list(HealthCheck))
def test_whatever_is_asked_the_answer_is_one_that_is_described(case, filled):
    case.call_and_validate(base_url=filled.url, checks=CHECKS)


@schema.parametrize()
@settings(max_examples=4, suppress_health_check=list(HealthCheck))
def test_the_same_holds_for_what_is_there(case, filled):
    asked_of_what_is_there(case)
    case.call_and_validate(base_url=filled.url, checks=CHECKS)
