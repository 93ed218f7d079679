"""Placeholders and templates: texts with gaps, and nothing else that can happen in them."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest
from hypothesis import given, strategies as st

from volery.ir import placeholder, template
from volery.ir.addresses import problem, shown

ANYTHING = st.text(st.characters(codec="utf-8"), min_size=1)


def get(value: str) -> placeholder.Get:
    return lambda _group, _key: value


@given(value=ANYTHING)
def test_a_secret_cannot_change_where_a_url_leads(value):
    url = "https://me:${secret:a/b}@example.org/hooks/${secret:c}?key=${secret:d/e}&end=1"
    filled = urlsplit(placeholder.fill_url(url, get(value)))
    assert filled.hostname == "example.org"
    assert filled.username == "me"
    assert filled.path.startswith("/hooks/")
    assert filled.query.startswith("key=")
    assert filled.query.endswith("&end=1")
    assert filled.fragment == ""


def test_each_secret_is_asked_for_by_group_and_key():
    asked = []
    placeholder.fill("${secret:a/b} ${secret:c.d-e_f}", lambda *name: asked.append(name) or "x")
    assert asked == [("a", "b"), ("", "c.d-e_f")]


def test_what_is_filled_in_is_not_looked_at_again():
    assert placeholder.fill("${secret:a}", get("${secret:b}")) == "${secret:b}"


@pytest.mark.parametrize(
    "text",
    ["${secret:}", "${secret:../a}", "${secret:a/..}", "${secret:a/b/c}", "${secret:a", "${HOME}"],
)
def test_what_is_begun_like_a_placeholder_has_to_be_one(text):
    assert placeholder.is_malformed(text)
    assert not placeholder.is_malformed("${secret:a/b} $ { }")


@given(text=ANYTHING)
def test_a_template_that_is_accepted_leaves_no_gap(text):
    values = dict.fromkeys(template.FIELDS, "v")
    if not template.unknown(text):
        assert template.fill(text.replace("{{", "").replace("}}", ""), values).count("{") == 0


@given(value=ANYTHING)
def test_a_value_stands_there_as_it_is(value):
    filled = template.fill("a {{{failure}}} {nothing} {failure}", {"failure": value})
    assert filled == f"a {{{value}}} {{nothing}} {value}"


@given(text=ANYTHING)
def test_any_text_is_an_address_or_is_refused(text):
    for channel in ("email", "slack", "pagerduty", "webhook", "url"):
        found = problem(channel, text)
        assert found is None or text not in found.message or len(text) < 20
        assert shown(channel, text).startswith(channel)
