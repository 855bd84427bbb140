"""What the visitors of one arm sum up to; all that the statistics need to know of them."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Moments:
    """Sums over `n` visitors of an outcome y and of what stands beside it, x: a past, or a ratio's denominator.

    >>> arm = Moments(n=4, y=4.0, yy=10.0)  # the outcomes 0, 0, 1, 3
    >>> arm.mean, arm.variance
    (1.0, 2.0)
    """

    n: int
    y: float
    yy: float
    x: float = 0.0
    xx: float = 0.0
    xy: float = 0.0

    def __add__(self, other: "Moments") -> "Moments":
        return Moments(
            self.n + other.n,
            self.y + other.y,
            self.yy + other.yy,
            self.x + other.x,
            self.xx + other.xx,
            self.xy + other.xy,
        )

    @property
    def mean(self) -> float:
        """The mean outcome; 0.0 of nobody."""
        return self.y / self.n if self.n else 0.0

    @property
    def mean_x(self) -> float:
        """The mean of x; 0.0 of nobody."""
        return self.x / self.n if self.n else 0.0

    @property
    def variance(self) -> float:
        """The variance of one visitor's outcome; 0.0 of fewer than two."""
        return _centred(self.n, self.yy, self.y * self.y)

    @property
    def variance_x(self) -> float:
        """The variance of one visitor's x."""
        return _centred(self.n, self.xx, self.x * self.x)

    @property
    def covariance(self) -> float:
        """The covariance of one visitor's outcome and x."""
        return _centred(self.n, self.xy, self.x * self.y)


def _centred(n: int, products: float, product_of_sums: float) -> float:
    return (products - product_of_sums / n) / (n - 1) if n > 1 else 0.0
