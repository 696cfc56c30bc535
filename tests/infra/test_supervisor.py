"""`manage.py up` for real: it starts, answers, ends, and survives being killed."""

import http.client
import json
import os
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest

from config.local import addresses, starting
from config.local.places import ROOT, Places
from config.local.postgres import HIDDEN_HOMES, NotStarted, binaries, home_of, reachable
from tests.house import House, free_port

pytestmark = [pytest.mark.slow(25), pytest.mark.timeout(900), pytest.mark.xdist_group("supervisor")]

METHODS = ("GET", "HEAD", "POST", "PUT", "DELETE")

only_as_root = pytest.mark.skipif(
    os.geteuid() != 0, reason="only root can make what another user may not see"
)


@pytest.fixture(scope="module")
def data() -> Iterator[Path]:
    """A data folder whose tables are made by the module's first start."""
    room = Path(tempfile.mkdtemp(prefix="lianyi-house-"))
    room.chmod(0o711)  # the database runs as nobody when this process is root
    yield room / "var"
    shutil.rmtree(room)


@pytest.fixture
def house(data: Path) -> Iterator[House]:
    house = House(data)
    yield house
    house.end_anyhow()


def connect(house: House) -> psycopg.Connection:
    return psycopg.connect(addresses.database_url(Places(house.data), "owner"), autocommit=True)


def manage(house: House, *arguments: str, user: str | None = None) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "manage.py", *arguments]
    return subprocess.run(
        command, cwd=ROOT, env=house.env, user=user, capture_output=True, text=True, check=False
    )


def private(path: Path) -> bool:
    return path.stat().st_mode & 0o077 == 0


def test_a_command_starts_the_database_for_its_own_time(house):
    assert manage(house, "migrate", "-v0", "--skip-checks").returncode == 0
    assert "[X] 0001_initial" in manage(house, "showmigrations", "kernel").stdout
    assert house.nothing_left(0) == []


def test_it_starts_for_this_user_alone_survives_a_kill_and_ctrl_c_ends_all_of_it(house):
    house.start()
    places = Places(house.data)
    sockets = addresses.socket_folder(places, "postgres")

    status, body = house.get("/healthz")
    assert (status, set(json.loads(body)["components"])) == (200, {"database", "redis", "outbox", "worker"})
    assert house.get("/")[0] == 302
    second = manage(house, "up", "--port", str(house.port))
    assert (second.returncode, "already runs" in second.stderr) == (1, True)
    assert all(
        map(private, [sockets, addresses.socket_folder(places, "valkey"), places.secrets, places.logs])
    )
    assert all(map(private, places.secrets.iterdir()))
    with pytest.raises(psycopg.OperationalError, match="password"):
        psycopg.connect(host=str(sockets), user="postgres", password="guessed", dbname="lianyi")
    assert "listening on IPv" not in (places.logs / "postgres.log").read_text()

    (valkey,) = valkey_of(house)
    os.kill(valkey, signal.SIGKILL)
    assert until(lambda: "valkey ended; starting it again" in house.output.read_text())
    assert until(lambda: house.get("/healthz")[0] == 200)
    assert [one != valkey for one in valkey_of(house)] == [True]

    with connect(house) as connection:
        connection.execute("CREATE TABLE kept (word text)")
        connection.execute("INSERT INTO kept VALUES ('还在')")
    house.end(signal.SIGKILL)
    assert house.nothing_left() == []
    house.start()
    with connect(house) as connection:
        assert connection.execute("SELECT word FROM kept").fetchall() == [("还在",)]

    # Three seconds by design (two until a kill, one for the database); the rest is for a busy machine.
    assert house.end(signal.SIGINT) < 6
    assert house.nothing_left(0) == []
    assert house.process.returncode == 0


def until(true: Callable[[], bool], patience: float = 60.0) -> bool:
    """Whether it becomes true within `patience` seconds."""
    deadline = time.monotonic() + patience
    while not true() and time.monotonic() < deadline:
        time.sleep(0.1)
    return true()


def valkey_of(house: House) -> list[int]:
    """The process of the embedded Valkey of this house; it names itself by its socket."""
    name = os.fsencode(addresses.socket_folder(Places(house.data), "valkey") / "valkey.sock")
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            told = (process / "cmdline").read_bytes()
        except OSError:
            continue
        if b"valkey-server" in told and name in told:
            found.append(int(process.name))
    return found


def asked(method: str, port: int) -> tuple[int, str | None, str]:
    """Status, Retry-After and body."""
    line = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        line.request(method, "/any/")
        answer = line.getresponse()
        return answer.status, answer.headers["Retry-After"], answer.read().decode()
    finally:
        line.close()


def test_who_comes_before_the_platform_answers_reads_that_it_starts():
    port = free_port()
    command = [sys.executable, "-m", "config.local.starting", "127.0.0.1", str(port)]
    with subprocess.Popen(command, cwd=ROOT, stderr=subprocess.DEVNULL) as page:
        try:
            assert until(lambda: starting.taken("127.0.0.1", port))
            told = [asked(method, port) for method in METHODS]
        finally:
            page.terminate()

    assert [(status, again) for status, again, _page in told] == [(503, "2")] * len(METHODS)
    assert ["联医正在启动" in page for _status, _again, page in told] == [True, False, True, True, True]
    assert starting.taken("127.0.0.1", port) is False


def test_a_port_at_which_another_program_listens_is_named(house):
    with socket.create_server(("127.0.0.1", house.port)):
        told = manage(house, "up", "--port", str(house.port))

    assert (told.returncode, told.stderr) == (
        1,
        f"lianyi: another program listens on port {house.port}; choose one with --port\n",
    )


@pytest.fixture
def hidden() -> Iterator[Path]:
    """A folder of this user alone, as a home is."""
    room = Path(tempfile.mkdtemp(prefix="lianyi-home-"))
    yield room
    home = room / "var" / "postgres"
    if home.is_symlink():
        shutil.rmtree(home.readlink().parent)
    shutil.rmtree(room)


@only_as_root
def test_root_may_keep_data_and_programs_in_a_private_home(house, hidden, monkeypatch):
    house.data = hidden / "var"
    programs = binaries()
    (hidden / "site").symlink_to(programs.parents[2])
    monkeypatch.setenv("PG_BIN", str(hidden.joinpath("site", *programs.parts[-3:])))

    for _start in range(2):
        assert "[ ] 0001_initial" in manage(house, "showmigrations", "kernel").stdout

    assert house.nothing_left(0) == []
    assert (house.data / "postgres").readlink().parent.parent == HIDDEN_HOMES


@only_as_root
def test_a_database_that_its_user_can_no_longer_reach_is_named_and_not_replaced(hidden):
    (hidden / "var" / "postgres" / "run").mkdir(parents=True)

    with pytest.raises(NotStarted, match="may not walk"):
        home_of(hidden / "var")


@only_as_root
def test_an_ordinary_user_may_keep_it_in_a_private_home(house, hidden):
    if not reachable(ROOT) or not reachable(Path(sys.executable).resolve()):
        pytest.skip("this checkout is closed to ordinary users")
    house.data = hidden / "var"
    os.chown(hidden, pwd.getpwnam("nobody").pw_uid, -1)

    answer = manage(house, "showmigrations", "kernel", user="nobody")

    assert "[ ] 0001_initial" in answer.stdout, answer.stderr
    assert (house.data / "postgres").owner() == "nobody"
    assert house.nothing_left(0) == []
