"""A consent opens what it says, for whom, for what and how long; withdrawn it closes that alone."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from django.db import DatabaseError, transaction

from consortium.choices import Role
from consortium.models import Organisation
from emr.access import selectors as access
from emr.access import services as grounds
from emr.access.choices import Basis
from emr.access.models import Ground, Restriction
from emr.consent import selectors, services
from emr.consent.choices import Giver
from emr.consent.models import Consent, ConsentVersion
from emr.consent.services.consents import Said, Terms
from emr.repository import selectors as repository
from kernel import clock
from kernel.errors import Conflict, Invalid, OutOfReach, Refused
from kernel.models import AuditEntry
from tests.factories.consortium import make_actor, make_organisation
from tests.factories.emr import HOUSE, make_patient

pytestmark = pytest.mark.django_db
PAPER = Said(evidence_reference="扫描 2026-0001")


@pytest.fixture
def patient():
    return make_patient()


@pytest.fixture
def desk(patient):
    return make_actor(Role.RECEPTION, patient.organisation)


@pytest.fixture
def elsewhere():
    return make_actor(Role.SPECIALIST)


def give(desk, patient, elsewhere, said=PAPER, **terms):
    values = {"decision": "permit", "organisation_id": elsewhere.organisation, **terms}
    return services.give(by=desk, key="", patient_id=patient.pk, terms=Terms(**values), said=said)


def basis(actor, patient, **more):
    return access.basis(by=replace(actor, **more), patient_id=patient.pk)


def withdraw(desk, row, **more):
    values = {"version": row.version, "said": PAPER, **more}
    return services.withdraw(by=desk, consent_id=row.pk, **values)


# -- opened at read time by exactly what was said -------------------------------------------------------------------


def test_a_yes_opens_the_record_to_the_institution_named_and_to_no_other(desk, patient, elsewhere):
    give(desk, patient, elsewhere)

    assert basis(elsewhere, patient) == Basis.CONSENT
    assert basis(make_actor(Role.SPECIALIST), patient) is None


def test_a_yes_to_all_opens_it_to_every_institution(desk, patient, elsewhere):
    give(desk, patient, elsewhere, organisation_id=None)

    assert (basis(elsewhere, patient), Ground.objects.filter(basis="consent").count() > 1) == (
        Basis.CONSENT,
        True,
    )


def test_a_yes_begins_and_ends_with_its_period(desk, patient, elsewhere, monkeypatch):
    now = clock.now()
    give(desk, patient, elsewhere, since_at=now + timedelta(days=1), until_at=now + timedelta(days=2))
    before = basis(elsewhere, patient)
    monkeypatch.setattr(clock, "now", lambda: now + timedelta(days=1, hours=1))
    within = basis(elsewhere, patient)
    monkeypatch.setattr(clock, "now", lambda: now + timedelta(days=2))

    assert (before, within, basis(elsewhere, patient)) == (None, Basis.CONSENT, None)


def test_a_yes_for_research_opens_nothing_for_treatment_nor_the_other_way(desk, patient, elsewhere):
    give(desk, patient, elsewhere, purpose="research")
    research = (basis(elsewhere, patient, purpose="research"), basis(elsewhere, patient))
    other = make_actor(Role.SPECIALIST)
    give(desk, patient, other)

    assert research == (Basis.CONSENT, None)
    assert (basis(other, patient), basis(other, patient, purpose="research")) == (Basis.CONSENT, None)


def test_specially_protected_data_opens_by_a_separate_consent_and_a_clearance_alone(desk, patient, elsewhere):
    with pytest.raises(Invalid) as wrong:
        give(desk, patient, elsewhere, scope="sensitive")
    ordinary = give(desk, patient, elsewhere)
    low = Ground.objects.get(source__startswith=f"consent:{ordinary.pk}").label
    separate = give(desk, patient, elsewhere, scope="sensitive", separate=True)

    assert (list(wrong.value.fields), low) == (["separate"], 4)
    assert Ground.objects.get(source__startswith=f"consent:{separate.pk}").label == 5


def test_a_no_closes_what_other_grounds_opened_but_not_to_the_rescuer(desk, patient, elsewhere):
    grounds.open_ground(
        by=HOUSE, patient_id=patient.pk, organisation_id=elsewhere.organisation, basis=Basis.REFERRAL,
        source="referral:1",
    )  # fmt: skip
    row = give(desk, patient, elsewhere, decision="deny")
    kept = basis(elsewhere, patient)
    withdraw(desk, row)

    assert (kept, basis(elsewhere, patient)) == (None, Basis.REFERRAL)
    assert Restriction.objects.filter(closed_at__isnull=True).count() == 0


# -- withdrawn as easily as given -----------------------------------------------------------------------------------


def test_withdrawal_closes_what_rested_on_it_alone_and_treatment_goes_on(desk, patient, elsewhere):
    row, treating = give(desk, patient, elsewhere), make_actor(Role.SPECIALIST)
    for place, source in ((treating.organisation, "encounter:1"),):
        grounds.open_ground(
            by=HOUSE, patient_id=patient.pk, organisation_id=place, basis=Basis.ENCOUNTER, source=source
        )
    give(desk, patient, treating)

    withdraw(desk, row)

    assert (basis(elsewhere, patient), basis(treating, patient)) == (None, Basis.ENCOUNTER)
    assert basis(make_actor(Role.SPECIALIST, patient.organisation), patient) == Basis.OWN


def test_withdrawal_asks_for_no_more_than_giving(desk, patient, elsewhere):
    row = withdraw(desk, give(desk, patient, elsewhere))

    assert (row.status, row.version) == ("withdrawn", 2)
    with pytest.raises(Conflict):
        withdraw(desk, row)


def test_two_who_withdraw_at_once_do_not_both_win(desk, patient, elsewhere):
    row = give(desk, patient, elsewhere)
    withdraw(desk, row)

    with pytest.raises(Conflict):
        withdraw(desk, row, version=1)


def test_other_terms_are_a_version_and_the_old_ones_stay_and_no_longer_open(desk, patient, elsewhere):
    row, other = give(desk, patient, elsewhere), make_actor(Role.SPECIALIST)

    services.change(
        by=desk, consent_id=row.pk, version=1, said=PAPER,
        terms=Terms(decision="permit", organisation_id=other.organisation),
    )  # fmt: skip

    told = ConsentVersion.objects.order_by("number").values_list("number", "organisation")
    assert list(told) == [(1, elsewhere.organisation), (2, other.organisation)]
    assert (basis(elsewhere, patient), basis(other, patient)) == (None, Basis.CONSENT)


@pytest.mark.parametrize("change", [{"decision": "deny"}, {"number": 9}])
def test_what_was_said_is_not_rewritten(desk, patient, elsewhere, change):
    give(desk, patient, elsewhere)

    with pytest.raises(DatabaseError), transaction.atomic():
        ConsentVersion.objects.update(**change)


# -- who speaks, who records ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("years", "giver", "wrong"),
    [(13, "self", ["giver"]), (13, "guardian", []), (14, "self", []), (13, "agent", ["giver"])],
)
def test_below_fourteen_a_guardian_consents(desk, elsewhere, years, giver, wrong):
    today = clock.today()
    born = date(today.year - years, today.month, 1 if today.day > 1 else today.day)
    child = make_patient(Organisation.objects.get(pk=desk.organisation), birth_date=born)
    said = replace(PAPER, giver=giver, giver_name="" if giver == "self" else "周母")

    if not wrong:
        assert give(desk, child, elsewhere, said=said).status == "active"
        return
    with pytest.raises(Invalid) as refused:
        give(desk, child, elsewhere, said=said)
    assert list(refused.value.fields) == wrong


def test_a_guardian_is_named_and_her_name_is_sealed(desk, patient, elsewhere):
    said = replace(PAPER, giver=Giver.GUARDIAN, giver_name="周某母亲")
    give(desk, patient, elsewhere, said=said)

    row = ConsentVersion.objects.get()
    page = selectors.agreements(by=desk, patient_id=patient.pk)
    assert "周某母亲".encode() not in bytes(row.giver_sealed)
    assert "周某母亲" in str(page.consents[0].now.giver_text)
    with pytest.raises(Invalid):
        give(desk, patient, elsewhere, said=replace(said, giver_name=" "))


def test_without_a_proof_nothing_is_recorded(desk, patient, elsewhere):
    with pytest.raises(Invalid) as wrong:
        give(desk, patient, elsewhere, said=replace(PAPER, evidence_reference=" "))

    assert (list(wrong.value.fields), Consent.objects.count(), Ground.objects.count()) == (
        ["evidence_reference"], 0, 0,
    )  # fmt: skip


def test_another_institution_records_and_withdraws_nothing(desk, patient, elsewhere):
    row = give(desk, patient, elsewhere)
    stranger = make_actor(Role.RECEPTION)

    with pytest.raises(OutOfReach):
        give(stranger, patient, elsewhere)
    with pytest.raises(OutOfReach):
        withdraw(stranger, row)
    with pytest.raises(OutOfReach):
        selectors.agreements(by=stranger, patient_id=patient.pk)


@pytest.mark.parametrize("role", [Role.CASHIER, Role.SECURITY_MANAGER, Role.READER])
def test_other_posts_record_nothing(patient, elsewhere, role):
    with pytest.raises(Refused):
        give(make_actor(role, patient.organisation), patient, elsewhere)


# -- the resource ---------------------------------------------------------------------------------------------------


def test_the_consent_resource_says_the_same_in_the_same_transaction(desk, patient, elsewhere):
    row = give(desk, patient, elsewhere, until_at=clock.now() + timedelta(days=9))
    given = repository.read(by=HOUSE, kind="Consent", id=str(row.pk))
    withdraw(desk, row)
    after = repository.read(by=HOUSE, kind="Consent", id=str(row.pk))

    assert (given["status"], given["provision"]["type"], after["status"]) == ("active", "permit", "inactive")
    assert (
        given["provision"]["actor"][0]["reference"]["reference"] == f"Organization/{elsewhere.organisation}"
    )
    assert (given["meta"]["versionId"], after["meta"]["versionId"]) == ("1", "2")
    assert AuditEntry.objects.filter(action="consent.recorded").count() == 2


def test_the_same_form_twice_is_one_consent(desk, patient, elsewhere):
    terms = Terms(decision="permit", organisation_id=elsewhere.organisation)
    for _time in range(2):
        services.give(by=desk, key="k", patient_id=patient.pk, terms=terms, said=PAPER)

    assert Consent.objects.count() == 1


def test_a_consent_counts_for_every_hospitals_record_of_the_person(desk, patient, elsewhere):
    make_organisation()
    give(desk, patient, elsewhere)

    assert basis(elsewhere, patient) == Basis.CONSENT
