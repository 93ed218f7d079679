"""A group of commands, which says what there is when a name is wrong."""

from __future__ import annotations

import click


class Commands(click.Group):
    """Its help names the commands in the order in which they were added."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 (click's signature)
        return list(self.commands)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        name, known = args[0], self.list_commands(ctx)
        if name not in known and not name.startswith("-") and not ctx.resilient_parsing:
            from volery.errors import NotFound, suggest

            _, _, words = f"{ctx.command_path} {name}".partition(" ")
            raise NotFound(f"there is no command {words!r}", hint=suggest(name, known))
        return super().resolve_command(ctx, args)
