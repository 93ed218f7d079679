"""`volery tokens`."""

from __future__ import annotations

import re

import pytest


def test_a_token_is_shown_once(volery, volery_json):
    made = volery("tokens", "create", "ci")
    secret = made.stdout.strip()
    assert re.fullmatch(r"vol_[A-Za-z0-9_-]{43}", secret)
    assert "nobody can show it again" in made.stderr
    [listed] = volery_json("tokens", "list")
    assert listed["name"] == "ci"
    assert listed["role"] == "viewer"
    assert listed["projects"] is None
    assert listed["revoked"] is None
    assert secret not in str(listed)


def test_a_token_is_bound_to_projects_and_days(volery_json):
    made = volery_json(
        "tokens", "create", "ci", "--role", "operator", "--project", "a", "--project", "b",
        "--days", "never",
    )  # fmt: skip
    assert made["role"] == "operator"
    assert made["projects"] == ["a", "b"]
    assert made["expires"] is None
    assert made["secret"].startswith("vol_")


def test_a_revoked_token_is_listed_as_such(volery):
    volery("tokens", "create", "ci")
    assert volery("tokens", "revoke", "ci").stdout == "token ci is revoked\n"
    assert re.search(r"ci +viewer +all +revoked \d{4}-", volery("tokens", "list").stdout)


def test_without_tokens_it_says_how_to_make_one(volery):
    done = volery("tokens", "list")
    assert (done.returncode, done.stdout) == (0, "")
    assert "volery tokens create NAME" in done.stderr


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["create", "a b"], "cannot name a token"),
        (["create", "ci", "--role", "king"], "--role"),
        (["create", "ci", "--days", "soon"], "expected days or never"),
        (["create", "ci", "--days", "-1"], "days"),
        (["revoke", "none"], "there is no token none"),
    ],
)
def test_wrong_use_is_told(volery, arguments, told):
    done = volery("tokens", *arguments)
    assert done.returncode == 2
    assert told in done.stderr


def test_a_name_is_used_once(volery):
    volery("tokens", "create", "ci")
    done = volery("tokens", "create", "ci")
    assert done.returncode == 2
    assert "there is a token ci already" in done.stderr
