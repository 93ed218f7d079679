"""A command whose options are the inputs of an entity."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import click

from volery.cli.inputs import PREFIX, input_options
from volery.ir.interface import Interface
from volery.ir.types import show


class Form(click.Command):
    """Its help tells inputs, outputs and options apart.

    Args:
        name: of the command.
        interface: of the entity.
        rest: options beside the inputs. An input wins over an option of its name, which can still
            be given before it.
        callback: gets them all; see `filled_in`.
        help: what it does.
    """

    def __init__(
        self,
        name: str,
        interface: Interface,
        rest: Sequence[click.Option],
        *,
        callback: Callable[..., int],
        help: str,  # noqa: A002 (click's word)
    ) -> None:
        inputs = input_options(interface.inputs)
        taken = {name for each in inputs for name in (*each.opts, *each.secondary_opts)}
        super().__init__(
            name=name,
            params=[*inputs, *(each for each in rest if not taken.intersection(each.opts))],
            callback=callback,
            # The name as it is in Python does as well.
            context_settings={"token_normalize_func": _with_dashes},
            help=help,
        )
        self._interface = interface

    def collect_usage_pieces(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 (click's signature)
        return ["[INPUTS]", "[OPTIONS]"]

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        inputs: list[tuple[str, str]] = []
        others: list[tuple[str, str]] = []
        for each in self.get_params(ctx):
            record = each.get_help_record(ctx)
            if record is not None:
                (inputs if (each.name or "").startswith(PREFIX) else others).append(record)
        outputs = [
            (each.name, "  ".join(filter(None, (show(each.type), each.description))))
            for each in self._interface.outputs
        ]
        for title, rows in (("Inputs", inputs), ("Outputs", outputs), ("Options", others)):
            if rows:
                with formatter.section(title):
                    formatter.write_dl(rows)


def _with_dashes(name: str) -> str:
    return name.replace("_", "-")


def filled_in(params: Mapping[str, Any]) -> tuple[dict[str, str], dict[str, Any]]:
    """What a form was given: the texts of inputs by name, and all other options.

    Options that were given before the form count where the form has none.
    """
    outer = click.get_current_context().parent
    own = {key: value for key, value in params.items() if value is not None and value != ()}
    texts = {
        key.removeprefix(PREFIX): str(value).lower() if isinstance(value, bool) else value
        for key, value in own.items()
        if key.startswith(PREFIX)
    }
    return texts, {**(outer.params if outer else {}), **own}
