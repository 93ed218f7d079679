"""`volery tokens`: who may come in to a server."""

from __future__ import annotations

import sys
from typing import Any

import click
import msgspec

from volery.cli import options, there
from volery.cli.commands import Commands
from volery.cli.named import TokenName
from volery.cli.output import instant, iso, print_json, say, styled, table
from volery.errors import CallError
from volery.wire.access import ROLES, NewToken, Token

FOREVER = "never"


@click.group(cls=Commands)
def tokens() -> None:
    """Make, list and revoke the tokens with which others come in."""


def _whom() -> list[click.Option]:
    """Who keeps the tokens."""
    return [there.server(), options.home(), options.output()]


CREATE = """Make a token. It is shown this once, and kept nowhere.

\b
  volery tokens create ada --role admin                        everything, for 90 days
  volery tokens create ci --role operator --project forecasts  start and register in one project
"""


@tokens.command(params=_whom(), help=CREATE, short_help="Make a token, which is shown this once.")
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
    """See `CREATE`."""
    new = NewToken(name, given["role"], given["projects"] or None, _days(given["days"]))
    with there.backend(given) as backend:
        made = backend.create_token(new)
    if given["output"] == "json":
        print_json(_document(made.token) | {"secret": made.secret})
        return
    click.echo(made.secret)
    say(f"This is the token {name}; nobody can show it again. Clients take it from VOLERY_TOKEN.")


@tokens.command("list", params=_whom())
def list_tokens(**given: Any) -> None:
    """List every token that was ever made."""
    with there.backend(given) as backend:
        found = backend.tokens()
    if given["output"] == "json":
        print_json([_document(token) for token in found])
    elif found:
        click.echo(table([("NAME", "ROLE", "PROJECTS", "EXPIRES", "USED"), *map(_row, found)]))
    else:
        say(f"there are no tokens; make one: volery tokens create NAME{there.flag(given)}")


@tokens.command(params=[click.Argument(["name"], type=TokenName()), *_whom()])
def revoke(name: str, **given: Any) -> None:
    """Revoke a token: from now on it counts for nothing."""
    with there.backend(given) as backend:
        token = backend.revoke_token(name)
    if given["output"] == "json":
        print_json(_document(token))
    else:
        click.echo(f"token {name} is revoked")


def _days(text: str) -> float | None:
    if text == FOREVER:
        return None
    try:
        return float(text)
    except ValueError:
        raise CallError(f"--days: expected days or {FOREVER}, got {text!r}") from None


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
