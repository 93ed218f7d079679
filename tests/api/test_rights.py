"""Every route, and everybody who may ask: what each of them gets stands in one table."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

import pytest
from tests.api.served import Served, served

from volery.api.app import operations
from volery.services.access import DAY
from volery.testing.clock import FakeClock
from volery.testing.conformance.backend_flows import plan, registration_of, sums, total
from volery.wire.entities import EntityKey
from volery.wire.executions import NewExecution
from volery.wire.projects import NewProject

pytestmark = pytest.mark.keeps_running("threads that answer belong to the server")

NOBODY = "0" * 64
"""A digest of nothing that is there."""


class Row(NamedTuple):
    """What each caller gets; whoever has no token that counts gets 401, but for `nobody`.

    Attributes:
        stranger: a viewer of another project.
        viewer, operator: of the project that it is about.
        admin: of everything.
        query, body: of the request.
    """

    stranger: int
    viewer: int
    operator: int
    admin: int
    query: str = ""
    body: Any = None
    nobody: int = 401


def everybody(query: str = "") -> Row:
    """It is about no project, or shows each caller what they may see."""
    return Row(200, 200, 200, 200, query)


def reading(query: str = "", status: int = 200) -> Row:
    """It is about something in the project."""
    return Row(404, status, status, status, query)


def acting(status: int, body: Any = None) -> Row:
    """It changes something in the project."""
    return Row(404, 403, status, status, body=body)


def admins(status: int, body: Any = None) -> Row:
    return Row(403, 403, 403, status, body=body)


SUMS = {"kind": "workflow", "name": sums.name, "project": "demo"}
PLAN = {"kind": "launch_plan", "name": plan.name, "project": "demo"}

TABLE: dict[str, Row] = {
    "GET /healthz": everybody()._replace(nobody=200),
    "GET /readyz": everybody()._replace(nobody=200),
    "GET /metrics": everybody(),
    "GET /api/v1/whoami": everybody(),
    # projects
    "GET /api/v1/projects": everybody(),
    "POST /api/v1/projects": admins(201, {"id": "another"}),
    # content: whoever knows a digest may have it
    "HEAD /api/v1/packages/{digest}": Row(403, 403, 404, 404),
    "PUT /api/v1/packages/{digest}": Row(403, 403, 422, 422, body=b"other"),
    "HEAD /api/v1/content/{digest}": Row(404, 404, 404, 404),
    "PUT /api/v1/content/{digest}": Row(403, 403, 422, 422, body=b"other"),
    "GET /api/v1/content/{digest}": Row(404, 404, 404, 404),
    "GET /api/v1/bundles/{digest}": Row(404, 404, 404, 404),
    # entities
    "POST /api/v1/registrations": acting(422, {"bundle": "", "project": "demo"}),
    "GET /api/v1/tasks": everybody(),
    "GET /api/v1/tasks/{project}/{domain}/{name}": reading(),
    "GET /api/v1/tasks/{project}/{domain}/{name}/{version}": reading(),
    "GET /api/v1/workflows": everybody(),
    "GET /api/v1/workflows/{project}/{domain}/{name}": reading(),
    "GET /api/v1/workflows/{project}/{domain}/{name}/{version}": reading(),
    "GET /api/v1/launch-plans": everybody(),
    "GET /api/v1/launch-plans/{project}/{domain}/{name}": reading(),
    "GET /api/v1/launch-plans/{project}/{domain}/{name}/{version}": reading(),
    "POST /api/v1/launch-plans/{project}/{domain}/{name}/activate": acting(200),
    "POST /api/v1/launch-plans/{project}/{domain}/{name}/{version}/activate": acting(200),
    "POST /api/v1/launch-plans/{project}/{domain}/{name}/{version}/deactivate": acting(200),
    "POST /api/v1/launch-plans/{project}/{domain}/{name}/deactivate": acting(200),
    # schedules
    "GET /api/v1/schedules": everybody(),
    "GET /api/v1/launch-plans/{project}/{domain}/{name}/fires": reading(status=404),
    "GET /api/v1/launch-plans/{project}/{domain}/{name}/{version}/fires": reading(status=404),
    "POST /api/v1/launch-plans/backfill": acting(
        404, {"plan": PLAN, "since": 0, "until": 1, "dry": True}
    ),
    # executions
    "POST /api/v1/executions": acting(201, {"entity": SUMS, "inputs": {"values": [1]}}),
    "GET /api/v1/executions": everybody(),
    "GET /api/v1/counts": everybody(),
    "GET /api/v1/executions/{id}": reading(),
    "GET /api/v1/executions/{id}/summary": reading(),
    "GET /api/v1/executions/{id}/inputs": reading(),
    "GET /api/v1/executions/{id}/outputs": reading(),
    "GET /api/v1/executions/{id}/journal": reading(),
    "GET /api/v1/executions/{id}/events": reading(),
    "GET /api/v1/executions/{id}/notices": reading(),
    "GET /api/v1/executions/{id}/nodes": reading(),
    "GET /api/v1/executions/{id}/node": reading("path=n0"),
    "GET /api/v1/executions/{id}/attempts": reading("path=n0"),
    "GET /api/v1/executions/{id}/log": reading("path=n0"),
    "GET /api/v1/executions/{id}/log/text": reading("path=n0"),
    "POST /api/v1/executions/{id}/abort": acting(200, {}),
    "POST /api/v1/executions/{id}/recover": acting(422, {}),
    "POST /api/v1/executions/{id}/relaunch": acting(201, b"null"),
    "POST /api/v1/executions/{id}/signal": acting(404, {"gate": "none"}),
    # lineage
    "GET /api/v1/lineage": reading("execution=mine"),
    # access
    "GET /api/v1/tokens": admins(200),
    "POST /api/v1/tokens": admins(201, {"name": "another"}),
    "POST /api/v1/tokens/{name}/revoke": admins(404),
    "GET /api/v1/audit": admins(200),
}

NAMES = {"tasks": total.name, "workflows": sums.name, "launch-plans": plan.name}


class Callers(NamedTuple):
    """A server with something in the project ``demo``, and a token for each caller."""

    api: Served
    version: str
    tokens: dict[str, str]


@pytest.fixture(scope="module")
def callers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callers]:
    clock = FakeClock()
    with served(tmp_path_factory.mktemp("home"), asks=True, clock=clock) as api:
        backend = api.backend
        for project in ("demo", "other"):
            backend.create_project(NewProject(project))
        registered = backend.register(registration_of(sums, "demo"))
        backend.register(registration_of(plan, "demo", version=registered.version))
        key = EntityKey("workflow", sums.name, "", "demo")
        backend.execute(NewExecution(key, inputs={"values": [1]}, name="mine"))
        for _ in backend.watch("mine"):
            pass
        tokens = {
            "expired": api.token("expired", "admin", days=1),
            "stranger": api.token("stranger", "viewer", ("other",), days=None),
            "viewer": api.token("viewer", "viewer", ("demo",), days=None),
            "operator": api.token("operator", "operator", ("demo",), days=None),
            "admin": api.token("admin", "admin", days=None),
            "revoked": api.token("revoked", "admin", days=None),
            "nobody": "",
        }
        backend.revoke_token("revoked")
        clock.advance(2 * DAY)
        yield Callers(api, registered.version, tokens)


@pytest.mark.parametrize(
    "caller", ["nobody", "expired", "revoked", "stranger", "viewer", "operator", "admin"]
)
@pytest.mark.parametrize("route", TABLE)
def test_each_caller_gets_what_the_table_says(callers, route, caller):
    row = TABLE[route]
    method, _, template = route.partition(" ")
    noun = template.split("/")[3] if template.startswith("/api") else ""
    path = template.format(
        project="demo",
        domain="development",
        name=NAMES.get(noun, "none"),
        version=callers.version,
        id="mine",
        digest=NOBODY,
    )
    body = {} if method == "POST" and row.body is None else row.body
    answer = callers.api.ask(
        method,
        f"{path}?{row.query}",
        body=body,
        token=callers.tokens[caller],
        headers={"content-type": "application/json"} if body == b"null" else {},
    )
    expected = row.nobody if caller in {"expired", "revoked"} else getattr(row, caller)
    assert answer.status == expected, answer.body


def test_every_route_has_a_row():
    assert {f"{each.method} {each.path}" for each in operations()} == TABLE.keys()
