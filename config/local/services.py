"""The embedded services of a data folder: whoever needs them first starts them, for its own time."""

import fcntl
import os
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

from config.local import addresses, roles
from config.local.places import Places
from config.local.postgres import Cluster, home_of
from config.local.valkey import Valkey

WITHOUT_DATABASE = frozenset(
    {"makemessages", "compilemessages", "collectstatic", "makemigrations", "findstatic", "startapp"}
    | {"help", "version", "check", "diffsettings", "spectacular", "--help", "--version", "-h"}
)
"""Commands that read no row."""


def postgres(places: Places) -> Cluster:
    home = home_of(places.data)  # first: it decides where the socket lies
    return Cluster(home, addresses.socket_folder(places, "postgres"), places.logs / "postgres.log")


def valkey(places: Places) -> Valkey:
    sockets = addresses.socket_folder(places, "valkey")
    return Valkey(places.data / "valkey", sockets, places.logs / "valkey.log")


def start_postgres(places: Places) -> Cluster:
    """The running database server with its users and its database, made where missing."""
    cluster = postgres(places)
    cluster.create(places.secret("database-superuser"))
    cluster.start()
    roles.bootstrap(places, str(cluster.sockets))
    return cluster


@contextmanager
def _lock(path: Path, kind: int) -> Iterator[None]:
    with path.open("w") as file:
        fcntl.flock(file, kind)
        yield


@contextmanager
def database_for(command: Sequence[str]) -> Iterator[None]:
    """The embedded database runs while a `manage.py` command does.

    Nothing happens with DATABASE_URL set, for a command that reads no row, or when a server already runs.
    The command that started it waits for the others that found it before it stops it.
    """
    if os.environ.get("DATABASE_URL") or not command or command[0] in WITHOUT_DATABASE:
        yield
        return
    places = Places.here().made()
    starting, using = places.data / "start.lock", places.data / "use.lock"
    with ExitStack() as use:
        with _lock(starting, fcntl.LOCK_EX):
            cluster = None if postgres(places).running() else start_postgres(places)
            use.enter_context(_lock(using, fcntl.LOCK_SH))
        try:
            yield
        finally:
            use.close()
            if cluster is not None:
                with _lock(starting, fcntl.LOCK_EX), _lock(using, fcntl.LOCK_EX):
                    cluster.stop()
