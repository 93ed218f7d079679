"""Every route, and everybody who may ask: what each of them gets stands in one table."""

from __future__ import annotations

from collections.abc import Iterator
from secrets import token_hex
from typing import Any, NamedTuple

import pytest
from tests.api.served import Reply, Served, served

from volery.api.app import operations
from volery.data.hashing import digest_of
from volery.services.access import DAY
from volery.testing.clock import FakeClock
from volery.testing.conformance.backend_flows import plan, registration_of, sums, total
from volery.wire.entities import EntityKey
from volery.wire.executions import NewExecution
from volery.wire.projects import NewProject

pytestmark = pytest.mark.keeps_running("threads that answer belong to the server")

NOBODY = "0" * 64
"""A digest of nothing that is there."""
FRESH = "fresh"
"""Stands for a name that nothing has yet."""


class Row(NamedTuple):
    """What each caller gets; whoever has no token that counts gets 401, but for `nobody`.

    Attributes:
        stranger: a viewer of another project.
        viewer, operator: of the project that it is about.
        admin: of everything.
        query, body: of the request.
        endless: the answer does not end by itself.
    """

    stranger: int
    viewer: int
    operator: int
    admin: int
    query: str = ""
    body: Any = None
    nobody: int = 401
    endless: bool = False


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
    "POST /api/v1/projects": admins(201, {"id": FRESH}),
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
    "GET /api/v1/tasks/{project}/{domain}/{name}/{version}/graph": reading(),
    "GET /api/v1/workflows": everybody(),
    "GET /api/v1/workflows/{project}/{domain}/{name}": reading(),
    "GET /api/v1/workflows/{project}/{domain}/{name}/{version}": reading(),
    "GET /api/v1/workflows/{project}/{domain}/{name}/{version}/graph": reading(),
    "GET /api/v1/launch-plans": everybody(),
    "GET /api/v1/launch-plans/{project}/{domain}/{name}": reading(),
    "GET /api/v1/launch-plans/{project}/{domain}/{name}/{version}": reading(),
    "GET /api/v1/launch-plans/{project}/{domain}/{name}/{version}/graph": reading(),
    "POST /api/v1/launch-plans/activate": acting(200, PLAN),
    "POST /api/v1/launch-plans/deactivate": acting(200, PLAN),
    # schedules
    "GET /api/v1/schedules": everybody(),
    "GET /api/v1/schedules/{project}/{domain}/{name}/fires": reading(status=404),
    "GET /api/v1/schedules/{project}/{domain}/{name}/course": reading(status=404),
    "POST /api/v1/launch-plans/backfill": acting(
        404, {"plan": PLAN, "since": 0, "until": 1, "dry": True}
    ),
    # executions
    "POST /api/v1/executions": acting(201, {"entity": SUMS, "inputs": {"values": [1]}}),
    "GET /api/v1/executions": everybody(),
    "GET /api/v1/counts": everybody(),
    "GET /api/v1/counts/over-time": everybody(),
    "GET /api/v1/glance": everybody(),
    "GET /api/v1/gates": everybody(),
    "GET /api/v1/suggestions": everybody("field=name"),
    "GET /api/v1/events": everybody()._replace(endless=True),
    "GET /api/v1/executions/{id}": reading(),
    "GET /api/v1/executions/{id}/summary": reading(),
    "GET /api/v1/executions/{id}/opening": reading(),
    "GET /api/v1/executions/{id}/inputs": reading(),
    "GET /api/v1/executions/{id}/outputs": reading(),
    "GET /api/v1/executions/{id}/values": reading(),
    "GET /api/v1/executions/{id}/definition": reading(),
    "GET /api/v1/executions/{id}/journal": reading(),
    "GET /api/v1/executions/{id}/events": reading(),
    "GET /api/v1/executions/{id}/gates": reading(),
    "GET /api/v1/executions/{id}/cache": reading("path=n0", status=200),
    "GET /api/v1/executions/{id}/notices": reading(),
    "GET /api/v1/executions/{id}/graph": reading(),
    "GET /api/v1/executions/{id}/scope/opening": reading(),
    "GET /api/v1/executions/{id}/statuses": reading(),
    "GET /api/v1/executions/{id}/timeline": reading(),
    "GET /api/v1/executions/{id}/cells": reading("path=n0", status=404),
    "GET /api/v1/executions/{id}/failure": reading(status=404),
    "GET /api/v1/executions/{id}/nodes": reading(),
    "GET /api/v1/executions/{id}/node": reading("path=n0"),
    "GET /api/v1/executions/{id}/node/opening": reading("path=n0"),
    "GET /api/v1/executions/{id}/attempts": reading("path=n0"),
    "GET /api/v1/executions/{id}/log": reading("path=n0"),
    "GET /api/v1/executions/{id}/log/lines": reading("path=n0"),
    "GET /api/v1/executions/{id}/log/matches": reading("path=n0&text=a"),
    "GET /api/v1/executions/{id}/log/text": reading("path=n0"),
    "GET /api/v1/executions/{id}/decks": reading("path=n0"),
    "GET /api/v1/executions/{id}/decks/html": reading("path=n0&name=none", 404),
    "POST /api/v1/executions/{id}/abort": acting(200, {}),
    "POST /api/v1/executions/{id}/recover": acting(422, {}),
    "POST /api/v1/executions/{id}/verdicts": acting(
        422, {"bundle": "", "entity": {"kind": "task", "name": "a"}, "record": ""}
    ),
    "POST /api/v1/executions/{id}/relaunch": acting(201, b"null"),
    "POST /api/v1/executions/{id}/signal": acting(404, {"gate": "none"}),
    "GET /api/v1/fleet": everybody(),
    "GET /api/v1/fleet/entities": everybody(),
    "GET /api/v1/compare": reading("left=mine&right=mine"),
    "GET /api/v1/diff": reading(
        f"kind=workflow&project=demo&name={sums.name}&left={{version}}&right={{version}}"
    ),
    # lineage
    "GET /api/v1/artifacts": everybody(),
    "GET /api/v1/lineage": reading("execution=mine"),
    # the server
    "GET /api/v1/system": everybody(),
    # access
    "GET /api/v1/tokens": admins(200),
    "POST /api/v1/tokens": admins(201, {"name": FRESH}),
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


def asked(callers: Callers, route: str, caller: str) -> Reply:
    """What a caller is answered at a route, for what its row says."""
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
    token = callers.tokens[caller]
    query = row.query.format(version=callers.version)
    if row.endless:
        return callers.api.head_of(f"{path}?{query}", token)
    body = {} if method == "POST" and row.body is None else row.body
    if isinstance(body, dict):
        body = {key: value if value != FRESH else f"n{token_hex(8)}" for key, value in body.items()}
    return callers.api.ask(
        method,
        f"{path}?{query}",
        body=body,
        token=token,
        headers={"content-type": "application/json"} if body == b"null" else {},
    )


@pytest.mark.parametrize(
    "caller", ["nobody", "expired", "revoked", "stranger", "viewer", "operator", "admin"]
)
@pytest.mark.parametrize("route", TABLE)
def test_each_caller_gets_what_the_table_says(callers, route, caller):
    row = TABLE[route]
    answer = asked(callers, route, caller)
    expected = row.nobody if caller in {"expired", "revoked"} else getattr(row, caller)
    assert answer.status == expected, answer.body


CHANGES = [
    route for route, row in TABLE.items() if row.admin < 300 and route.startswith(("POST", "PUT"))
]


@pytest.mark.parametrize("route", CHANGES)
def test_a_change_has_a_line_in_the_audit(callers, route):
    backend = callers.api.backend
    if route.endswith("/deactivate"):
        backend.activate(EntityKey("launch_plan", plan.name, callers.version, "demo"))
    (before,) = backend.audit(1).items
    answer = asked(callers, route, "admin")
    assert answer.status < 300
    (line,) = backend.audit(1).items
    assert line.seq > before.seq
    assert line.who == "admin"


def test_an_execution_says_who_has_asked_for_it(callers):
    body = {"entity": SUMS, "inputs": {"values": [1]}}
    token = callers.tokens["operator"]
    made = callers.api.ask("POST", "/api/v1/executions", body=body, token=token).json
    assert made["by"] == "operator"
    again = callers.api.backend.relaunch(made["id"])
    assert again.by == ""  # nobody had to say


def test_content_that_is_put_has_one_line_in_the_audit(callers):
    body = b"something"
    path = f"/api/v1/content/{digest_of(body)}"
    for _ in range(2):  # nothing happens the second time
        answer = callers.api.ask("PUT", path, body=body, token=callers.tokens["operator"])
        assert answer.status == 204
    lines = [each for each in callers.api.backend.audit().items if each.on == digest_of(body)]
    assert [(each.who, each.what) for each in lines] == [("operator", "content.put")]


def test_every_route_has_a_row():
    assert {f"{each.method} {each.path}" for each in operations()} == TABLE.keys()
