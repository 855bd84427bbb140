"""Inverse propensity score: unbiased where the chances are true, and as noisy as its largest weights."""

import numpy as np

from training.off_policy.logged import Logged, Terms


def ips(logged: Logged) -> Terms:
    """Weigh each reward by how much likelier the judged policy makes the choice; averaged over all decisions.

    Two decisions by a fair coin; the judged policy always takes heads, which was shown once and clicked:

    >>> both = Logged(np.array([[2.0], [0.0]]), np.array([[1.0], [1.0]]), np.arange(2))
    >>> ips(both).value
    1.0

    Source: Horvitz and Thompson 1952; for policies, Dudik, Langford and Li 2011, section 2.
    """
    return Terms(logged.weight * logged.reward, np.ones_like(logged.weight))
