"""A model on disk: immutable, hashed, without a pickle; training writes it, serving reads it."""

from features.bundle.contents import Bundle, Golden
from features.bundle.histograms import Histogram, histograms
from features.bundle.shelf import CANARY, NEXT_ITEMS, SHADOW, Following, Pointer, Shelf
from features.manifest import BundleError, Gate, Manifest, Measure, Trial, Tuning, Window, version_of

__all__ = [
    "CANARY",
    "NEXT_ITEMS",
    "SHADOW",
    "Bundle",
    "BundleError",
    "Following",
    "Gate",
    "Golden",
    "Histogram",
    "Manifest",
    "Measure",
    "Pointer",
    "Shelf",
    "Trial",
    "Tuning",
    "Window",
    "histograms",
    "version_of",
]
