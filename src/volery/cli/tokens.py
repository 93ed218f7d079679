"""`volery tokens`: who may come in to a server."""

from __future__ import annotations

import sys
from collections.abc import Generator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import click
import msgspec

from volery.cli import options
from volery.cli.options import settings_of
from volery.cli.output import instant, iso, print_json, say, styled, table
from volery.wire.access import ROLES, NewToken, Token

if TYPE_CHECKING:
    from volery.wire.backend import Backend

FOREVER = "never"


@click.group()
def tokens() -> None:
    """Make, list and revoke the tokens with which others come in."""


@tokens.command(params=[options.home(), options.output()])
@click.argument("name")
@click.option(
    "--role",
    type=click.Choice(ROLES),
    default="viewer",
    show_default=True,
    help="What it may do: read; also start and register; also make projects and tokens.",
)
@click.option(
    "--project", "projects", multiple=True, help="Only there; may be given again.  [default: all]"
)
@click.option(
    "--days", default="90", show_default=True, help=f"Days until it expires, or {FOREVER}."
)
def create(name: str, **given: Any) -> None:
    """Make a token. It is shown this once, and kept nowhere."""
    new = NewToken(name, given["role"], given["projects"] or None, _days(given["days"]))
    with _backend(given) as backend:
        made = backend.create_token(new)
    if given["output"] == "json":
        print_json(_document(made.token) | {"secret": made.secret})
        return
    click.echo(made.secret)
    say(f"This is the token {name}; nobody can show it again. Clients take it from VOLERY_TOKEN.")


@tokens.command("list", params=[options.home(), options.output()])
def list_tokens(**given: Any) -> None:
    """List every token that was ever made."""
    with _backend(given) as backend:
        found = backend.tokens()
    if given["output"] == "json":
        print_json([_document(token) for token in found])
    elif found:
        click.echo(table([("NAME", "ROLE", "PROJECTS", "EXPIRES", "USED"), *map(_row, found)]))
    else:
        say("there are no tokens; volery tokens create NAME makes one")


@tokens.command(params=[options.home(), options.output()])
@click.argument("name")
def revoke(name: str, **given: Any) -> None:
    """Revoke a token: from now on it counts for nothing."""
    with _backend(given) as backend:
        token = backend.revoke_token(name)
    if given["output"] == "json":
        print_json(_document(token))
    else:
        click.echo(f"token {name} is revoked")


@contextmanager
def _backend(given: dict[str, Any]) -> Generator[Backend]:
    from volery.client.connect import connect

    backend = connect(settings_of(given))
    try:
        yield backend
    finally:
        backend.close()


def _days(text: str) -> float | None:
    if text == FOREVER:
        return None
    try:
        return float(text)
    except ValueError:
        raise click.BadParameter(f"expected days or {FOREVER}, got {text!r}") from None


def _document(token: Token) -> dict[str, Any]:
    times = {name: iso(getattr(token, name)) for name in ("created", "expires", "revoked", "used")}
    return msgspec.to_builtins(token) | times


def _row(token: Token) -> tuple[str, ...]:
    expires = FOREVER if token.expires is None else instant(token.expires)
    if token.revoked is not None:
        expires = styled(f"revoked {instant(token.revoked)}", sys.stdout, fg="red")
    used = FOREVER if token.used is None else instant(token.used)
    within = "all" if token.projects is None else ", ".join(token.projects)
    return token.name, token.role, within, expires, used
