"""Requests: what is understood, and how what is not is told."""

from __future__ import annotations

import json
from itertools import count

import pytest
from tests.api.large import many_sums

from volery.api.sources import ServerMetrics
from volery.testing.conformance.backend_flows import key_of, registration_of

pytestmark = pytest.mark.keeps_running("threads that answer belong to the server")

ENTITY = {"kind": "workflow", "name": "none"}


@pytest.mark.parametrize(
    ("query", "path"),
    [
        ("limit=x", "$.limit"),
        ("limit=0", "$.limit"),
        ("limit=1001", "$.limit"),
        ("limit=1&limit=2", "$.limit"),
        ("phase=GONE", "$.phase[0]"),
        ("since=nan", "$.since"),
        ("since=1e400", "$.since"),
        ("kind=x", "$.kind"),
        ("children=perhaps", "$.children"),
        ("unknown=1", "$"),
    ],
)
def test_a_wrong_parameter_is_refused_with_its_name(api, query, path):
    answer = api.get(f"/api/v1/executions?{query}")
    assert answer.problem == (400, "CallError", path)


def test_a_parameter_that_is_nearly_right_is_suggested(api):
    assert api.get("/api/v1/executions?serach=x").json["hint"] == "did you mean search?"


@pytest.mark.parametrize("label", ["x", "=x", ""])
def test_a_label_that_is_none_is_refused(api, label):
    assert api.get(f"/api/v1/executions?label={label}").problem == (400, "CallError", "$.label")


def test_an_input_has_to_be_json(api):
    answer = api.get("/api/v1/executions?input=x=so")
    assert answer.problem == (400, "CallError", "$.input")
    assert '"so"' in answer.json["hint"]


@pytest.mark.parametrize(
    ("body", "path"),
    [
        ({}, "$"),
        ([], "$"),
        ({"entity": ENTITY, "priority": "5"}, "$.priority"),
        ({"entity": ENTITY, "labels": {"a": 1}}, "$.labels[...]"),
        ({"entity": {"kind": "workflow", "name": 5}}, "$.entity.name"),
        ({"entity": {"kind": "flow", "name": "x"}}, "$.entity.kind"),
        ({"entity": ENTITY, "record": "not base64!"}, "$.record"),
        ({"entity": ENTITY, "nmae": "x"}, "$"),
    ],
)
def test_a_wrong_body_is_refused_with_the_place(api, body, path):
    answer = api.post("/api/v1/executions", body)
    assert answer.problem == (400, "CallError", path)


def test_an_unknown_field_is_named_and_the_nearest_suggested(api):
    answer = api.post("/api/v1/executions", {"entity": ENTITY, "nmae": "x"})
    assert "`nmae`" in answer.json["detail"]
    assert answer.json["hint"] == "did you mean name?"


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"\xff", b'{"entity": NaN}', b'"\\ud800"', b"[" * 100_000, b"1e999"],
    ids=["nothing", "cut off", "not text", "no number", "half a character", "deep", "too large"],
)
def test_what_is_not_json_is_refused(api, body):
    answer = api.post("/api/v1/executions", body, headers={"content-type": "application/json"})
    assert answer.problem[:2] == (400, "CallError")


def test_a_body_that_is_too_large_is_refused(api):
    answer = api.post("/api/v1/executions", {"entity": ENTITY, "inputs": {"x": "x" * 10_000_000}})
    assert answer.problem[0] == 413


def test_an_unknown_route_is_a_problem(api):
    assert api.get("/api/v1/nothing").problem == (404, "NotFound", None)


def test_an_unknown_method_is_a_problem_that_names_the_others(api):
    answer = api.ask("DELETE", "/api/v1/executions")
    assert answer.problem == (405, "MethodNotAllowed", None)
    assert set(answer.headers["allow"].split(", ")) >= {"GET", "POST"}


def test_what_is_not_there_is_a_problem_with_a_hint(api):
    answer = api.get("/api/v1/workflows/default/development/nothing")
    assert answer.problem[:2] == (404, "NotFound")


def test_an_answer_to_head_has_no_body(api):
    answer = api.ask("HEAD", f"/api/v1/packages/{'0' * 64}")
    assert (answer.status, answer.body) == (404, b"")


def test_a_package_that_is_another_is_refused(api):
    kind = {"content-type": "application/octet-stream"}
    answer = api.ask("PUT", f"/api/v1/packages/{'0' * 64}", body=b"no archive", headers=kind)
    assert answer.status == 422


def test_what_is_described_is_what_is_there(api):
    described = api.get("/api/openapi.json").json
    assert described["openapi"] == "3.1.0"
    operations = [operation for path in described["paths"].values() for operation in path.values()]
    assert len({each["operationId"] for each in operations}) == len(operations)
    assert all(each["summary"] for each in operations)
    assert "$ref" in json.dumps(described["paths"])
    problems = described["components"]["responses"].values()
    assert all("application/problem+json" in each["content"] for each in problems)


def test_metrics_are_what_prometheus_reads(api):
    api.get("/api/v1/executions/none")
    answer = api.get("/metrics")
    assert answer.headers["content-type"].startswith("text/plain; version=0.0.4")
    lines = answer.body.decode().splitlines()
    assert "volery_ready 1.0" in lines
    assert 'volery_build_info{version="' in answer.body.decode()
    assert any(
        line.startswith("volery_http_requests_total")
        and 'route="/api/v1/executions/{id}"' in line
        and 'status="404"' in line
        for line in lines
    )
    for name in ("outbox", "attempts_under_way", "dirty_scopes"):
        assert f"volery_{name} 0.0" in lines


def test_counting_all_executions_takes_a_hundredth_of_the_time(api):
    began = count()  # each look at the watch is a second after the one before

    def looks() -> int:
        """How often the watch is looked at: once more where all are counted."""
        before = next(began)
        list(metrics.samples())
        return next(began) - before - 1

    metrics = ServerMetrics(api.server, lambda: float(next(began)))
    assert [looks() for _ in range(70)].count(2) == 3


@pytest.mark.parametrize(
    "path", ["/healthz", "/readyz", "/metrics", "/api/openapi.json", "/api/v1/executions"]
)
def test_what_can_be_got_can_be_asked_for_its_headers(api, path):
    got, asked = api.get(path), api.ask("HEAD", path)
    assert (asked.status, asked.body) == (200, b"")
    assert asked.headers["content-type"] == got.headers["content-type"]
    assert int(asked.headers["content-length"]) > 0


@pytest.mark.parametrize(
    ("path", "methods"),
    [
        ("/api/v1/executions", "GET, HEAD, OPTIONS, POST"),
        ("/api/v1/executions/mine/abort", "OPTIONS, POST"),
        (f"/api/v1/packages/{'0' * 64}", "HEAD, OPTIONS, PUT"),
    ],
)
def test_a_path_tells_by_which_methods_it_is_asked(api, path, methods):
    answer = api.ask("OPTIONS", path)
    assert (answer.status, answer.headers["allow"]) == (204, methods)


def test_a_large_answer_is_compressed_for_who_takes_that(api):
    takes = {"accept-encoding": "br, gzip"}
    assert "content-encoding" not in api.get("/api/v1/projects", headers=takes).headers
    api.backend.register(registration_of(many_sums, "default", version="large"))
    key = key_of(many_sums, "default")
    graph = f"/api/v1/workflows/{key.project}/{key.domain}/{key.name}/large/graph"
    plain, packed = api.get(graph), api.get(graph, headers=takes)
    assert "content-encoding" not in plain.headers
    assert (packed.headers["content-encoding"], packed.headers["vary"]) == (
        "gzip",
        "accept-encoding",
    )
    assert int(packed.headers["content-length"]) < int(plain.headers["content-length"]) / 5
    assert packed.json == plain.json  # the client has taken it apart
