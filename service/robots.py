"""Browsers that say themselves that no person drives them."""

from functools import lru_cache
from typing import Final

_MOST_KEPT: Final = 4096  # names of browsers; a shop sees some hundreds


@lru_cache(_MOST_KEPT)
def is_declared(user_agent: str) -> bool:
    """Tell whether a browser calls itself a robot, by the names that crawler-user-agents collects.

    >>> is_declared("Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)")
    True
    >>> is_declared("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"), is_declared("")
    (False, False)
    """
    from crawleruseragents import is_crawler  # noqa: PLC0415 - 5 MB and 0.2 s, for processes that ask

    return bool(is_crawler(user_agent))
