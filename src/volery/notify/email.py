"""E-mail: one mail for one address, through the mail server of the settings."""

from __future__ import annotations

import re
import socket
from contextlib import contextmanager
from html import escape
from typing import TYPE_CHECKING, Final

from volery.config import Smtp
from volery.notify.channel import Means, NotSentError, secret_named

if TYPE_CHECKING:
    from collections.abc import Generator
    from email.message import EmailMessage
    from smtplib import SMTP

    from volery.notify.message import Message

PATIENCE: Final = 10.0
"""Seconds that the server may be silent."""
_ENCRYPTED: Final = 465
"""The port where a connection is encrypted from its first byte (RFC 8314)."""


def send(to: str, message: Message, means: Means) -> None:
    """See `Send`."""
    if means.smtp is None:
        raise NotSentError(
            "no mail server is set: write the setting `smtp`, with host and sender", final=True
        )
    mail = mail_of(to, message, means.smtp.sender)
    with _told(), _server(means.smtp) as server:
        if means.smtp.user:
            server.login(means.smtp.user, secret_named(means.smtp.password_secret, means))
        server.send_message(mail)


def mail_of(to: str, message: Message, sender: str) -> EmailMessage:
    """A mail, in text and in HTML. Its id is the same on every try."""
    from email.headerregistry import Address
    from email.message import EmailMessage
    from email.policy import SMTP as POLICY
    from email.utils import formatdate

    try:
        mail = EmailMessage(POLICY)
        mail["To"] = Address(addr_spec=to)
        mail["From"] = sender
        mail["Subject"] = re.sub(r"[^\x20-\x7e\xa0-\U0010ffff]", " ", message.subject)
        mail["Date"] = formatdate(message.sent)
        domain = sender.rpartition("@")[2].rstrip("> ") or "volery"
        mail["Message-ID"] = f"<{message.key.replace('/', '.')}@{domain}>"
        mail["Auto-Submitted"] = "auto-generated"
        mail.set_content(message.text)
        mail.add_alternative(html_of(message), subtype="html")
    except Exception as error:  # noqa: BLE001 - the library raises what it likes for an address
        raise NotSentError(
            f"no mail can be made of it: {type(error).__name__}", final=True
        ) from None
    return mail


def html_of(message: Message) -> str:
    """The text as HTML: everything in it is text, and nothing is markup."""
    text = escape(message.text)
    if message.link.startswith(("http://", "https://")):
        link = escape(message.link)
        text = text.replace(link, f'<a href="{link}">{link}</a>')
    return f'<html><body><pre style="font-family: inherit">{text}</pre></body></html>\n'


@contextmanager
def _server(smtp: Smtp) -> Generator[SMTP]:
    """A connection to the mail server, encrypted if that was asked for."""
    import ssl
    from smtplib import SMTP, SMTP_SSL

    own = socket.gethostname() if socket.gethostname().isascii() else "localhost"
    if smtp.port == _ENCRYPTED:
        encrypted = ssl.create_default_context()
        server = SMTP_SSL(smtp.host, smtp.port, own, timeout=PATIENCE, context=encrypted)
    else:
        server = SMTP(smtp.host, smtp.port, own, timeout=PATIENCE)
    with server:
        if smtp.starttls and smtp.port != _ENCRYPTED:
            server.starttls(context=ssl.create_default_context())
        yield server


@contextmanager
def _told() -> Generator[None]:
    """What the library raises, as our error."""
    from smtplib import SMTPException, SMTPRecipientsRefused, SMTPResponseException

    try:
        yield
    except SMTPRecipientsRefused as error:
        ((code, said), *_) = error.recipients.values()
        raise _refused(code, said) from None
    except SMTPResponseException as error:
        raise _refused(error.smtp_code, error.smtp_error) from None
    except SMTPException as error:  # it cannot do what is asked of it, or hung up
        raise NotSentError(f"the mail server does not take it: {type(error).__name__}") from None
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise NotSentError(f"the mail server was not reached: {reason}") from None


def _refused(code: int, said: bytes | str) -> NotSentError:
    """An answer of the server: those of the 500s are for ever (RFC 5321, 4.2.1)."""
    text = said.decode(errors="replace") if isinstance(said, bytes) else said
    return NotSentError(f"the mail server answered {code} {text}", final=code >= 500)
