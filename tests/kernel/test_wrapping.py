"""The root key turns: the file of keys is wrapped anew, and everything the keys made goes on."""

import shutil
import threading
from io import StringIO

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.core.management import call_command

from consortium.choices import Role
from kernel import audit, crypto, files, guarded, keyring
from kernel.actor import Actor
from kernel.chain import verifying
from kernel.crypto import keys, wrapping
from kernel.errors import Conflict, StepUpNeeded
from kernel.models import AuditEntry
from tests.factories.consortium import make_post, make_staff
from tests.factories.emr import make_patient
from tests.factories.kernel import make_actor, make_file

BY = Actor.system("keys")


@pytest.fixture
def house(race_db, settings, tmp_path, monkeypatch):
    """A database that commits, with a copy of the keys it was migrated under."""
    own = keys.path().read_text() if keys.path().exists() else keys.written(keys.ring())
    settings.SECRETS_DIR, settings.FILES_ROOT = tmp_path / "secrets", tmp_path / "files"
    settings.DATA_DIR = tmp_path / "data"  # other checkpoints are signed by another key
    settings.SECRETS_DIR.mkdir()
    keys.path().write_text(own)
    keys.path().chmod(0o600)
    monkeypatch.setattr(keys, "RELOAD", 0.0)
    keys.forget()
    yield race_db
    keys.forget()


def folder():
    """Every byte of the folder of secrets."""
    return b"".join(path.read_bytes() for path in sorted(keys.path().parent.iterdir()))


def made():
    """What the keys make, of each kind: index, token's MAC, seal, chain, MAC of a row, sealed file."""
    make_post(make_staff(None), Role.TECHNOLOGIST, make_patient().organisation)
    audit.record(by=BY, action="test.done")
    index, mac = crypto.blind("a.b", "x"), crypto.mac("a", b"x")
    return index, mac, crypto.seal("a.b", "x", "words"), make_file(b"x" * 99, label=4)


def everything_goes_on(before):
    index, mac, sealed, file = before
    keys.forget()
    assert (crypto.blind("a.b", "x"), crypto.mac("a", b"x")) == (index, mac)
    assert crypto.unseal("a.b", "x", sealed) == "words"
    assert crypto.unseal("a.b", "x", crypto.seal("a.b", "x", "more")) == "more"
    rows, damaged = guarded.walk()
    assert (rows > 0, damaged) == (True, [])
    assert verifying.verify().findings == []
    assert files.read_verified(file.pk) == b"x" * 99


def test_twice_a_new_root_key_and_everything_goes_on(house):
    before, ring = made(), keys.ring()
    assert [keyring.rewrap(by=BY), keyring.rewrap(by=BY)] == [1, 2]
    everything_goes_on(before)
    assert keys.ring() == ring
    assert (list(wrapping.roots()), wrapping.number_of(keys.path().read_text())) == ([2], 2)
    assert [key.hex().encode() in folder() for key in ring.values()] == [False] * len(ring)
    assert {path.stat().st_mode & 0o777 for path in (keys.path(), wrapping.path())} == {0o600}
    found = AuditEntry.objects.filter(action="keys.rewrapped").order_by("id").values_list("detail", flat=True)
    assert list(found) == [{"number": 1, "before": 0}, {"number": 2, "before": 1}]


def test_the_old_root_key_is_destroyed_and_opens_what_was_kept_with_it(house, settings, tmp_path):
    """A backup from before holds both files of its time: they open each other, and neither opens today's."""
    before = made()
    keyring.rewrap(by=BY)
    old_root = wrapping.roots()[1]
    shutil.copytree(settings.SECRETS_DIR, tmp_path / "backup")
    keyring.rewrap(by=BY)
    assert old_root.hex().encode() not in folder()
    settings.SECRETS_DIR = tmp_path / "backup"
    everything_goes_on(before)
    keys.path().write_text((tmp_path / "secrets" / keys.FILE).read_text())
    keys.forget()
    with pytest.raises(wrapping.NoRoot, match="root key 2"):
        keys.ring()


def test_keys_turn_under_a_root_key_as_well(house):
    before = made()
    keyring.rewrap(by=BY)
    number = keyring.rotate(by=BY)
    assert (keys.current(), wrapping.number_of(keys.path().read_text())) == (number, 1)
    assert keys.ring()[number].hex().encode() not in folder()
    everything_goes_on(before)


def test_who_reads_while_it_turns_notices_nothing(house):
    before, stop, trouble = crypto.blind("a.b", "x"), threading.Event(), []

    def read():
        while not stop.is_set():
            try:
                keys.forget()
                assert crypto.blind("a.b", "x") == before
            except Exception as error:
                trouble.append(error)

    readers = [threading.Thread(target=read) for _ in range(3)]
    for one in readers:
        one.start()
    for _time in range(8):
        keyring.rewrap(by=BY)
    stop.set()
    for one in readers:
        one.join(30)
    assert trouble == []


def test_an_altered_file_of_keys_stops_the_start(house):
    keyring.rewrap(by=BY)
    text = keys.path().read_text()
    for bent in (text[:-1] + ("0" if text[-1] != "0" else "1"), text[:60]):
        keys.path().write_text(bent)
        keys.forget()
        with pytest.raises(ImproperlyConfigured):
            keys.ring()


def test_a_root_key_from_the_environment_is_written_there_first(house, monkeypatch):
    before = made()
    monkeypatch.setenv(wrapping.VARIABLE, f"1:{'ab' * 32}")
    assert keyring.rewrap(by=BY) == 1
    with pytest.raises(Conflict) as refused:
        keyring.rewrap(by=BY)
    assert refused.value.code == "root_from_environment"
    monkeypatch.setenv(wrapping.VARIABLE, f"1:{'ab' * 32},2:{'cd' * 32}")
    assert keyring.rewrap(by=BY) == 2
    monkeypatch.setenv(wrapping.VARIABLE, f"2:{'cd' * 32}")
    everything_goes_on(before)
    assert not wrapping.path().exists()


@pytest.mark.parametrize("text", ["nonsense", "1:abcd", f"0:{'ab' * 32}"])
def test_a_badly_written_root_key_stops_the_start(house, monkeypatch, text):
    keyring.rewrap(by=BY)
    monkeypatch.setenv(wrapping.VARIABLE, text)
    keys.forget()
    with pytest.raises(ImproperlyConfigured, match=wrapping.VARIABLE):
        keys.ring()


def test_nobody_turns_it_with_a_proof_of_this_morning(house):
    with pytest.raises(StepUpNeeded):
        keyring.rewrap(by=make_actor("system_manager", session="s", proved_at=None))
    assert not wrapping.path().exists()


def test_the_command_says_which_root_key_it_is(house):
    out = StringIO()
    call_command("keys", "rewrap", stdout=out)
    assert out.getvalue().startswith("the file of keys is wrapped under root key 1")
