"""One visit to the simulated shop: listings asked for and seen, items clicked, carted, bought.

A visit is a generator. It yields an Ask where the storefront has to order a listing, and is sent a Shown
back; it yields a Step for each event that the shopper causes. Whoever runs it
decides what the answer and the clock are.
"""

from collections.abc import Callable, Generator
from dataclasses import dataclass, field
from typing import Any, Final, TypeAlias

import numpy as np

from training.simulate.assortment import BRANDS, COLORS, KINDS
from training.simulate.attention import attraction, examination
from training.simulate.catalogue import CURRENCY, Catalogue, Floats, Ints
from training.simulate.climate import CALM, Climate
from training.simulate.shelves import Shelves
from training.simulate.tastes import NONE, Intent, Population, draw_intent, utility

LISTINGS_MEAN: Final = 4.0  # per visit, geometric
_MOST_CLICKS: Final = 4  # of one listing; then the shopper goes on
_CLICKED_LOSS, _CARTED_LOSS = 0.8, 3.0  # logits: what one has looked at, or holds already, attracts less
_CART_BAR: Final = 3.9  # logits at which an item is worth taking to a half of those who look
_ORDER_SHARE: Final = 0.25  # of the visits with something in the cart
_CLOSER_LOOK, _WISH, _UNCART, _FILTER = 0.4, 0.05, 0.12, 0.12  # chances
_DETAILS: Final = ("image", "info")
_FEWEST: Final = 3  # items below which a page is not worth opening


@dataclass(frozen=True)
class Shop:
    """Everything there is to know: items, shoppers, the shop's own listings."""

    catalogue: Catalogue
    population: Population
    shelves: Shelves
    climate: Climate = CALM


@dataclass(frozen=True, slots=True)
class Ask:
    """A listing that a page is about to show: `rows` of the catalogue in the shop's order."""

    at: float
    page: str
    rows: Ints
    visitor_id: str | None
    session_id: str | None
    mobile: bool
    filters: tuple[str, ...] = ()
    search_term: str | None = None
    worth: Callable[[Ints], Floats] = (
        np.zeros_like
    )  # of rows to the shopper, which only a planted storefront asks


@dataclass(frozen=True, slots=True)
class Shown:
    """What the page shows: rows in shown order, and the ranking's id where Balad ordered them."""

    rows: Ints
    ranking_id: str | None = None


@dataclass(frozen=True, slots=True)
class Step:
    """An event as `POST /v1/events` takes it; with a listing, the true relevance of each shown item, in shown order."""

    event: dict[str, Any]
    relevance: Floats | None = None

    @property
    def at(self) -> float:
        """When it happened."""
        at: float = self.event["time"]
        return at


Visit: TypeAlias = Generator[Ask | Step, Shown | None, None]


@dataclass
class Shopper:
    """One person during one visit; `at` moves forward as they act."""

    rng: np.random.Generator
    shop: Shop
    row: int
    session_id: str
    at: float
    intent: Intent = field(init=False)
    carted: dict[int, None] = field(default_factory=dict)
    weariness: dict[int, float] = field(default_factory=dict)  # logits off, of items dealt with in this visit
    acts: int = 0

    def __post_init__(self) -> None:
        self.intent = draw_intent(self.rng, self.shop.population, self.row)

    @property
    def consent(self) -> bool:
        """Whether this shopper lets the shop remember them."""
        return bool(self.shop.population.consent[self.row])

    def worth(self, rows: Ints) -> Floats:
        """Return what items are worth now, in logits: tastes and intent, less what was already looked at or taken."""
        logits = utility(self.shop.catalogue, self.shop.population, self.row, self.intent, rows)
        logits += self.shop.climate.season_of(self.shop.catalogue.kind[rows], self.at)
        logits -= np.array([self.weariness.get(r, 0.0) for r in rows.tolist()])
        return logits

    def visit(self) -> Visit:
        """Play the whole visit."""
        for number in range(int(self.rng.geometric(1.0 / LISTINGS_MEAN))):
            page, color = self._next_page(first=number == 0)
            yield from self._browse(page, color)
        yield from self._order()

    def _next_page(self, *, first: bool) -> tuple[str, str | None]:
        """Return the next page and the colour it is filtered by, if any."""
        kind = KINDS[self.intent.kind]
        other = KINDS[int(self.rng.integers(len(KINDS)))]
        odds = (0.25, 0.40, 0.10, 0.20, 0.05) if first else (0.03, 0.55, 0.12, 0.20, 0.10)
        pages = (
            "home",
            f"category/{kind.path}",
            f"category/{kind.department}",
            self._search(),
            f"category/{other.path}",
        )
        page = pages[int(self.rng.choice(len(pages), p=odds))]
        filtered = page.endswith(kind.path) and self.intent.color != NONE and self.rng.random() < _FILTER
        return page, COLORS[self.intent.color] if filtered else None

    def _search(self) -> str:
        """Return the search page for today's intent: brand and kind, colour and kind, or the kind alone."""
        words = [KINDS[self.intent.kind].leaf]
        if self.intent.brand != NONE:
            words.insert(0, BRANDS[self.intent.brand].name.lower())
        elif self.intent.color != NONE:
            words.insert(0, COLORS[self.intent.color])
        return "search/" + "-".join(words)

    def _browse(self, page: str, color: str | None) -> Visit:
        """Open a page, look down its listing, click what attracts."""
        rows = self.shop.shelves.listing(page, self.at)
        if color is not None:
            rows = rows[self.shop.catalogue.color[rows] == COLORS.index(color)]
        if len(rows) < _FEWEST:
            return
        term = " ".join(page.removeprefix("search/").split("-")) if page.startswith("search/") else None
        if term is not None or color is not None:
            detail = "query" if color is None else "filter"
            yield self._act("search", page, search_term=term or f"color:{color}", detail=detail)
        shown = yield self._ask(page, rows, color, term)
        assert shown is not None, "an Ask is answered with a Shown"  # noqa: S101 - the generator's protocol
        relevance = attraction(self.worth(shown.rows))
        listing = self._lines(shown.rows, np.arange(len(shown.rows)))
        yield Step(self._event("view_item_list", page, ranking_id=shown.ranking_id, items=listing), relevance)
        yield from self._click(page, shown, relevance)

    def _click(self, page: str, shown: Shown, relevance: Floats) -> Visit:
        """Click what is both examined and attractive, top to bottom."""
        draws = self.rng.random((2, len(relevance)))
        mobile = bool(self.shop.population.mobile[self.row])
        clicks = (
            draws[0] < examination(len(relevance), mobile=mobile, steepness=self.shop.climate.steepness)
        ) & (draws[1] < relevance)
        for index in np.flatnonzero(clicks)[:_MOST_CLICKS]:
            self._think(2.0 + 0.3 * index)
            line = self._lines(shown.rows[[index]], np.array([index]))
            yield self._act("select_item", page, ranking_id=shown.ranking_id, items=line)
            yield from self._look(int(shown.rows[index]), shown.ranking_id)
        self._think(6.0)

    def _look(self, row: int, ranking_id: str | None) -> Visit:
        """Look at one item's own page; perhaps closer, perhaps take it."""
        worth = float(self.worth(np.array([row]))[0])
        taken = 1.0 / (1.0 + np.exp(-(worth - _CART_BAR)))
        self.weariness[row] = max(self.weariness.get(row, 0.0), _CLICKED_LOSS)
        line = self._lines(np.array([row]))
        yield self._act("view_item", "product", items=line)
        self._think(10.0 + 20.0 * taken)
        draws = self.rng.random(4)
        if draws[0] < _CLOSER_LOOK:
            yield self._act("view_item", "product", items=line, detail=_DETAILS[int(2 * draws[1])])
            self._think(8.0)
        if draws[2] < _WISH:
            yield self._act("add_to_wishlist", "product", items=line)
        if draws[3] < 0.5 * taken and row not in self.carted:
            self.carted[row], self.weariness[row] = None, _CARTED_LOSS
            price = float(self.shop.catalogue.price[row])
            yield self._act(
                "add_to_cart", "product", ranking_id=ranking_id, items=line, value=price, currency=CURRENCY
            )

    def _order(self) -> Visit:
        """Leave, or pay for what is still in the cart."""
        for row in list(self.carted):
            if self.rng.random() < _UNCART:
                del self.carted[row]
                yield self._act("remove_from_cart", "cart", items=self._lines(np.array([row])))
        if not self.carted or self.rng.random() >= _ORDER_SHARE:
            return
        rows = np.array(list(self.carted))
        value = round(float(self.shop.catalogue.price[rows].sum()), 2)
        paid = {"items": self._lines(rows), "value": value, "currency": CURRENCY}
        yield self._act("begin_checkout", "cart", **paid)
        self._think(45.0)
        yield self._act("purchase", "cart", **paid, transaction_id=f"{self.session_id}-order")

    def _think(self, seconds: float) -> None:
        """Let time pass: log-normal around a median in seconds."""
        self.at += float(seconds * np.exp(self.rng.normal(0.0, 0.5)))

    def _ask(self, page: str, rows: Ints, color: str | None, term: str | None) -> Ask:
        visitor_id, session_id = self._who()
        filters = () if color is None else (f"color:{color}",)
        mobile = bool(self.shop.population.mobile[self.row])
        return Ask(self.at, page, rows, visitor_id, session_id, mobile, filters, term, self.worth)

    def _who(self) -> tuple[str | None, str | None]:
        return (f"v-{self.row}", self.session_id) if self.consent else (None, None)

    def _act(self, name: str, page: str, **fields: Any) -> Step:  # noqa: ANN401 - an event's own fields
        return Step(self._event(name, page, **fields))

    def _event(self, name: str, page: str, **fields: Any) -> dict[str, Any]:  # noqa: ANN401 - an event's own fields
        """Return the next event; a shopper without consent has no ids in it."""
        self.acts += 1
        self.at += 0.4  # no two acts of one shopper share an instant
        visitor_id, session_id = self._who()
        who = {"visitor_id": visitor_id, "session_id": session_id} if self.consent else {}
        event = {"name": name, "event_id": f"{self.session_id}-{self.acts}", "time": round(self.at, 3), **who}
        return (
            event
            | {"page": page, "consent": self.consent}
            | {k: v for k, v in fields.items() if v is not None}
        )

    def _lines(self, rows: Ints, indices: Ints | None = None) -> list[dict[str, Any]]:
        """Return items as an event holds them; `indices` are their places in the listing, where they had one."""
        lines = self.shop.catalogue.lines
        if indices is None:
            return [lines[row] | {"quantity": 1} for row in rows.tolist()]
        return [lines[row] | {"index": i} for row, i in zip(rows.tolist(), indices.tolist(), strict=True)]
