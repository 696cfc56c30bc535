"""The transfer form: filled from the record, saved as it is typed by one window, sent whole or not at all."""

import gzip
from base64 import b64encode

import pytest
from django.urls import reverse

from consortium.choices import Role
from consortium.models import Staff
from kernel import clock, files
from kernel.errors import Conflict, Invalid, OutOfReach, Refused
from kernel.models import AuditEntry
from referral import selectors, services
from referral.choices import ConsentBasis, ConsentWay, Event, Status
from referral.models import Referral, Sketch
from referral.selectors.form.offers import offers
from tests.factories.consortium import make_actor, make_organisation, sign_in
from tests.factories.emr import make_encounter
from tests.factories.referral import make_county, make_draft, make_submitted

PNG = b"\x89PNG\r\n\x1a\n" + bytes(40)
DRAWN = "data:image/png;base64," + b64encode(PNG).decode()
AGREED = {"consent": "patient", "consent_way": "paper"}
WORDS = {"priority": "urgent", "diagnosis": "头晕待查", "reason": "头晕黑蒙 2 小时", **AGREED}


@pytest.fixture
def county(db):
    return make_county()


def refer(county, *, key="k", how="send", **more):
    where = {
        "patient_id": county.patient.pk,
        "target_id": county.hospital.pk,
        "department_id": county.ward.pk,
    }
    return services.refer(by=county.doctor, key=key, how=how, **where, **{**WORDS, **more})


def keep(county, *, window="one", seen=0, **more):
    fields = more.pop("fields", {"reason": ["头晕"]})
    return services.keep_sketch(
        by=county.doctor, patient_id=county.patient.pk, window=window, seen=seen, fields=fields, **more
    )


# -- sent in one piece ----------------------------------------------------------------------------------------


def test_a_form_is_written_and_sent_in_one_piece(county):
    keep(county)

    leg = refer(county, illness="黑蒙两次", precautions="平卧，吸氧")

    assert (leg.status, leg.illness, leg.precautions, leg.version) == (
        "submitted",
        "黑蒙两次",
        "平卧，吸氧",
        2,
    )
    assert leg.forms.get().content["precautions"] == "平卧，吸氧"
    assert Sketch.objects.count() == 0
    acts = AuditEntry.objects.filter(action__startswith="referral.").order_by("sequence")
    assert list(acts.values_list("action", flat=True)) == [
        "referral.sketch_begun",
        "referral.drafted",
        "referral.sketch_dropped",
        "referral.submit",
    ]


def test_what_cannot_be_sent_leaves_no_draft_behind(county):
    keep(county)

    with pytest.raises(Invalid) as error:
        refer(county, consent="", consent_way="")

    assert list(error.value.fields) == ["consent"]
    assert Referral.objects.count() == 0
    assert Sketch.objects.count() == 1, "what was typed is still there"


def test_the_same_key_sends_once(county):
    first, second = refer(county, key="same"), refer(county, key="same")

    assert first.pk == second.pk
    assert Referral.objects.count() == 1
    assert first.entries.filter(event=Event.SUBMIT).count() == 1


def test_eight_presses_at_once_are_one_leg(race_db):
    county = make_county()

    answers = race_db.at_once([lambda: refer(county, key="same") for _press in range(8)])

    assert {getattr(one, "pk", one) for one in answers} == {Referral.objects.get().pk}


def test_a_form_goes_before_a_second_signature(county):
    assert refer(county, how="review").status == Status.INTERNAL_REVIEW


def test_a_form_is_kept_as_a_draft_and_its_ticks_may_go(county):
    make_encounter(county.doctor, county.patient.pk, diagnoses=[(None, "头晕待查", "provisional")])
    (offer,) = [
        one for one in offers(by=county.doctor, patient_id=county.patient.pk) if "Condition" in one.value
    ]
    leg = refer(county, how="keep", attachments=[tuple(offer.value.split("/"))])
    assert leg.attachments.count() == 1

    again = {"target_id": county.hospital.pk, "department_id": county.ward.pk, **WORDS}
    services.refer_draft(
        by=county.doctor, key="k2", how="send", referral_id=leg.pk, version=leg.version, **again
    )

    assert leg.attachments.count() == 0


def test_a_changed_draft_is_sent_once_under_one_key(county):
    leg = make_draft(county)
    order = {"by": county.doctor, "key": "k", "how": "send", "referral_id": leg.pk, "version": 1}
    form = {"target_id": county.hospital.pk, **WORDS}

    first, second = services.refer_draft(**order, **form), services.refer_draft(**order, **form)

    assert (first.pk, second.status) == (leg.pk, Status.SUBMITTED)
    assert leg.entries.filter(event=Event.SUBMIT).count() == 1


@pytest.mark.parametrize("status", [one for one in Status if one != Status.DRAFT])
def test_only_a_draft_is_changed(county, status):
    leg = make_submitted(county)
    Referral.objects.filter(pk=leg.pk).update(
        status=status, reject_code="R01", reject_text="x", instead="x", advice="x", asked=["x"],
        expected_date=clock.today(), bed=county.bed, receiving_doctor=county.specialist.id,
    )  # fmt: skip

    with pytest.raises(Conflict):
        services.refer_draft(
            by=county.doctor, key="", how="keep", referral_id=leg.pk, version=leg.version,
            target_id=county.hospital.pk, **WORDS,
        )  # fmt: skip


def test_another_branchs_patient_and_draft_do_not_exist(county):
    stranger = make_actor(Role.BRANCH_DOCTOR, make_organisation())
    leg = make_draft(county)

    with pytest.raises(OutOfReach):
        services.refer(
            by=stranger,
            key="",
            how="send",
            patient_id=county.patient.pk,
            target_id=county.hospital.pk,
            **WORDS,
        )
    with pytest.raises(OutOfReach):
        services.refer_draft(
            by=stranger,
            key="",
            how="keep",
            referral_id=leg.pk,
            version=1,
            target_id=county.hospital.pk,
            **WORDS,
        )


def test_a_reception_refers_nobody(county):
    with pytest.raises(Refused):
        services.refer(
            by=county.reception, key="", how="send", patient_id=county.patient.pk, target_id=county.hospital.pk,
            **WORDS,
        )  # fmt: skip


# -- consent --------------------------------------------------------------------------------------------------


def test_a_name_drawn_on_the_screen_is_kept_and_signed_for(county):
    leg = refer(county, consent_way="screen", ink=DRAWN)

    assert files.read_verified(leg.ink_id) == PNG
    assert leg.forms.get().content["ink_id"] == str(leg.ink_id)
    assert selectors.paper(by=county.doctor, referral_id=leg.pk).genuine is True


def test_another_picture_breaks_the_signature(county):
    leg = refer(county, consent_way="screen", ink=DRAWN)
    other = refer(county, key="k2", how="keep", consent_way="screen", ink=DRAWN)

    Referral.objects.filter(pk=leg.pk).update(ink=other.ink_id)

    assert selectors.paper(by=county.doctor, referral_id=leg.pk).genuine is False


@pytest.mark.parametrize(
    ("said", "missing"),
    [
        ({"consent_way": "screen"}, ["ink"]),
        ({"consent": "relative"}, ["signer", "relation"]),
        ({"consent": "relative", "signer": "周建平"}, ["relation"]),
        ({"consent": "emergency"}, ["consent"]),
        ({"consent_way": "screen", "ink": "data:image/png;base64,PGh0bWw+"}, ["ink"]),
        ({"consent_way": "screen", "ink": "data:image/svg+xml;base64,AAAA"}, ["ink"]),
    ],
)
def test_a_consent_that_lacks_something_is_told_at_its_field(county, said, missing):
    with pytest.raises(Invalid) as error:
        refer(county, **said)

    assert list(error.value.fields) == missing


def test_a_relative_is_named_and_an_emergency_needs_no_name(county):
    leg = refer(county, consent="relative", signer="周建平", relation="child")
    assert (leg.signer, leg.relation, leg.consent_way) == ("周建平", "child", ConsentWay.PAPER)

    rush = make_county()
    leg = refer(rush, priority="emergency", consent="emergency")
    assert (leg.consent, leg.consent_way) == (ConsentBasis.EMERGENCY, "")


# -- the page -------------------------------------------------------------------------------------------------


@pytest.fixture
def desk(county, client):
    sign_in(client, Staff.objects.get(pk=county.doctor.id))
    return client


def typed(county, **more):
    target = f"{county.hospital.pk}:{county.ward.pk}"
    return {"target": target, "key": "page-key", **WORDS, **more}


def test_the_page_sends_with_one_press_and_says_which_draft_is_settled(county, desk):
    address = reverse("referral:new", args=[county.patient.pk])

    answer = desk.post(address, typed(county), follow=True)

    leg = Referral.objects.get()
    assert (answer.status_code, leg.status) == (200, Status.SUBMITTED)
    assert f'data-settled="referral-{county.patient.pk}"' in answer.content.decode()
    desk.post(address, typed(county))
    assert Referral.objects.count() == 1, "the back button and a second press send nothing twice"


def test_what_is_missing_stands_at_its_field_and_what_was_typed_stays(county, desk):
    address = reverse("referral:new", args=[county.patient.pk])

    answer = desk.post(address, typed(county, reason="", consent_way="", illness="黑蒙两次"))

    assert answer.status_code == 422
    assert sorted(answer.context["form"].errors) == ["consent_way", "reason"]
    assert "黑蒙两次" in answer.content.decode()
    assert Referral.objects.count() == 0


def test_a_draft_may_lack_everything_but_its_place(county, desk):
    address = reverse("referral:new", args=[county.patient.pk])
    blank = {"target": typed(county)["target"], "save": "1"}

    desk.post(address, blank)

    assert Referral.objects.get().status == Status.DRAFT


def test_the_page_is_saved_as_it_is_typed(county, desk):
    address = reverse("referral:autosave", args=[county.patient.pk])

    first = desk.post(address, typed(county, window="one", seen="0", ink=DRAWN))
    second = desk.post(address, typed(county, window="two", seen="1"))

    assert (first.status_code, first["X-Draft-Version"], second.status_code) == (200, "1", 409)
    assert "data-take" in second.content.decode()
    kept = selectors.form_page(by=county.doctor, patient_id=county.patient.pk).initial
    assert "ink" not in kept, "a drawn name is sent once, with the form"
    assert desk.post(address, {"window": "", "seen": "x"}).status_code == 422


def test_the_form_is_light_enough_for_a_thin_line(county, desk):
    page = desk.get(reverse("referral:new", args=[county.patient.pk])).content

    assert len(gzip.compress(page)) < 15_000
