"""Tell the worker that work waits, without the request noticing: a dead broker neither fails nor delays it.

One thread per process publishes; wishes that come while it is busy become one. Whatever is not told now is
found by the sweep.
"""

import logging
import os
import threading
import time
from typing import Final

from celery import current_app

log = logging.getLogger(__name__)

DELIVER: Final = "kernel.tasks.deliver"
PAUSE: Final = 0.1
"""Seconds between two rings of a process: a message costs more than the write it tells of, so a burst is told once."""


class Bell:
    """Rings the worker from a thread of its own."""

    def __init__(self) -> None:
        self.tasks: set[str] = set()
        self.wanted = threading.Event()
        self.lock = threading.Lock()
        self.process = 0

    def ring(self, task: str) -> None:
        """Returns at once."""
        with self.lock:
            self.tasks.add(task)
            # A forked server process inherits the object, not the thread.
            if self.process != os.getpid():
                self.process = os.getpid()
                threading.Thread(target=self._run, name="bell", daemon=True).start()
        self.wanted.set()

    def _run(self) -> None:
        while True:
            self.wanted.wait()
            self.wanted.clear()
            with self.lock:
                tasks, self.tasks = self.tasks, set()
            for task in sorted(tasks):
                publish(task)
            time.sleep(PAUSE)


BELL = Bell()


def up(task: str = DELIVER) -> None:
    """Called after commit."""
    if current_app.conf.task_always_eager:
        current_app.tasks[task].apply()
        return
    BELL.ring(task)


def publish(task: str) -> bool:
    """Put the task on the queue; False, with a warning, when the broker does not take it."""
    try:
        current_app.send_task(task, retry=False, ignore_result=True)
    except Exception as error:
        # kombu raises what its transport raises; the sweep delivers without a bell.
        log.warning("the queue does not answer, the sweep will run %s: %s", task, error)
        return False
    return True
