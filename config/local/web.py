"""The one-port web process: HTTP and /ws/ in one granian worker. `python -m config.local.web HOST PORT`."""

import os
import sys

from granian import Granian
from granian.constants import Interfaces

from config.local.processes import die_with_parent


def application() -> object:
    """Runs in granian's worker, a child of this process: it must not outlive it."""
    die_with_parent()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    from config.asgi import application as asgi  # lazy: only the worker loads Django, not its keeper

    return asgi


def main() -> None:
    server = Granian(
        "config.local.web:application",
        address=sys.argv[1],
        port=int(sys.argv[2]),
        interface=Interfaces.ASGINL,
        factory=True,
        websockets=True,
        workers_kill_timeout=1,
        log_access=False,
        backlog=512,
    )
    server.serve()


if __name__ == "__main__":
    main()
