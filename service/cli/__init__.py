"""The command `balad`: a group whose commands are imported when they run, so that `--help` answers at once."""

from service.cli.group import main

__all__ = ["main"]
