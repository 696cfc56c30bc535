"""The recipe of deploy/backup.md: archived WAL and a base backup bring a cluster back to a moment."""

import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from config.local.addresses import SUPERUSER
from config.local.postgres import Cluster
from config.local.processes import nobody

WORDS = "of-the-drill"
ARCHIVE = """
wal_level = replica
archive_mode = on
archive_command = 'test ! -f {wal}/%f && cp %p {wal}/%f.part && mv {wal}/%f.part {wal}/%f'
"""
COMEBACK = """
archive_mode = off
restore_command = 'cp {wal}/%f %p'
recovery_target_time = '{moment}'
recovery_target_action = 'promote'
"""


@pytest.fixture
def room() -> Iterator[Path]:
    """A folder the database's own user may walk to and write in, when this process is root."""
    folder = Path(tempfile.mkdtemp(prefix="lianyi-wal-"))
    folder.chmod(0o711)
    (folder / "wal").mkdir()
    owned(folder / "wal")
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


def owned(path: Path) -> None:
    if user := nobody():
        for one in (path, *path.rglob("*")):
            os.chown(one, user.pw_uid, user.pw_gid)


def cluster(room: Path, name: str) -> Cluster:
    return Cluster(room / name, room / f"{name}-run", room / f"{name}.log")


def connected(to: Cluster) -> psycopg.Connection:
    return psycopg.connect(
        host=str(to.sockets), user=SUPERUSER, password=WORDS, dbname="postgres", autocommit=True
    )


def write(to: Cluster, text: str) -> None:
    with (to.data / "postgresql.conf").open("a") as file:
        file.write(text)


def archived(connection: psycopg.Connection, room: Path) -> None:
    """Everything written so far lies in the archive."""
    (name,) = connection.execute("SELECT pg_walfile_name(pg_switch_wal())").fetchone()
    deadline = time.monotonic() + 60
    while not (room / "wal" / name).exists():
        assert time.monotonic() < deadline
        time.sleep(0.1)


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_a_base_backup_and_the_archive_bring_back_any_moment(room):
    first = cluster(room, "first")
    first.create(WORDS)
    write(first, ARCHIVE.format(wal=room / "wal"))
    first.start()
    try:
        base = room / "base"
        order = [first.programs / "pg_basebackup", "-h", first.sockets, "-U", SUPERUSER, "-D", base]
        subprocess.run([*order, "-c", "fast", "-X", "none"], env={"PGPASSWORD": WORDS}, check=True)
        with connected(first) as connection:
            connection.execute("CREATE TABLE said (word text)")
            connection.execute("INSERT INTO said VALUES ('kept')")
            (moment,) = connection.execute("SELECT clock_timestamp()::text").fetchone()
            time.sleep(0.05)
            connection.execute("DELETE FROM said")
            archived(connection, room)
    finally:
        first.stop()

    second = cluster(room, "second")
    second.prepare()
    base.rename(second.data)
    write(second, COMEBACK.format(wal=room / "wal", moment=moment))
    (second.data / "recovery.signal").touch()
    owned(second.data)
    second.start()
    try:
        with connected(second) as connection:
            deadline = time.monotonic() + 60
            while connection.execute("SELECT pg_is_in_recovery()").fetchone() == (True,):
                assert time.monotonic() < deadline
                time.sleep(0.1)
            assert connection.execute("SELECT word FROM said").fetchall() == [("kept",)]
    finally:
        second.stop()
