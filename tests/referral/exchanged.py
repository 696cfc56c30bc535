"""What the tests of the message exchange share: the hospital outside, its door, what the worker does."""

import json
from datetime import date

from kernel import delivery
from kernel.actor import Actor
from referral import services
from tests.factories.emr import id_number
from tests.factories.outside import DOOR
from tests.factories.referral import make_draft

HOUSE = Actor.system("tests")
CARRIER = Actor.system("referral")
BORN = (date(1957, 4, 2), "1")
SCOPE = "system/MessageHeader.write"


def sent(county, city, **content):
    """A leg sent to the hospital outside."""
    draft = make_draft(county, **content)
    draft = services.edit(
        by=county.doctor, referral_id=draft.pk, version=draft.version, target_id=city.pk, priority="urgent",
        diagnosis="主动脉夹层", reason="本县不能手术", consent="patient",
    )  # fmt: skip
    return services.submit(by=county.doctor, referral_id=draft.pk, version=draft.version, key="")


def carry():
    """What the outbox and the worker do."""
    delivery.drain()
    while services.carry_messages(by=CARRIER):
        continue


def arrived_there(hospital, leg):
    """The messages the hospital outside holds about this leg, oldest first."""
    return [one for one in hospital.received() if str(leg.pk) in json.dumps(one["bundle"])]


def hand_in(door, bundle):
    return door.post(DOOR.removeprefix("/fhir/"), bundle)


def focus_of(one):
    return one["bundle"]["entry"][1]["resource"]


def person(**said):
    return {
        "name": [{"text": "王满仓", "family": "王", "given": ["满仓"]}], "gender": "male", "birthDate": "1957-04-02",
        "identifier": [{"system": "urn:oid:2.16.156.10011.1.3", "value": id_number(*BORN)}],
        "telecom": [{"system": "phone", "value": "10012345678"}], **said,
    }  # fmt: skip


def other(**said):
    """Somebody else than `person()`: another number, another name."""
    born = date(1961, 8, 9)
    number = {"system": "urn:oid:2.16.156.10011.1.3", "value": id_number(born, "1")}
    return person(name=[{"text": "赵大河"}], birthDate="1961-08-09", identifier=[number], **said)


def requested(hospital, appointment, **said):
    """A request of the hospital outside, composed by it."""
    words = {
        "patient": person(),
        "diagnosis": "脑梗死恢复期",
        "code": "I69.3",
        "comment": "术后回县康复",
        **said,
    }
    return hospital.control("request", appointment=appointment, **words)


def patient_of(message):
    """The Patient of a message we sent, as the hospital outside has it now."""
    found = [entry["resource"] for entry in message["bundle"]["entry"]]
    return next(one for one in found if one["resourceType"] == "Patient")
