"""One HTML file that tells what a training found: the verdict first, for everybody; the details below."""

from training.report.page import report

__all__ = ["report"]
