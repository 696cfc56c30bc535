"""How patient and family are reached while a leg runs: sealed, masked on the page, shown by an order."""

import pytest
from django.urls import reverse

from consortium.choices import Role
from consortium.models import Staff
from kernel.errors import Invalid, OutOfReach
from kernel.models import AuditEntry
from referral import services
from referral.models import Reach
from referral.selectors import detail, form_page
from referral.selectors.form.page import draft_of
from referral.selectors.form.reaching import reached
from tests.factories.consortium import make_actor, make_organisation, sign_in
from tests.factories.referral import make_county, make_draft

SAID = {
    "phone": "10077770001",
    "address": "青山镇石桥村12号",
    "contact": "赵明",
    "kinship": "child",
    "contact_phone": "10077770002",
    "doctor_phone": "10077770003",
}


@pytest.fixture
def county(db):
    return make_county()


@pytest.fixture
def leg(county):
    draft = make_draft(county, reach=SAID, regimen="氨氯地平 5 mg 每日一次")
    return services.submit(by=county.doctor, referral_id=draft.pk, version=draft.version, key="")


def test_what_is_said_lies_sealed_and_the_page_shows_the_ends(county, leg):
    row = Reach.objects.get(referral=leg)
    assert b"10077770001" not in bytes(row.sealed)

    shown = detail(by=county.coordinator, referral_id=leg.pk).reach
    assert (shown.phone, shown.contact_phone, shown.doctor_phone) == (
        "100****0001", "100****0002", "10077770003",
    )  # fmt: skip
    assert (shown.contact, str(shown.kinship), shown.address) == ("赵明", "子女", "青山镇石桥村***")
    assert leg.forms.get().content["regimen"] == "氨氯地平 5 mg 每日一次"


def test_the_numbers_are_shown_to_either_side_and_that_is_recorded(county, leg, client):
    sign_in(client, Staff.objects.get(pk=county.coordinator.id), Role.COORDINATOR)
    page = client.post(reverse("referral:show_reach", args=[leg.pk])).content.decode()

    assert ("10077770001" in page, "10077770002" in page) == (True, True)
    assert AuditEntry.objects.filter(action="referral.reach_shown").count() == 1
    with pytest.raises(OutOfReach):
        services.show_reach(by=make_actor(Role.COORDINATOR, make_organisation()), referral_id=leg.pk)


def test_a_draft_is_gone_on_with_as_it_was_left_and_emptied_it_leaves_no_row(county):
    draft = make_draft(county, reach=SAID)
    known = form_page(
        by=county.doctor,
        patient_id=county.patient.pk,
        referral=draft_of(by=county.doctor, referral_id=draft.pk),
    ).initial
    assert {name: known[name] for name in SAID} == SAID

    words = {"priority": "urgent", "diagnosis": "头晕待查", "reason": "头晕", "consent": "patient"}
    services.edit(
        by=county.doctor,
        referral_id=draft.pk,
        version=1,
        target_id=county.hospital.pk,
        reach={"phone": " "},
        **words,
    )
    assert (Reach.objects.count(), reached(draft).words) == (0, {})


def test_the_next_leg_of_the_patient_is_reached_in_the_same_way(county, leg):
    elsewhere = make_organisation()
    next_leg = services.redirect(
        by=county.coordinator,
        referral_id=leg.pk,
        version=leg.version,
        key="",
        target_id=elsewhere.pk,
        text="专科床满",
    )

    assert reached(next_leg).words == SAID
    assert next_leg.regimen == "氨氯地平 5 mg 每日一次"


WRONG = [
    ({"phone": "call me"}, "phone"),
    ({"contact": "赵明"}, "contact_phone"),
    ({"kinship": "neighbour"}, "kinship"),
]


@pytest.mark.parametrize(("said", "field"), WRONG)
def test_a_number_that_is_none_is_told_at_its_field(county, said, field):
    with pytest.raises(Invalid) as error:
        make_draft(county, reach=said)

    assert (list(error.value.fields), Reach.objects.count()) == ([field], 0)
