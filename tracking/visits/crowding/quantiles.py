"""Quantiles of a negative binomial distribution, and the loss by which quantile forecasts are judged."""

import math
from collections.abc import Sequence

QUANTILES = (0.1, 0.5, 0.9)
_NORMAL = (-1.2815515655446004, 0.0, 1.2815515655446004)
"""The same quantiles of the standard normal distribution."""
_EXACT_BELOW = 100.0
_POISSON_BELOW = 1e-4


def quantiles(mean: float, spread: float) -> tuple[int, int, int]:
    """p10, p50 and p90 of a count whose variance is mean + spread x mean².

    Exact by adding up probabilities; for large means the normal approximation with its correction for skewness
    (Cornish, Fisher, 1938), which is then right to one visitor.
    """
    if mean <= 0:
        return 0, 0, 0
    if mean >= _EXACT_BELOW:
        variance = mean + spread * mean * mean
        skewness = (1 + 2 * spread * mean) / math.sqrt(variance)
        low, middle, high = (
            max(0, round(mean + math.sqrt(variance) * (z + (z * z - 1) * skewness / 6))) for z in _NORMAL
        )
        return low, middle, high
    size = 1 / max(spread, _POISSON_BELOW)
    ratio = mean / (size + mean)
    probability = math.exp(-size * math.log1p(mean / size))
    below, count, found = probability, 0, list[int]()
    for level in QUANTILES:
        while below < level:
            probability *= ratio * (count + size) / (count + 1)
            count += 1
            below += probability
        found.append(count)
    return found[0], found[1], found[2]


def pinball(forecast: Sequence[float], came: float) -> float:
    """The mean pinball loss of p10, p50 and p90: what each visitor too many or too few costs at that quantile."""
    return sum(
        (level if came >= at else level - 1) * (came - at) for level, at in zip(QUANTILES, forecast, strict=True)
    ) / len(QUANTILES)
