"""One writer for all associations: what waits at the same moment is filed in one transaction."""

import logging
import queue
import threading
from collections.abc import Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import Final
from uuid import UUID

from django.db import close_old_connections, connections

from imaging import selectors, services
from imaging.services import Arrival, Outcome
from kernel.actor import Actor

logger = logging.getLogger(__name__)

BATCH: Final = 32
SWEEP_SECONDS: Final = 5.0
STOP: Final = None


@dataclass(frozen=True)
class Order:
    """An arrival whose sender waits for the answer."""

    by: Actor
    arrival: Arrival
    answer: "Future[Outcome]" = field(default_factory=Future)


class Committer:
    """Files arrivals in the order they come, many at once; `file` returns when the row is committed."""

    def __init__(self) -> None:
        self.orders: queue.SimpleQueue[Order | None] = queue.SimpleQueue()
        self.thread = threading.Thread(target=self._run, name="committer", daemon=True)
        self.thread.start()

    def file(self, by: Actor, arrival: Arrival) -> Outcome:
        """Wait until the arrival is safe. Raises what `services.receive` raised."""
        order = Order(by, arrival)
        self.orders.put(order)
        return order.answer.result()

    def stop(self) -> None:
        self.orders.put(STOP)
        self.thread.join()

    def _run(self) -> None:
        try:
            self._serve()
        finally:
            connections.close_all()

    def _serve(self) -> None:
        while (first := self.orders.get()) is not STOP:
            batch, stopping = self._waiting(first)
            by_actor: dict[Actor, list[Order]] = {}
            for order in batch:
                by_actor.setdefault(order.by, []).append(order)
            for by, orders in by_actor.items():
                self._file(by, orders)
            if stopping:
                return

    def _waiting(self, first: Order) -> tuple[list[Order], bool]:
        batch = [first]
        while len(batch) < BATCH:
            try:
                order = self.orders.get_nowait()
            except queue.Empty:
                break
            if order is STOP:
                return batch, True
            batch.append(order)
        return batch, False

    def _file(self, by: Actor, orders: Sequence[Order]) -> None:
        close_old_connections()
        try:
            outcomes = services.receive(by=by, arrivals=[order.arrival for order in orders])
        except Exception as error:
            if len(orders) == 1:
                orders[0].answer.set_exception(error)
                return
            # One of them must not take the others down with it.
            for order in orders:
                self._file(by, [order])
            return
        for order, outcome in zip(orders, outcomes, strict=True):
            order.answer.set_result(outcome)


class Settler:
    """Gives studies to their requests: at the end of an association, and whatever was left behind by a crash."""

    def __init__(self) -> None:
        self.by = Actor.system("imaging")
        self.ended: queue.SimpleQueue[UUID | None] = queue.SimpleQueue()
        self.thread = threading.Thread(target=self._run, name="settler", daemon=True)
        self.thread.start()

    def settle(self, study_ids: set[UUID]) -> None:
        for study_id in study_ids:
            self.ended.put(study_id)

    def stop(self) -> None:
        self.ended.put(STOP)
        self.thread.join()

    def _run(self) -> None:
        try:
            self._serve()
        finally:
            connections.close_all()

    def _serve(self) -> None:
        while True:
            try:
                study_id = self.ended.get(timeout=SWEEP_SECONDS)
            except queue.Empty:
                self._sweep()
                continue
            if study_id is STOP:
                return
            self._one(study_id)

    def _sweep(self) -> None:
        try:
            close_old_connections()
            for study_id in selectors.pending(by=self.by):
                self._one(study_id)
        except Exception:
            logger.exception("studies could not be looked through; the next sweep tries again")

    def _one(self, study_id: UUID) -> None:
        try:
            close_old_connections()
            services.settle(by=self.by, study_id=study_id)
        except Exception:
            logger.exception("study %s is not settled yet; the next sweep tries again", study_id)
