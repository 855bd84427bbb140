"""What the visitor did with each candidate in this session, and before it (blocks A and H of the design)."""

from features.scene import Scene
from features.touches import Column, Touch


def looks(scene: Scene) -> Column:
    """Product views and closer looks of each candidate; shape (n,)."""
    return scene.touches[Touch.LOOKS]


def clicks(scene: Scene) -> Column:
    """Clicks on each candidate in a listing; shape (n,)."""
    return scene.touches[Touch.CLICKS]


def cart_adds(scene: Scene) -> Column:
    """Times each candidate was put into the cart; shape (n,)."""
    return scene.touches[Touch.CARTS]


def in_cart(scene: Scene) -> Column:
    """1 where a candidate was put into the cart more often than taken out; shape (n,)."""
    return scene.touches[Touch.IN_CART]


def cart_removals(scene: Scene) -> Column:
    """Times each candidate was taken out of the cart; shape (n,)."""
    return scene.touches[Touch.REMOVALS]


def purchases(scene: Scene) -> Column:
    """Times each candidate was bought within the remembered 30 days; shape (n,)."""
    return scene.touches[Touch.PURCHASES]


def linear_recency(scene: Scene) -> Column:
    """Interactions, the oldest of m weighing 1/m and the newest 1; shape (n,)."""
    return scene.touches[Touch.LINEAR]


def harmonic_recency(scene: Scene) -> Column:
    """Interactions, each weighing 1/(1 + steps since); shape (n,)."""
    return scene.touches[Touch.HARMONIC]


def run_recency(scene: Scene) -> Column:
    """Runs of interactions with each candidate, each weighing 1/(1 + runs since); shape (n,).

    Ten looks at one item's images are one run: they push no other item further back.
    """
    return scene.touches[Touch.RUNS]


def half_life_recency(scene: Scene) -> Column:
    """Interactions, each weighing one half per 10 minutes since; shape (n,)."""
    return scene.touches[Touch.HALF_LIFE]


def steps_since_touched(scene: Scene) -> Column:
    """Interactions since the last one with each candidate; shape (n,), NEVER where there is none."""
    return scene.touches[Touch.STEPS]


def items_since_touched(scene: Scene) -> Column:
    """Other items touched since each candidate was; shape (n,), 0 for the last touched, NEVER where untouched."""
    return scene.touches[Touch.ITEMS]


def seconds_since_touched(scene: Scene) -> Column:
    """Seconds since the last interaction with each candidate; shape (n,), NEVER where there is none."""
    return scene.touches[Touch.SECONDS]


def seconds_since_clicked(scene: Scene) -> Column:
    """Seconds since each candidate was clicked in a listing; shape (n,), NEVER where it was not."""
    return scene.touches[Touch.CLICK_SECONDS]


def longest_dwell(scene: Scene) -> Column:
    """Longest time until the visitor's next interaction; shape (n,), seconds up to 1,800."""
    return scene.touches[Touch.DWELL_LONGEST]


def total_dwell(scene: Scene) -> Column:
    """Time spent with each candidate; shape (n,), seconds."""
    return scene.touches[Touch.DWELL_TOTAL]


def last_action_with(scene: Scene) -> Column:
    """The last thing done with each candidate, as `features.facts.Action`; shape (n,), 0 for nothing."""
    return scene.touches[Touch.LAST_ACTION]


def last_look_with(scene: Scene) -> Column:
    """Which closer look (image, info, ...) the last interaction with each candidate was; shape (n,), 0 for none.

    A code from 1 to 255: equal kinds have equal codes, and their order means nothing.
    """
    return scene.touches[Touch.LAST_LOOK]


def kinds_of_look(scene: Scene) -> Column:
    """Different closer looks (image, info, ...) at each candidate; shape (n,)."""
    return scene.touches[Touch.KINDS]


def times_shown(scene: Scene) -> Column:
    """Listings of this session that showed each candidate; shape (n,)."""
    return scene.touches[Touch.SHOWN]


def shown_not_clicked(scene: Scene) -> Column:
    """Listings of this session that showed a candidate nobody clicked; shape (n,)."""
    return scene.touches[Touch.SHOWN_NOT_CLICKED]


def touches_before_session(scene: Scene) -> Column:
    """Interactions with each candidate in earlier sessions of the remembered 30 days; shape (n,)."""
    return scene.touches[Touch.BEFORE]


def is_last_touched(scene: Scene) -> Column:
    """1 for the item that the visitor touched last; shape (n,)."""
    return scene.touches[Touch.IS_LAST]


def places_below_last_touched(scene: Scene) -> Column:
    """Places below (negative: above) the listed item touched last; shape (n,), NaN where none of the list was."""
    return scene.touches[Touch.BELOW_LAST]


def places_below_previous_touched(scene: Scene) -> Column:
    """Places below the listed item touched before the last one; shape (n,), NaN where there is none."""
    return scene.touches[Touch.BELOW_PREVIOUS]


def places_below_deepest_touched(scene: Scene) -> Column:
    """Places below the lowest touched item: how far past what was looked at; shape (n,), NaN where none was."""
    return scene.touches[Touch.BELOW_DEEPEST]


def places_below_last_clicked(scene: Scene) -> Column:
    """Places below the listed item clicked last; shape (n,), NaN where none of the list was."""
    return scene.touches[Touch.BELOW_CLICKED]


def share_of_touches(scene: Scene) -> Column:
    """Share of the listing's run recency that fell on each candidate; shape (n,), 0 where none was touched."""
    return scene.touches[Touch.SHARE]
