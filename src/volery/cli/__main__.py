"""``python -m volery.cli`` is the `volery` command."""

from volery.cli.main import main

main()
