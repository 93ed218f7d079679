"""A real mail server that keeps the mails that it takes."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from threading import Thread
from typing import Any

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword


class Mail:
    """What it has taken, in order.

    Attributes:
        refusals: what is answered to the next mails, such as ``451 later``, before any is taken.
        logins: users and passwords that were given.
    """

    def __init__(self) -> None:
        self.port = 0
        self.taken: list[EmailMessage] = []
        self.to: list[str] = []
        self.refusals: list[str] = []
        self.logins: list[tuple[str, str]] = []

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Envelope) -> str:
        if self.refusals:
            return self.refusals.pop(0)
        assert isinstance(envelope.content, bytes)
        self.taken.append(message_from_bytes(envelope.content, policy=default))
        self.to += envelope.rcpt_tos
        return "250 taken"

    async def handle_RCPT(
        self, _server: Any, _session: Any, envelope: Envelope, address: str, _options: Any
    ) -> str:
        if address.startswith("nobody@"):
            return "550 there is no such user"
        envelope.rcpt_tos.append(address)
        return "250 fine"

    def authenticate(
        self, _server: Any, _session: Any, _envelope: Any, _mechanism: str, data: LoginPassword
    ) -> AuthResult:
        given = (data.login.decode(), data.password.decode())
        self.logins.append(given)
        return AuthResult(success=given[1] == "correct horse", handled=False)


@contextmanager
def mail_server() -> Iterator[Mail]:
    """A server on loopback, gone when its block ends."""
    mail, loop = Mail(), asyncio.new_event_loop()

    def session() -> SMTP:
        return SMTP(mail, authenticator=mail.authenticate, auth_require_tls=False, loop=loop)

    server = loop.run_until_complete(loop.create_server(session, "127.0.0.1", 0))
    mail.port = server.sockets[0].getsockname()[1]
    thread = Thread(target=loop.run_forever)
    thread.start()
    try:
        yield mail
    finally:
        asyncio.run_coroutine_threadsafe(_end(server), loop).result()
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


async def _end(server: asyncio.Server) -> None:
    """Stop, and let sessions that are open see their end."""
    server.close()
    while others := asyncio.all_tasks() - {asyncio.current_task()}:
        await asyncio.wait(others, timeout=5)
