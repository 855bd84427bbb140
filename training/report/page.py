"""The page as a whole."""

from html import escape
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from training.run import Trained


def report(trained: "Trained") -> str:
    """Return one self-contained HTML file."""
    return f"<!doctype html><title>{escape(trained.manifest.version)}</title>"
