"""The demo's shop as shoppers know one: a view per file, each with its page; what they share is in `frame`."""

from flask import Blueprint

from service.demo.shop import cards, cart, category, checkout, consent, home, known, product, search
from service.demo.shop.frame import Opened


def register(blueprint: Blueprint, opened: Opened) -> None:
    """Add the shop's pages to the routes of the demo."""
    for view in (home, category, search, product, cart, checkout, consent, known, cards):
        view.register(blueprint, opened)
