"""The keys turn while the house works: everything sealed is sealed anew, and the old key can be destroyed."""

import os
import threading
from io import StringIO
from uuid import uuid4

import pytest
from django.apps import apps
from django.core.management import CommandError, call_command
from django.db import ProgrammingError, connection, connections, models, transaction

from consortium import services as consortium
from consortium.choices import Role
from emr.index import services as index
from emr.index import vault
from emr.index.models import Person
from emr.repository import sealing as repository
from emr.repository.models import Resource, ResourceHistory
from kernel import crypto, files, keyring, resealing
from kernel.actor import Actor
from kernel.crypto import keys
from kernel.errors import Conflict, StepUpNeeded
from kernel.files.sealed import CHUNK
from kernel.models import AuditEntry
from tests.factories.emr import HOUSE, id_number, make_patient
from tests.factories.kernel import make_actor, make_file

BY = Actor.system("keys")

# Sealed values in columns of another name; `*sealed*` is found by its name.
ELSEWHERE = {
    ("emr.resource", "content"),
    ("emr.resourcehistory", "content"),
    ("insurance_bridge.message", "request"),
    ("insurance_bridge.message", "reply"),
}


@pytest.fixture
def house(race_db, settings, tmp_path, monkeypatch):
    """A database that commits, with a copy of the keys it was migrated under."""
    own = keys.path().read_text() if keys.path().exists() else keys.written(keys.ring())
    settings.SECRETS_DIR, settings.FILES_ROOT = tmp_path / "secrets", tmp_path / "files"
    settings.SECRETS_DIR.mkdir()
    keys.path().write_text(own)
    keys.path().chmod(0o600)
    monkeypatch.setattr(keys, "RELOAD", 0.05)
    keys.forget()
    yield race_db
    keys.forget()


def desk(organisation):
    return make_actor(Role.RECEPTION, organisation=organisation.pk)


def correct(patient, name):
    person = patient.person
    index.correct(
        by=desk(patient.organisation), patient_id=patient.pk, name=name, sex=person.sex,
        version=Person.objects.get(pk=person.pk).version,
        birth_date=person.birth_date, id_kind=person.id_kind, id_number=vault.id_number_of(person),
        phone="10012345678", address="青禾县柳溪镇杨家湾村13号",
    )  # fmt: skip


def old_values(number):
    """Every value of every table that looks sealed under `number`, registered or not."""
    found = []
    for model in apps.get_models():
        for field in model._meta.concrete_fields:
            if isinstance(field, models.BinaryField) and field.name != "row_mac":
                table, column = model._meta.db_table, field.column
                with connection.cursor() as cursor:
                    cursor.execute(
                        f"SELECT count(*) FROM {table} WHERE octet_length({column}) >= 30"
                        f" AND octet_length({column}) <> 32 AND get_byte({column}, 0) IN (1, 2)"
                        f" AND get_byte({column}, 1) = %s",
                        [number],
                    )
                    if cursor.fetchone()[0]:
                        found.append(f"{table}.{column}")
    return found


def everything_opens():
    for person in Person.objects.all():
        assert vault.name_of(person)
        assert vault.phone_of(person)
    for table in (Resource, ResourceHistory):
        for row in table.objects.filter(kind="Patient"):
            assert repository.open_(row.kind, row.id, row.label, bytes(row.content)).startswith(b"{")


def test_every_sealed_column_is_registered():
    known = {(column.table, column.column) for column in resealing.columns()}
    sealed = {
        (model._meta.db_table, field.column)
        for model in apps.get_models()
        for field in model._meta.concrete_fields
        if isinstance(field, models.BinaryField)
        if "sealed" in field.name or (model._meta.label_lower, field.name) in ELSEWHERE
    }
    assert sealed == known


def test_keys_turn_under_readers_and_writers_and_the_old_one_goes(house):
    patients = [make_patient() for _ in range(12)]
    correct(patients[0], "改名一")
    file = make_file(os.urandom(2 * CHUNK + 5), label=4)
    kept = crypto.seal("a.b", "x", "under the old key")
    old, stop, trouble = keys.current(), threading.Event(), []

    def work(act):
        try:
            while not stop.is_set():
                act()
        except Exception as error:
            trouble.append(error)
        finally:
            connections.close_all()

    def write():
        correct(make_patient(), "改名二")

    def read():
        everything_opens()
        assert len(files.read_verified(file.pk)) == 2 * CHUNK + 5

    threads = [threading.Thread(target=work, args=(act,)) for act in (write, read)]
    for thread in threads:
        thread.start()
    number = keyring.rotate(by=BY)
    resealed = keyring.reseal(by=BY)
    stop.set()
    for thread in threads:
        thread.join(60)
    # Whoever held a row from before the turn may have written it back: one more round with nobody in the house.
    keyring.reseal(by=BY)

    assert trouble == []
    assert (number, keys.current()) == (old + 1, old + 1)
    assert resealed.done["emr_person.name_sealed"] >= 12
    assert resealed.done["emr_resource_history.content"] >= 1
    assert resealed.done["files"] == 1
    assert (set(resealing.standing()), old_values(old)) == ({number}, [])
    keyring.retire(by=BY, number=old)
    everything_opens()
    assert len(files.read_verified(file.pk)) == 2 * CHUNK + 5
    with pytest.raises(crypto.Unsealable):
        crypto.unseal("a.b", "x", kept)
    assert [entry.action for entry in AuditEntry.objects.filter(action__startswith="keys.").order_by("id")] == [
        "keys.rotated", "keys.resealed", "keys.resealed", "keys.retired",
    ]  # fmt: skip


def test_indexes_find_the_same_person_after_the_turn(house):
    number = id_number()
    patient = make_patient(id_number=number)
    keyring.rotate(by=BY)
    keyring.reseal(by=BY)
    keyring.retire(by=BY, number=1)
    assert Person.objects.get(id_key=vault.id_key("resident", number)).pk == patient.person_id


def test_a_key_in_use_is_not_destroyed(house):
    make_patient()
    with pytest.raises(Conflict) as refused:
        keyring.retire(by=BY, number=keys.current())
    assert refused.value.code == "key_in_use"
    keyring.rotate(by=BY)
    with pytest.raises(Conflict) as refused:
        keyring.retire(by=BY, number=1)
    assert refused.value.detail["emr_person.name_sealed"] == 1
    with pytest.raises(Conflict) as refused:
        keyring.retire(by=BY, number=0)
    assert refused.value.code == "no_such_key"


def test_erasing_a_store_makes_it_unreadable_for_ever(house):
    person = make_patient().person
    number = keys.ring()[1]
    keyring.rotate(by=BY)
    assert keyring.retire(by=BY, number=1, erase=True) is (keys.ring()[0] != number)
    with pytest.raises(crypto.Unsealable):
        vault.name_of(person)
    assert crypto.unseal("a.b", "x", crypto.seal("a.b", "x", "new work goes on")) == "new work goes on"


def test_destroyed_bytes_are_gone_from_the_folder_of_secrets(house, settings):
    keys.path().write_text(f"0:{'aa' * 32},1:{'bb' * 32}")
    keys.forget()
    keyring.rotate(by=BY)
    assert keyring.retire(by=BY, number=1, erase=True)
    everywhere = b"".join(path.read_bytes() for path in settings.SECRETS_DIR.iterdir())
    assert b"bb" * 32 not in everywhere
    assert keys.path().stat().st_mode & 0o777 == 0o600


def test_the_first_key_of_an_old_installation_stays_as_the_root(house):
    keys.path().write_text("bb" * 32)
    keys.forget()
    before = crypto.blind("a.b", "x")
    keyring.rotate(by=BY)
    assert keyring.retire(by=BY, number=1, erase=True) is False
    assert (sorted(keys.ring()), crypto.blind("a.b", "x")) == ([0, 2], before)


def test_a_staged_key_opens_before_it_seals(house):
    number = keyring.rotate(by=BY, stage=True)
    assert (keys.current(), number in keys.ring()) == (1, True)
    keyring.use(by=BY, number=number)
    assert keys.current() == number


def test_what_opens_under_no_key_is_left_and_alarmed(house):
    from kernel.models import Alarm

    person = make_patient().person
    bent = bytes(person.name_sealed[:-1]) + bytes([person.name_sealed[-1] ^ 1])
    Person.objects.filter(pk=person.pk).update(name_sealed=bent)
    keyring.rotate(by=BY)
    assert keyring.reseal(by=BY).broken["emr_person.name_sealed"] == 1
    assert bytes(Person.objects.get().name_sealed) == bent
    assert Alarm.objects.get().code == "kernel.seal_broken"


def test_a_damaged_file_is_not_sealed_anew(house):
    file = make_file(b"x" * 100, label=4)
    place = files.LocalStore().place(file.pk)
    bent = place.read_bytes()[:-1] + b"\0"
    place.write_bytes(bent)
    keyring.rotate(by=BY)
    assert keyring.reseal(by=BY).broken["files"] == 1
    assert place.read_bytes() == bent


def test_nobody_turns_a_key_with_a_proof_of_this_morning(house):
    stale = make_actor()
    for order in (
        lambda: keyring.rotate(by=stale),
        lambda: keyring.use(by=stale, number=1),
        lambda: keyring.reseal(by=stale),
        lambda: keyring.retire(by=stale, number=1),
        lambda: keyring.sign_anew(by=stale),
    ):
        with pytest.raises(StepUpNeeded):
            order()


def test_keys_from_the_environment_are_not_turned_here(house, monkeypatch):
    monkeypatch.setenv(keys.VARIABLE, "cc" * 32)
    with pytest.raises(Conflict) as refused:
        keyring.rotate(by=BY)
    assert refused.value.code == "keys_from_environment"


@pytest.mark.parametrize(
    ("alias", "setting"), [("default", "{leaf}"), ("owner", ""), ("owner", "emr_opening")]
)
def test_history_is_still_written_once(house, alias, setting):
    make_patient()
    correct(make_patient(), "改名")
    with connections["owner"].cursor() as cursor:
        cursor.execute("SELECT tableoid::regclass::text FROM emr_resource_history LIMIT 1")
        (leaf,) = cursor.fetchone()
    with transaction.atomic(using=alias), connections[alias].cursor() as cursor:
        cursor.execute("SELECT set_config('lianyi.resealing', %s, true)", [setting.format(leaf=leaf)])
        with pytest.raises(ProgrammingError):
            cursor.execute(f"UPDATE {leaf} SET content = ''")
        transaction.set_rollback(True, using=alias)


def test_the_command_says_what_stands_under_which_key(house):
    make_patient()
    out = StringIO()
    call_command("keys", "list", stdout=out)
    assert "key 1 seals" in out.getvalue()
    assert "  emr_person.name_sealed: 1" in out.getvalue()
    for what in (["rotate"], ["reseal"], ["retire", "1"], ["sign-anew"], ["rotate", "--stage"], ["use", "3"]):
        call_command("keys", *what, stdout=out)
    assert "key 1 is destroyed" in out.getvalue()
    assert "key 3 seals" in out.getvalue()
    with pytest.raises(CommandError, match="没有这个密钥"):
        call_command("keys", "use", "9")


def test_kept_secrets_of_staff_turn_too(house):
    client = consortium.register_client(
        by=HOUSE, client_id=f"c{uuid4().hex[:8]}", name="x", organisation_id=make_patient().organisation_id,
        scopes=["system/Patient.read"],
    )  # fmt: skip
    keyring.rotate(by=BY)
    keyring.reseal(by=BY)
    keyring.retire(by=BY, number=1)
    assert client
    assert set(resealing.standing()) == {2}
