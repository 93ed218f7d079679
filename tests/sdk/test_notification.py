"""Notifications as users write them."""

from __future__ import annotations

import pytest

from volery.errors import DefinitionError
from volery.ir.notification import Notification
from volery.sdk.notification import (
    Email,
    Notify,
    PagerDuty,
    Slack,
    Webhook,
    WorkflowExecutionPhase,
)

FAILED = WorkflowExecutionPhase.FAILED
HERE = r"\(test_notification\.py:\d+\)|\(.*test_notification\.py:\d+\)"


@pytest.mark.parametrize(
    ("made", "spec"),
    [
        (
            Email([FAILED, WorkflowExecutionPhase.TIMED_OUT], ["a@example.org", "b@example.org"]),
            Notification(("FAILED", "TIMED_OUT"), "email", ("a@example.org", "b@example.org")),
        ),
        (
            Email(phases=["SUCCEEDED"], recipients_email=("a@x.org",), subject="{entity} is done"),
            Notification(("SUCCEEDED",), "email", ("a@x.org",), "{entity} is done"),
        ),
        (
            Slack([FAILED], recipients_email=["ops@team.slack.com"]),
            Notification(("FAILED",), "email", ("ops@team.slack.com",)),
        ),
        (
            Slack([FAILED], url="https://hooks.slack.com/services/${secret:slack/ops}"),
            Notification(
                ("FAILED",), "slack", ("https://hooks.slack.com/services/${secret:slack/ops}",)
            ),
        ),
        (
            Slack([FAILED], url="${secret:slack-ops}", body="{failure}"),
            Notification(("FAILED",), "slack", ("${secret:slack-ops}",), "", "{failure}"),
        ),
        (
            PagerDuty([FAILED], recipients_email=["a@team.pagerduty.com"]),
            Notification(("FAILED",), "email", ("a@team.pagerduty.com",)),
        ),
        (
            PagerDuty([FAILED], routing_key="${secret:pagerduty/ops}"),
            Notification(
                ("FAILED",),
                "pagerduty",
                ("https://${secret:pagerduty/ops}@events.pagerduty.com/v2/enqueue",),
            ),
        ),
        (
            Webhook([FAILED, "FAILED", "ABORTED"], "https://example.org/hooks/ended?for=volery"),
            Notification(
                ("FAILED", "ABORTED"), "webhook", ("https://example.org/hooks/ended?for=volery",)
            ),
        ),
        (
            Notify([FAILED], ["discord://${secret:chat/discord}", "mailto://localhost"]),
            Notification(
                ("FAILED",), "url", ("discord://${secret:chat/discord}", "mailto://localhost")
            ),
        ),
    ],
)
def test_a_notification_becomes_data(made, spec):
    assert made.spec() == spec


@pytest.mark.parametrize(
    ("make", "told", "hint"),
    [
        (lambda: Email([], ["a@x.org"]), "phases= names no phase", "WorkflowExecutionPhase"),
        (lambda: Email(["FAILD"], ["a@x.org"]), "no execution ends FAILD", "FAILED"),
        (lambda: Email(["RUNNING"], ["a@x.org"]), "no execution ends RUNNING", None),
        (lambda: Email("FAILED", ["a@x.org"]), "phases= takes a list of strings", "phases=["),
        (lambda: Email([6], ["a@x.org"]), "phases= takes a list of strings", None),
        (lambda: Email([FAILED], []), "recipients_email= names nobody", "team@example.org"),
        (lambda: Email([FAILED], "a@x.org"), "recipients_email= takes a list", None),
        (lambda: Email([FAILED], ["a@x.org", "b"]), "number 2 of recipients_email=.*'b'", "team@"),
        (lambda: Email([FAILED], ["a@x.org\nBcc: b@x.org"]), "no e-mail address", None),
        (lambda: Email([FAILED], ["a@x.org"], subject="{fail}"), "{fail}, which is no", "failure"),
        (lambda: Email([FAILED], ["a@x.org"], body="a } b"), "}, which is no field", "{{ or }}"),
        (lambda: Email([FAILED], ["a@x.org"], body=7), "body= takes a string", None),
        (lambda: Email([FAILED], ["a@x.org"], to="x"), "has no to=", None),
        (lambda: Slack([FAILED]), "takes recipients_email= or url=, got neither", "secret:"),
        (lambda: Slack([FAILED], ["a@x.org"], "${secret:a}"), "got both", None),
        (
            lambda: Slack([FAILED], url="https://chat.example.org/x"),
            "is a secret itself",
            "secret:",
        ),
        (lambda: PagerDuty([FAILED]), "recipients_email= or routing_key=, got neither", None),
        (lambda: PagerDuty([FAILED], routing_key="abc"), "routing_key= is a secret", "secret:"),
        (
            lambda: PagerDuty([FAILED], routing_key="${secret:a}", url="ftp://x"),
            "of another kind: ftp",
            "https://",
        ),
        (lambda: Webhook([FAILED], "example.org/x"), "it is no URL", "https://"),
        (lambda: Webhook([FAILED], "https://x.org/a b"), "it is no URL", "no spaces"),
        (lambda: Webhook([FAILED], "https://x.org/${secret:}"), "not complete", "group/key"),
        (lambda: Webhook([FAILED], "https://x.org/${SECRET}"), "not complete", "group/key"),
        (lambda: Webhook([FAILED], "https://x.org/" + "a" * 2000), "longer than 2000", None),
        (lambda: Notify([FAILED], []), "urls= names nobody", None),
        (lambda: Notify([FAILED], ["discord"]), "it is no URL", "slack://"),
    ],
)
def test_what_cannot_work_is_refused_where_it_is_written(make, told, hint):
    with pytest.raises(DefinitionError, match=told) as caught:
        make()
    assert "test_notification.py:" in caught.value.message
    if hint is not None:
        assert hint in str(caught.value.hint)


SHOWN = [
    "https://user:hunter2@example.org/x",
    "https://example.org/x?token=hunter2",
    "https://example.org/x?api_key=hunter2",
    "https://example.org/hooks/T0000aB1xyzT0000aB1xyz",
    "https://example.org/hooks/3fa85f64-5717-4562-b3fc-2c963f66afa6",
    "https://hooks.slack.com/services/T0/B0/x",
    "https://discord.com/api/webhooks/1/x",
]


@pytest.mark.parametrize("url", SHOWN)
def test_a_secret_that_is_written_out_is_refused_and_not_said_again(url):
    with pytest.raises(DefinitionError, match="shows a secret") as caught:
        Webhook([FAILED], url)
    assert "hunter2" not in str(caught.value)
    assert "secret:group/key" in str(caught.value)


@pytest.mark.parametrize(
    "url",
    [
        "slack://T0abcdefg/B0abcdefg/TIiajkdnlazkcOXrIdevi7FQ",
        "discord://4174216298/JHMHI8qBe7bk2ZwO5U711o3dV_js",
        "tgram://123456789:abcdefg_hijklmnop/12315544/",
        "mailto://me:hunter2@example.org",
    ],
)
def test_so_is_one_in_a_url_of_apprise(url):
    with pytest.raises(DefinitionError, match="shows a secret"):
        Notify([FAILED], [url])


@pytest.mark.parametrize(
    "url",
    [
        "https://workflow-events-handler-v2.internal.example.org:8443/hooks/nightly-run-finished-2",
        "https://me:${secret:hooks/password}@example.org/x",
        "https://example.org/x?token=${secret:hooks/token}&for=2026-11-22",
        "https://hooks.slack.com/services/${secret:hooks/slack}",
        "http://[::1]:8080/hook",
    ],
)
def test_a_url_without_secrets_is_taken(url):
    assert Webhook([FAILED], url).spec().to == (url,)
