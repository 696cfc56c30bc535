"""Lines of values over time as geometry for an inline SVG, 200 × 34."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

WIDTH, HEIGHT, MARGIN = 196.0, 34.0, 4.0


@dataclass(frozen=True, slots=True)
class Spark:
    """`points` of a polyline; the band of usual values as y and height, 0 height without one."""

    points: str
    band_y: float
    band_height: float


def spark(values: Sequence[tuple[datetime, float]], usual: tuple[float, float] | None) -> Spark:
    """Values newest first; time along x from left to right. The usual band is always inside the picture."""
    ordered = sorted(values, key=lambda one: one[0])
    numbers = [value for _at, value in ordered] + list(usual or ())
    low, high = min(numbers), max(numbers)
    span = (high - low) or 1.0
    start, end = ordered[0][0], ordered[-1][0]
    seconds = (end - start).total_seconds() or 1.0

    def x(at: datetime) -> float:
        return round((at - start).total_seconds() / seconds * WIDTH, 1)

    def y(value: float) -> float:
        return round(MARGIN + (high - value) / span * (HEIGHT - 2 * MARGIN), 1)

    points = " ".join(f"{x(at)},{y(value)}" for at, value in ordered)
    if usual is None:
        return Spark(points, 0, 0)
    return Spark(points, y(usual[1]), round(y(usual[0]) - y(usual[1]), 1))
