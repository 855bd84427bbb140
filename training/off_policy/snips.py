"""Self-normalised inverse propensity score: a little biased on few decisions, far steadier, and never out of range."""

from training.off_policy.logged import Logged, Terms


def snips(logged: Logged) -> Terms:
    """Average rewards, each as heavy as its weight: what weights do not sum to is divided out.

    Two decisions by a fair coin, both heads by luck, one clicked; IPS says 1.0:

    >>> import numpy as np
    >>> heads = Logged(np.array([[2.0], [2.0]]), np.array([[1.0], [0.0]]), np.arange(2))
    >>> snips(heads).value
    0.5

    Source: Swaminathan and Joachims 2015, "The self-normalized estimator for counterfactual learning", equation 8.
    """
    return Terms(logged.weight * logged.reward, logged.weight)
