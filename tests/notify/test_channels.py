"""Channels, each against a real server on loopback."""

from __future__ import annotations

import base64
import hashlib
import hmac
import socket
from collections.abc import Iterator

import pytest
from msgspec.structs import replace
from tests.servers.hooks import Hooks, hang_up, hooks, status
from tests.servers.mail import Mail, mail_server

from volery.config import Smtp
from volery.errors import NotFound
from volery.ir.failure import Failure
from volery.notify import channels, email, http
from volery.notify.channel import Means, NotSentError
from volery.notify.message import Message

SECRETS = {
    "mail/password": "correct horse",
    "hooks/path": "T0/B0/x?y",
    "hooks/whole": "",
    "pagerduty/key": "r0uting",
    "hooks/signing": "whsec_" + base64.b64encode(b"a key of some bytes").decode(),
    "hooks/plain": "a plain key",
    "hooks/odd": "whsec_?",
}
FAILURE = Failure("ValueError", "USER", "no <b>column</b> & no row", path="n0")
MESSAGE = Message(
    key="run/1",
    execution="run",
    project="shop",
    domain="production",
    kind="launch_plan",
    entity="daily",
    version="v7",
    phase="FAILED",
    failure=FAILURE,
    created=1_893_456_000.0,
    ended=1_893_456_192.0,
    sent=1_893_456_200.0,
    link="https://volery.example.org/executions/run?a=1&b=2",
)


def secret(group: str, key: str) -> str:
    try:
        return SECRETS[f"{group}/{key}"]
    except KeyError:
        raise NotFound(f"there is no secret {group}/{key}") from None


MEANS = Means(secret)


@pytest.fixture
def server() -> Iterator[Hooks]:
    with hooks() as running:
        yield running


@pytest.fixture
def mail() -> Iterator[Mail]:
    with mail_server() as running:
        yield running


def smtp(mail: Mail, **more) -> Means:
    return Means(secret, Smtp("127.0.0.1", mail.port, sender="Volery <volery@example.org>", **more))


# -- webhooks ------------------------------------------------------------------------------------


def test_a_webhook_gets_a_document(server):
    channels.send("webhook", f"{server.url}/hooks/7?a=b", MESSAGE, MEANS)
    (received,) = server.received
    assert received.path == "/hooks/7?a=b"
    assert received.headers["Content-Type"] == "application/json"
    assert received.headers["Webhook-Id"] == received.headers["Idempotency-Key"] == "run/1"
    assert "Webhook-Signature" not in received.headers
    document = received.json
    assert document["type"] == "execution.failed"
    assert document["timestamp"] == "2030-01-01T00:03:12+00:00"
    data = document["data"]
    assert data["execution"] == "run"
    assert data["entity"] == {"kind": "launch_plan", "name": "daily", "version": "v7"}
    assert data["phase"] == "FAILED"
    assert data["failure"]["message"] == FAILURE.message
    assert data["link"] == MESSAGE.link


def test_of_what_has_not_failed_no_failure_is_sent(server):
    ended = replace(MESSAGE, phase="SUCCEEDED", failure=None, link="", version="")
    channels.send("webhook", server.url, ended, MEANS)
    data = server.received[0].json["data"]
    assert (data["failure"], data["link"], data["entity"]["version"]) == (None, None, None)


@pytest.mark.parametrize(
    ("name", "key"), [("hooks/signing", b"a key of some bytes"), ("hooks/plain", b"a plain key")]
)
def test_a_webhook_is_signed_as_standard_webhooks_has_it(server, name, key):
    channels.send("webhook", server.url, MESSAGE, Means(secret, signing=name))
    (received,) = server.received
    at = received.headers["Webhook-Timestamp"]
    assert at == "1893456200"
    signed = f"run/1.{at}.".encode() + received.body
    expected = base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
    assert received.headers["Webhook-Signature"] == f"v1,{expected}"


def test_a_signing_secret_that_cannot_be_read_is_no_secret_at_all(server):
    with pytest.raises(NotSentError, match="not base64") as caught:
        channels.send("webhook", server.url, MESSAGE, Means(secret, signing="hooks/odd"))
    assert caught.value.final
    assert not server.received


def test_a_user_and_a_password_go_as_a_header(server):
    url = server.url.replace("://", "://us%20er:${secret:mail/password}@")
    channels.send("webhook", url, MESSAGE, MEANS)
    (received,) = server.received
    sent = base64.b64encode(b"us er:correct horse").decode()
    assert received.headers["Authorization"] == f"Basic {sent}"
    assert received.headers["Host"] == f"127.0.0.1:{server.port}"


def test_a_secret_stays_the_part_of_the_url_that_it_is(server):
    channels.send("webhook", f"{server.url}/${{secret:hooks/path}}?q=1", MESSAGE, MEANS)
    assert server.received[0].path == "/T0/B0/x%3Fy?q=1"


# -- what goes wrong -----------------------------------------------------------------------------


def not_sent(channel, to, message=MESSAGE, means=MEANS) -> NotSentError:
    with pytest.raises(NotSentError) as caught:
        channels.send(channel, to, message, means)
    return caught.value


@pytest.mark.parametrize("code", [400, 401, 403, 404, 410, 413])
def test_what_the_other_side_refuses_is_not_sent_again(server, code):
    server.answer(status(code, "no_such_hook\nat all"))
    error = not_sent("webhook", server.url)
    assert error.final
    assert str(code) in error.message
    assert "no_such_hook at all" in error.message


@pytest.mark.parametrize("code", [408, 425, 429, 500, 502, 503])
def test_what_may_pass_is_sent_again(server, code):
    server.answer(code)
    assert not not_sent("webhook", server.url).final


def test_the_other_side_says_when_it_may_be_asked_again(server):
    server.answer(status(429, retry_after="120"), status(503, retry_after="Wed, 21 Oct 2026 07:28"))
    assert not_sent("webhook", server.url).after == 120
    assert not_sent("webhook", server.url).after == 0


def test_nothing_is_sent_where_a_redirection_leads(server):
    server.answer(status(307, location=f"{server.url}/elsewhere"))
    error = not_sent("webhook", server.url)
    assert error.final
    assert "redirections are not followed" in error.message
    assert [each.path for each in server.received] == ["/"]


def test_who_hangs_up_is_asked_again(server):
    server.answer(hang_up)
    error = not_sent("webhook", server.url)
    assert not error.final
    assert "127.0.0.1 was not reached" in error.message


def test_who_is_silent_is_not_waited_for(server, monkeypatch):
    monkeypatch.setattr(http, "PATIENCE", 0.05)
    server.answer(server.hang)
    error = not_sent("webhook", server.url)
    assert not error.final
    assert "no answer" in error.message


def test_who_speaks_slowly_is_not_listened_to_for_ever(server, monkeypatch):
    def drip(handler):
        for _ in range(3000):  # each byte is in time, all of them are not
            handler.wfile.write(b"H")
            handler.wfile.flush()
            if server.released.wait(0.01):
                break

    monkeypatch.setattr(http, "LONGEST", 0.2)
    server.answer(drip)
    assert not not_sent("webhook", server.url).final


def test_of_a_long_answer_little_is_read(server):
    server.answer(status(500, "x" * 1_000_000))
    assert len(not_sent("webhook", server.url).message) < 500


def test_where_nobody_listens_it_is_tried_again():
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    error = not_sent("webhook", f"http://127.0.0.1:{port}/x")
    assert not error.final
    assert "refused" in error.message


@pytest.mark.parametrize("to", ["ftp://h/x", "http:///x", "http://h:99999/x", "nothing"])
def test_what_is_no_address_is_not_tried_again(to):
    assert not_sent("webhook", to).final


def test_a_secret_that_is_missing_names_itself(server):
    error = not_sent("webhook", f"{server.url}/${{secret:hooks/typo}}")
    assert error.final
    assert "hooks/typo" in error.message


def test_no_secret_stands_in_an_error(server):
    server.answer(status(500, "what is T0/B0/x?y or T0/B0/x%3Fy or T0%2FB0%2Fx%3Fy"))
    error = not_sent("webhook", f"{server.url}/${{secret:hooks/path}}")
    assert "B0" not in str(error)
    assert error.__cause__ is None
    assert error.__suppress_context__
    assert "[secret hooks/path]" in error.message


# -- Slack, PagerDuty ----------------------------------------------------------------------------


def test_slack_gets_text_in_which_nothing_is_markup(server):
    channels.send("slack", f"{server.url}/${{secret:hooks/path}}", MESSAGE, MEANS)
    text = server.received[0].json["text"]
    assert text.startswith("*daily FAILED: run*\n")
    assert "no &lt;b&gt;column&lt;/b&gt; &amp; no row" in text


def test_a_whole_url_can_be_a_secret(server, monkeypatch):
    monkeypatch.setitem(SECRETS, "hooks/whole", f"{server.url}/hook?a=b/c\n")
    channels.send("slack", "${secret:hooks/whole}", MESSAGE, MEANS)
    assert server.received[0].path == "/hook?a=b/c"


def pagerduty(server: Hooks) -> str:
    return server.url.replace("://", "://${secret:pagerduty/key}@") + "/v2/enqueue"


@pytest.mark.parametrize(
    ("phase", "severity"),
    [("FAILED", "error"), ("TIMED_OUT", "error"), ("ABORTED", "warning"), ("SUCCEEDED", "info")],
)
def test_pagerduty_gets_an_event(server, phase, severity):
    server.answer(202)
    channels.send("pagerduty", pagerduty(server), replace(MESSAGE, phase=phase), MEANS)
    (received,) = server.received
    assert received.path == "/v2/enqueue"
    assert "Authorization" not in received.headers
    event = received.json
    assert event["routing_key"] == "r0uting"
    assert event["event_action"] == "trigger"
    assert event["dedup_key"] == "run/1"
    assert event["payload"]["severity"] == severity
    assert event["payload"]["source"] == "shop/production/daily"
    assert event["links"][0]["href"] == MESSAGE.link


def test_pagerduty_without_a_key_is_not_asked(server):
    assert not_sent("pagerduty", f"{server.url}/v2/enqueue").final
    assert not server.received


# -- e-mail --------------------------------------------------------------------------------------


def test_an_email_says_it_in_text_and_in_html(mail):
    channels.send("email", "team@example.org", MESSAGE, smtp(mail))
    (taken,) = mail.taken
    assert mail.to == ["team@example.org"]
    assert taken["Subject"] == "daily FAILED: run"
    assert taken["From"] == "Volery <volery@example.org>"
    assert taken["To"] == "team@example.org"
    assert taken["Message-ID"] == "<run.1@example.org>"
    assert taken["Auto-Submitted"] == "auto-generated"
    text, html = [part.get_content() for part in taken.iter_parts()]
    assert "launch plan daily FAILED, after 3 min 12 s" in text
    assert FAILURE.message in text
    assert "no &lt;b&gt;column&lt;/b&gt; &amp; no row" in html
    assert '<a href="https://volery.example.org/executions/run?a=1&amp;b=2">' in html


@pytest.mark.parametrize("line", ["\r\nBcc: all@example.org", "\nX: y", "\x0bX: y", "\u2028X: y"])
def test_nothing_that_a_failure_says_becomes_a_header(mail, line):
    message = replace(
        MESSAGE, failure=Failure("E", "USER", f"oh{line}"), subject_template="{failure}"
    )
    channels.send("email", "team@example.org", message, smtp(mail))
    (taken,) = mail.taken
    assert taken.keys().count("Bcc") == taken.keys().count("X") == 0
    assert taken["Subject"].startswith("oh ")
    assert mail.to == ["team@example.org"]


def test_what_is_no_ascii_comes_through(mail):
    message = replace(MESSAGE, failure=Failure("Fehler", "USER", "für Größe ✓"))
    message = replace(message, subject_template="{failure}", body_template="{failure}")
    channels.send("email", "team@example.org", message, smtp(mail))
    (taken,) = mail.taken
    assert taken["Subject"] == "für Größe ✓"
    assert next(taken.iter_parts()).get_content().strip() == "für Größe ✓"


def test_the_mail_server_is_told_who_sends(mail):
    means = smtp(mail, user="volery", password_secret="mail/password")
    channels.send("email", "team@example.org", MESSAGE, means)
    assert mail.logins == [("volery", "correct horse")]
    assert len(mail.taken) == 1


def test_a_wrong_password_is_not_said_back(mail, monkeypatch):
    monkeypatch.setitem(SECRETS, "mail/password", "battery staple")
    means = smtp(mail, user="volery", password_secret="mail/password")
    error = not_sent("email", "team@example.org", means=means)
    assert error.final
    assert "535" in error.message
    assert "staple" not in error.message


def test_an_address_that_there_is_not_is_not_tried_again(mail):
    error = not_sent("email", "nobody@example.org", means=smtp(mail))
    assert error.final
    assert "550 there is no such user" in error.message


def test_a_mail_that_is_put_off_is_sent_again(mail):
    mail.refusals = ["451 too busy"]
    error = not_sent("email", "team@example.org", means=smtp(mail))
    assert not error.final
    assert "451 too busy" in error.message


def test_a_server_that_does_not_encrypt_gets_nothing_that_should_be(mail):
    error = not_sent("email", "team@example.org", means=smtp(mail, starttls=True))
    assert not error.final
    assert not mail.taken


def test_without_a_mail_server_it_says_so():
    error = not_sent("email", "team@example.org")
    assert error.final
    assert "setting `smtp`" in error.message


def test_a_mail_server_that_is_not_there_is_tried_again():
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    error = not_sent("email", "a@example.org", means=Means(secret, Smtp("127.0.0.1", port)))
    assert not error.final
    assert "refused" in error.message


def test_a_mail_server_that_is_silent_is_not_waited_for(monkeypatch):
    monkeypatch.setattr(email, "PATIENCE", 0.05)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        means = Means(secret, Smtp("127.0.0.1", silent.getsockname()[1]))
        assert not not_sent("email", "a@example.org", means=means).final


# The library, or what it needs, imports a module that this Python is going to drop.
apprise = pytest.mark.filterwarnings("ignore:'imghdr' is deprecated")

# -- Apprise -------------------------------------------------------------------------------------


@apprise
def test_any_url_of_apprise_is_notified(server):
    url = server.url.replace("http://", "json://") + "/${secret:hooks/path}"
    channels.send("url", url, MESSAGE, MEANS)
    (received,) = server.received
    assert received.json["title"] == "daily FAILED: run"
    assert received.json["type"] == "failure"


@apprise
def test_what_apprise_could_not_send_is_sent_again(server):
    server.answer(500)
    error = not_sent("url", server.url.replace("http://", "json://"))
    assert not error.final
    assert "json://" in error.message


@apprise
def test_what_apprise_does_not_know_is_not_tried_again():
    assert not_sent("url", "carrierpigeon://loft").final


# -- templates -----------------------------------------------------------------------------------


def test_templates_say_what_users_want(server):
    message = replace(
        MESSAGE,
        subject_template="{project}/{domain}: {kind} {entity}@{version}",
        body_template="{{{execution}}} {code} {failure} {link} {created} {ended} {duration}",
    )
    channels.send("webhook", server.url, message, MEANS)
    data = server.received[0].json["data"]
    assert data["subject"] == "shop/production: launch plan daily@v7"
    assert data["text"] == (
        f"{{run}} ValueError {FAILURE.message} {MESSAGE.link}"
        " 2030-01-01T00:00:00+00:00 2030-01-01T00:03:12+00:00 3 min 12 s"
    )


def test_a_template_reaches_nothing_but_its_fields():
    message = replace(MESSAGE, body_template="{execution.__class__} {failure!r} {0} {nothing}")
    assert message.text == "{execution.__class__} {failure!r} {0} {nothing}"


@pytest.mark.parametrize(
    ("seconds", "told"),
    [
        (0.04, "0.0 s"),
        (59.94, "59.9 s"),
        (192, "3 min 12 s"),
        (93_900, "26 h 05 min"),
        (-1, "0.0 s"),
    ],
)
def test_durations_are_told_as_people_do(seconds, told):
    ended = replace(MESSAGE, ended=MESSAGE.created + seconds, body_template="{duration}")
    assert ended.text == told
