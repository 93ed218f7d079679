"""`volery build`: the images of tasks."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import click

from volery.cli import options
from volery.cli.output import print_json, say, table
from volery.cli.users import users_code

if TYPE_CHECKING:
    from volery.images.making import Made
    from volery.sdk.image import ImageSpec

HELP = """Build the images that tasks describe with ImageSpec, if they are not there.

A PATH is a file, a folder, or a module that can be imported.

\b
  volery build flow.py                    on this machine
  volery build src/flows --push           and into the registries that they name
  volery build flow.py --dry-run          show the Dockerfiles, and build nothing
"""


@click.command(
    params=[
        click.Argument(["paths"], nargs=-1, required=True, metavar="PATH..."),
        click.Option(["--push"], is_flag=True, help="Push to the registries that they name."),
        click.Option(["--force"], is_flag=True, help="Build although they are there."),
        click.Option(["--dry-run"], is_flag=True, help="Show the Dockerfiles, and build nothing."),
        click.Option(
            ["--builder"],
            type=click.Choice(["docker", "podman", "buildah"]),
            help="What builds those that name none.  [default: the first that is installed]",
        ),
        click.Option(
            ["--network"],
            default="",
            metavar="MODE",
            help="Network of the steps of a build, such as host.  [default: the builder's]",
        ),
        options.output(),
    ],
    help=HELP,
    short_help="Build the images that tasks describe.",
)
def build(paths: tuple[str, ...], **given: Any) -> None:
    """See `HELP`."""
    from volery.sdk.collect import collect
    from volery.sdk.image import known

    with users_code():
        collect(paths, packed=False)
    specs = known()
    if not specs:
        say(f"nothing in {', '.join(paths)} has an ImageSpec: container_image=ImageSpec(...)")
    if given["dry_run"]:
        _show(specs, given)
        return
    made = _make(specs, given)
    if given["output"] == "json":
        print_json([each._asdict() for each in made])
    elif made:
        click.echo(table([tuple(each) for each in made]))


def _make(specs: tuple[ImageSpec, ...], given: dict[str, Any]) -> list[Made]:
    from volery.images.making import Making

    making = Making(
        lambda line: click.echo(line, file=sys.stderr),
        name=given["builder"],
        network=given["network"],
        push=given["push"],
        force=given["force"],
    )
    return [making.make(spec) for spec in specs]


def _show(specs: tuple[ImageSpec, ...], given: dict[str, Any]) -> None:
    from volery.images.dockerfile import dockerfile

    if given["output"] == "json":
        print_json([{"tag": spec.tag, "dockerfile": dockerfile(spec)} for spec in specs])
        return
    for spec in specs:
        click.echo(f"# {spec.tag}\n{dockerfile(spec)}")
