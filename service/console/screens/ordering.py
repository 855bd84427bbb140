"""How a page's list is ordered, in words for shoppers, now and before."""

from typing import Final

from service.api.ordering import kept
from service.console.desk import Desk
from service.console.place import place_of, shown
from service.console.route import Route, show
from service.console.screens.overview import WORDS
from service.ordering.orderings import ordering_now
from service.ordering.words import named, told
from service.people import Role


def page_ordering(desk: Desk, page: str) -> tuple[str, int]:
    """Show the text in both languages, the weights, and the periods before."""
    place = place_of(desk, page)
    ordering = ordering_now(desk.deps, place.settings, place.page)
    kept_for, periods = kept(desk.deps, desk.shop_name, place.page)
    parameters = [(named(parameter), weight) for parameter, weight in ordering.weights.items()]
    texts = [(period, told(period.ordering)) for period in periods]
    return show(
        "ordering.html",
        ordering=ordering,
        text=told(ordering),
        parameters=parameters,
        kept_for=kept_for,
        periods=texts,
        **WORDS,
        **shown(place, "page_ordering"),
    )


ROUTES: Final = (Route("GET", "/ordering/<path:page>", page_ordering, Role.VIEWER),)
