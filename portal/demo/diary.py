"""Stories told in the order of their moments, so that what the county did in three weeks is written in that order.

While a step runs, `kernel.clock.now` shows the step's moment: referrals, reports and notices bear the time at which
they would have happened. The audit record does not play along: its entries bear the moment they were written. Only
the demo county's loader does this.
"""

import heapq
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from itertools import count
from typing import Final

from kernel import clock, delivery

Story = Generator[float, None, None]
"""Runs one step each time it is resumed and yields the hours until its next one."""

CLOSEST: Final = timedelta(seconds=40)
"""No step lies nearer to the present than this."""
TOGETHER: Final = timedelta(minutes=15)
"""Events of steps that lie closer together than this are delivered together."""


@contextmanager
def moved_to(moment: datetime) -> Iterator[None]:
    """The house's clock shows `moment` (aware) until the end of the block."""
    kept = clock.now
    clock.now = lambda: moment
    try:
        yield
    finally:
        clock.now = kept


class Diary:
    """Stories and the moments of their next steps; `now` is the present they end before."""

    def __init__(self, now: datetime) -> None:
        self.now = now
        self.waiting: list[tuple[datetime, int, Story]] = []
        self.number = count()

    def add(self, story: Story, *, hours: float) -> None:
        """A story that began `hours` ago."""
        self._put(self.now - timedelta(hours=hours), story)

    def _put(self, moment: datetime, story: Story) -> None:
        heapq.heappush(self.waiting, (min(moment, self.now - CLOSEST), next(self.number), story))

    def tell(self) -> int:
        """Tell all stories to their ends, events delivered whenever nothing happens for a while; how many steps."""
        steps = 0
        while self.waiting:
            moment, _number, story = heapq.heappop(self.waiting)
            with moved_to(moment):
                pause = next(story, None)
                if pause is not None:
                    self._put(moment + timedelta(hours=pause), story)
                if not self.waiting or self.waiting[0][0] - moment > TOGETHER:
                    delivery.deliver()
            steps += 1
        return steps
