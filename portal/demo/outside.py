"""Legs out of the county and one into it: one hospital outside takes messages, the other one is telephoned."""

from dataclasses import replace
from typing import Any, Final

from consortium import selectors as consortium
from consortium.choices import API_CLIENT, Role
from emr.chart import services as chart
from emr.chart.choices import Certainty
from fixtures.demo import cases
from fixtures.demo.outside import INTO, REACHED, SYSTEM, WORDS_BACK, OutPlan
from fixtures.people import Made
from kernel import delivery
from kernel.actor import Actor
from kernel.simulator.beside import Beside
from portal.demo.diary import Story
from portal.demo.exams import Stage
from portal.demo.people import Resident
from referral import selectors
from referral import services as referral
from referral.choices import ConsentBasis, Event

MODULE: Final = "referral.simulator"
DOOR: Final = "/fhir/$process-message"
CARRIER: Final = Actor.system("referral")
RESIDENT_ID: Final = "urn:oid:2.16.156.10011.1.3"


class Line:
    """The running hospital outside that takes messages, and the actor its system is here."""

    def __init__(self, stage: Stage, running: Beside) -> None:
        card = consortium.client_card(SYSTEM)
        if card is None:
            raise LookupError(SYSTEM)
        self.stage, self.running = stage, running
        self.theirs = replace(card.actor, roles=frozenset({API_CLIENT, *card.scopes}))
        self.places = {one.short_name: one.pk for one in consortium.outside_organisations()}
        self.token = running.secret("token")
        self.set(active=True)

    def set(self, *, active: bool) -> None:
        """Messages go to it, or no more: it runs only while the stories are told, later it is telephoned too."""
        referral.set_peer(
            by=Actor.system("operations"),
            organisation_id=self.places[REACHED],
            address=self.running.base + DOOR,
            token=self.token,
            active=active,
        )


def carry() -> None:
    """What the outbox and the worker do: messages are composed, go and are answered."""
    delivery.deliver()
    referral.carry_messages(by=CARRIER)


def out(line: Line, plan: OutPlan, resident: Resident) -> Story:
    """A specialist of the head hospital refers to a hospital outside; it ends at `plan.end`."""
    cast = line.stage.cast
    doctor = cast.one(Role.SPECIALIST, cast.head.pk, plan.department)
    reception = cast.one(Role.RECEPTION, cast.head.pk, "adm")
    own = chart.adopt(by=reception, key="", patient_id=resident.id, id_number=resident.made.id_number)
    encounter = chart.record_encounter(
        by=doctor, key="", patient_id=own.pk, complaint=plan.complaint, history=plan.history,
        plan=plan.treatment, diagnoses=[(plan.code, plan.diagnosis, Certainty.CONFIRMED)], vitals={},
    )  # fmt: skip
    leg = referral.draft(
        by=doctor, key="", patient_id=own.pk, target_id=line.places[plan.place], encounter_id=encounter,
        priority=plan.priority, diagnosis_code=plan.code, diagnosis=plan.diagnosis,
        reason=f"{plan.complaint}；{plan.reason}", history=plan.history, treatment=plan.treatment,
        consent=ConsentBasis.PATIENT, criteria=cases.CALM,
    )  # fmt: skip
    yield 0.2
    leg = referral.submit(by=doctor, referral_id=leg.pk, version=leg.version, key="")
    if plan.end == "submitted":
        carry()
        return
    yield 2
    leg = _told(line, plan, leg, Event.ACCEPT, words=plan.words)
    if plan.end == "accepted":
        return
    yield 1
    leg = referral.start_transfer(
        by=doctor, referral_id=leg.pk, version=leg.version, key="", eta_minutes=180, **cases.HANDOVER
    )
    yield 3.5
    _told(line, plan, leg, Event.ARRIVE, identity_checked=True)


def _told(line: Line, plan: OutPlan, leg: Any, event: Event, **said: Any) -> Any:
    """The referral centre of the head hospital writes down what was said by telephone."""
    coordinator = line.stage.cast.one(Role.COORDINATOR, line.stage.cast.head.pk)
    return referral.telephoned(
        by=coordinator, referral_id=leg.pk, event=event, version=leg.version, key="", told_by=plan.told_by, said=said
    )  # fmt: skip


def into(line: Line, made: Made) -> Story:
    """The hospital outside refers somebody home by a message; the head hospital takes her and says so."""
    cast = line.stage.cast
    patient = {
        "name": [{"text": made.name}], "gender": {"1": "male", "2": "female"}[made.sex],
        "birthDate": made.birth_date.isoformat(), "identifier": [{"system": RESIDENT_ID, "value": made.id_number}],
    }  # fmt: skip
    message = line.running.control("request", patient=patient, **INTO)
    referral.take(by=line.theirs, bundle=message)
    yield 1.2
    coordinator = cast.one(Role.COORDINATOR, cast.head.pk)
    legs = [one.row.referral for one in selectors.outside_legs(by=coordinator)]
    leg = next(one for one in legs if one.outside_number == INTO["appointment"])
    referral.accept(
        by=coordinator, referral_id=leg.pk, version=leg.version, key="", words=WORDS_BACK,
        department_id=cast.departments["neur"].pk,
    )  # fmt: skip
    carry()
