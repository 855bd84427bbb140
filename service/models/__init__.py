"""The models that this process ranks with: loaded, verified, swapped under load."""

from service.models.registry import LISTINGS, Models

__all__ = ["LISTINGS", "Models"]
