"""Where a test's training finds its log and leaves its models."""

from dataclasses import dataclass
from pathlib import Path
from typing import Literal


@dataclass(frozen=True)
class Place:
    """An installation of nothing but files."""

    data: Path
    log_url: str
    redis_url: str | None = None
    appendfsync: Literal["everysec", "always"] = "everysec"

    @property
    def models_url(self) -> str:
        return f"file://{self.data}/models"
