"""A dump of the database names nobody: planted words come in through every door and are nowhere to be read."""

import base64
import io
import subprocess
import zlib
from dataclasses import replace

import orjson
import pytest
from django.contrib.messages import constants
from django.contrib.messages.storage.base import Message as Flash
from django.contrib.messages.storage.session import SessionStorage
from django.contrib.sessions.models import Session
from django.test import RequestFactory

from config.local.postgres import binaries
from consortium import services as consortium
from consortium.choices import IdentifierSystem, Role
from consortium.models import Organisation, OrganisationIdentifier
from ecg import services as ecg
from emr.index import services as index
from emr.index import vault
from emr.index.models import Person
from imaging import services as imaging
from insurance_bridge.services import messages as insurance
from kernel import files
from kernel.models import StoredFile
from tests import databases
from tests.emr.repository.conftest import Fhir
from tests.factories.consortium import make_staff, sign_in
from tests.factories.ecg import ecg_file
from tests.factories.emr import HOUSE, id_number, make_patient
from tests.factories.imaging import make_arrival, make_dataset, make_device
from tests.factories.kernel import make_actor
from tests.factories.prescriptions import make_prescription, make_visit
from tests.factories.referral import make_county, make_submitted

NAME, OLD_NAME, KIN, PHONE = "欧阳娜塔", "上官曾用", "司徒亲属", "10086420975"
ADDRESS = "青禾县白鹭镇荷塘村八组七十六号"
NUMBER, KIN_NUMBER, STAFF_NUMBER = id_number(), id_number(), id_number()
PINYIN = "OuYang^NaTa"
PLANTED = [NAME, OLD_NAME, KIN, PHONE, ADDRESS, NUMBER, KIN_NUMBER, STAFF_NUMBER, PINYIN]


def readings(word: str) -> dict[str, bytes]:
    """How a word could stand in a dump: as it is, in hex, in base64 at each of three places, escaped."""
    found = {}
    for coding in ("utf-8", "gb18030", "utf-16-le"):
        raw = word.encode(coding)
        found[coding], found[f"{coding} hex"] = raw, raw.hex().encode()
        for shift in range(3):
            text = base64.b64encode(bytes(shift) + raw)
            # The characters at both ends mix with their neighbours.
            found[f"{coding} base64+{shift}"] = text[-(-shift * 8 // 6) + (shift > 0) : len(text) - 4]
    found["json"] = orjson.dumps(word)[1:-1]
    found["escaped"] = word.encode("unicode_escape")
    return {how: text for how, text in found.items() if len(text) >= 8}


def where(data: bytes, words=PLANTED) -> list[str]:
    low = data.lower()
    return [
        f"{word} as {how}"
        for word in words
        for how, text in readings(word).items()
        if text in data or text in low
    ]


def unpacked(session_data: str) -> bytes:
    """What a session's column holds once it is decoded; Django packs it (zlib) where that is shorter."""
    packed = session_data.startswith(".")
    text = session_data.lstrip(".").split(":")[0]
    raw = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    return zlib.decompress(raw) if packed else raw


def dump(database: str) -> bytes:
    order = [binaries() / "pg_dump", "-h", databases.sockets(), "-U", "postgres", "-d", database]
    environment = {"PGPASSWORD": databases.places().secret("database-superuser"), "PATH": "/usr/bin"}
    return subprocess.run(order, env=environment, capture_output=True, check=True).stdout


@pytest.fixture
def house(race_db, settings, tmp_path):
    settings.FILES_ROOT = tmp_path / "files"
    settings.INSURANCE_URL, settings.INSURANCE_SECRET = "http://127.0.0.1:1", "ab" * 32
    return race_db


def registered(place: Organisation):
    """The desk: a registration, then a correction; the old words go into history."""
    said = {"id_number": NUMBER, "phone": PHONE, "address": ADDRESS}
    patient = make_patient(place, name=OLD_NAME, **said)
    person = Person.objects.get(pk=patient.person_id)
    index.correct(
        by=make_actor(Role.RECEPTION, organisation=place.pk), patient_id=patient.pk, version=person.version, name=NAME,
        sex=person.sex, birth_date=person.birth_date, id_kind=person.id_kind, **said,
    )  # fmt: skip
    assert vault.name_of(Person.objects.get(pk=patient.person_id)) == NAME
    return patient


def by_fhir(place: Organisation, patient) -> None:
    """A hospital's own system: what identifies goes into Patient, RelatedPerson and Coverage."""
    fhir = Fhir(place)
    name, telecom = [{"text": KIN, "family": KIN}], [{"system": "phone", "value": PHONE}]
    kin = {
        "resourceType": "RelatedPerson",
        "patient": {"reference": f"Patient/{patient.pk}"},
        "name": name,
        "telecom": telecom,
        "address": [{"text": ADDRESS}],
        "identifier": [{"system": "urn:oid:1.2.156.112604", "value": KIN_NUMBER}],
    }
    made = fhir.post("RelatedPerson", kin)
    assert made.status_code == 201, made.content
    again = {**orjson.loads(made.content), "gender": "female"}
    assert fhir.put(f"RelatedPerson/{again['id']}", again).status_code == 200
    cover = {
        "resourceType": "Coverage",
        "status": "active",
        "beneficiary": {"reference": f"Patient/{patient.pk}", "display": NAME},
        "subscriberId": NUMBER,
        "payor": [{"display": "青禾县医疗保障局"}],
    }
    assert fhir.post("Coverage", cover).status_code == 201
    for path in (f"Patient?identifier=|{NUMBER}", f"RelatedPerson?name={KIN}", f"Patient?phone={PHONE}"):
        fhir.get(path)
    assert fhir.delete(f"RelatedPerson/{again['id']}").status_code in (200, 204)


def by_insurance(place: Organisation, patient) -> None:
    OrganisationIdentifier.objects.create(
        organisation=place, system=IdentifierSystem.INSURANCE, value="H99010100001", period="[2020-01-01,)"
    )
    words = {
        "mdtrt_cert_type": "02",
        "mdtrt_cert_no": NUMBER,
        "psn_name": NAME,
        "tel": PHONE,
        "addr": ADDRESS,
    }
    insurance.commit(
        by=HOUSE, infno="1101", organisation_id=place.pk, subject=patient.pk, data={"data": words}
    )


def by_device(place: Organisation, folder) -> None:
    words = {"PatientName": f"{PINYIN}={NAME}", "PatientID": NUMBER, "PatientAddress": ADDRESS}
    imaging.receive(by=make_device(place), arrivals=[make_arrival(folder, make_dataset(**words))])

    data = ecg_file(patient_name=NAME, patient_id=NUMBER)
    ecg.receive(
        by=make_actor(Role.TECHNOLOGIST, organisation=place.pk),
        stream=io.BytesIO(data),
        name=f"{NAME}.dcm",
        content_type="application/dicom",
    )


def by_staff(place: Organisation, client) -> None:
    """A kept form, a flash message, an account with an identity number, a sealed upload."""
    staff = make_staff(Role.BRANCH_DOCTOR, place)
    consortium.keep_form(by=HOUSE, staff_id=staff.pk, path="/x/", fields={"name": [NAME], "id": [NUMBER]})
    sign_in(client, staff)
    request = RequestFactory().get("/")
    request.session = client.session
    store = SessionStorage(request)
    store._store([Flash(constants.SUCCESS, f"{NAME} {NUMBER} ist da")], None)
    request.session.save()
    manager = make_actor(Role.SYSTEM_MANAGER)
    consortium.create_staff(
        by=manager, username="planted", name="职员某", id_number=STAFF_NUMBER, phone=PHONE
    )
    words = f"{NAME} {NUMBER} {PHONE} {ADDRESS}".encode()
    for label in (4, 5):
        files.ingest(
            by=manager, stream=io.BytesIO(words), name="report.pdf", content_type="application/pdf", limit=1 << 20,
            label=label,
        )  # fmt: skip


def test_a_dump_names_nobody(house, client, tmp_path):
    county = make_county()
    patient = registered(county.branch)
    by_fhir(county.branch, patient)
    by_insurance(county.branch, patient)
    by_device(county.hospital, tmp_path)
    by_staff(county.branch, client)
    make_submitted(replace(county, patient=patient))
    make_prescription(make_visit(patient=patient))
    written = dump(house.name)
    assert written.count(b"COPY public.") > 50
    assert where(written) == []
    sealed = b"".join(
        files.LocalStore().place(row.pk).read_bytes() for row in StoredFile.objects.filter(label__gte=4)
    )
    assert where(sealed) == []
    assert [where(unpacked(one.session_data)) for one in Session.objects.all()] == [[]]


@pytest.mark.parametrize("word", PLANTED)
def test_the_search_would_see_it(word):
    """The net has no holes: each word is found in each of the forms it is looked for in."""
    assert where(f"COPY x\n{word}\n".encode())
    assert where(word.encode().hex().encode())
    assert where(word.encode("gb18030").hex().encode())
    for shift in range(3):
        assert where(base64.b64encode(b"\x01\x02\x03"[:shift] + word.encode() + b"tail"))
