"""Persons who may be one: found, compared masked, merged with a fresh proof, taken back."""

from dataclasses import replace
from datetime import date

import pytest
from django.urls import reverse

from consortium.choices import Role
from emr.index import selectors, services
from emr.index.choices import IdKind
from emr.index.models import Patient
from kernel import clock
from kernel.errors import Conflict, Invalid, OutOfReach, Refused, StepUpNeeded
from tests.factories.consortium import make_actor, make_staff, sign_in
from tests.factories.emr import make_patient

pytestmark = pytest.mark.django_db
BORN = date(1959, 3, 12)


@pytest.fixture
def affairs():
    return replace(make_actor(Role.MEDICAL_AFFAIRS), proved_at=clock.now())


def without_paper(**said):
    return make_patient(id_kind=IdKind.NONE, no_id_reason="forgotten", **said)


def both(**said):
    return make_patient(name="周桂芳", birth_date=BORN), without_paper(name="周桂芳", birth_date=BORN, **said)


def shown(affairs):
    return [{one.left.person_id, one.right.person_id} for one in selectors.pairs(by=affairs)]


def test_the_same_name_and_birth_date_without_a_document_is_worth_comparing(affairs):
    known, unknown = both()
    without_paper(name="周桂芳", birth_date=date(1960, 3, 12))

    assert shown(affairs) == [{known.person_id, unknown.person_id}]


def test_the_same_telephone_with_another_spelling_is_worth_comparing(affairs):
    known = make_patient(name="周桂芳", birth_date=BORN, phone="10012345678")
    unknown = without_paper(name="周贵芳", birth_date=BORN, phone="10012345678")

    assert shown(affairs) == [{known.person_id, unknown.person_id}]


def test_two_without_a_document_are_told_once_and_those_of_one_name_come_first(affairs):
    one = without_paper(name="周桂芳", birth_date=BORN, phone="10012345678")
    other = without_paper(name="周贵芳", birth_date=BORN, phone="10012345678")
    same = without_paper(name="周桂芳", birth_date=BORN)

    told = [{one.person_id, same.person_id}, {one.person_id, other.person_id}]
    assert shown(affairs) == told


def test_two_with_documents_of_their_own_are_two(affairs):
    make_patient(name="周桂芳", birth_date=BORN)
    make_patient(name="周桂芳", birth_date=BORN)

    assert shown(affairs) == []


def test_what_was_told_apart_stays_apart(affairs):
    known, unknown = both()
    services.tell_apart(by=affairs, patient_id=known.pk, other_person_id=unknown.person_id, reason="照片不同")

    assert shown(affairs) == []


def test_side_by_side_shows_nothing_whole_and_says_what_agrees(affairs):
    known, unknown = both(phone="10012345678")

    found = selectors.pair(by=affairs, left=known.person_id, right=unknown.person_id)

    told = repr(found)
    assert [word in told for word in ("周桂芳", "10012345678", "杨家湾村12号", "1959-03-12")] == [False] * 4
    assert [agrees for _what, _left, _right, agrees in found.same] == [True, True, True, False, False, True]


def test_merging_asks_for_a_fresh_proof(affairs):
    known, unknown = both()

    for verb in (
        lambda by: services.merge_persons(
            by=by, from_person_id=unknown.person_id, into_person_id=known.person_id, reason="同一人"
        ),
        lambda by: services.merge(
            by=by, patient_id=unknown.pk, into_person_id=known.person_id, reason="同一人"
        ),
        lambda by: services.unmerge(by=by, patient_id=unknown.pk, reason="错了"),
    ):
        with pytest.raises(StepUpNeeded):
            verb(replace(affairs, proved_at=None))


def test_a_merge_is_listed_and_taken_back(affairs):
    known, unknown = both()
    before = unknown.person_id
    services.merge_persons(by=affairs, from_person_id=before, into_person_id=known.person_id, reason="同一人")
    merged = [one.patient_id for one in selectors.merges(by=affairs)]
    services.unmerge(by=affairs, patient_id=unknown.pk, reason="两人")

    assert (merged, selectors.merges(by=affairs)) == ([unknown.pk], [])
    assert Patient.objects.get(pk=unknown.pk).person_id == before


def test_a_merge_gives_a_reason_and_is_done_once(affairs):
    known, unknown = both()
    ids = {"from_person_id": unknown.person_id, "into_person_id": known.person_id}

    with pytest.raises(Invalid):
        services.merge_persons(by=affairs, reason=" ", **ids)
    services.merge_persons(by=affairs, reason="同一人", **ids)
    with pytest.raises(Conflict) as again:
        services.merge_persons(by=affairs, reason="同一人", **ids)

    assert again.value.code == "merged_meanwhile"


@pytest.mark.parametrize(
    "role", [Role.BRANCH_DOCTOR, Role.RECEPTION, Role.SECURITY_MANAGER, Role.SYSTEM_MANAGER]
)
def test_nobody_else_sees_or_merges(role):
    known, unknown = both()
    somebody = make_actor(role)

    with pytest.raises(Refused):
        selectors.pairs(by=somebody)
    with pytest.raises(Refused):
        selectors.pair(by=somebody, left=known.person_id, right=unknown.person_id)
    with pytest.raises(Refused):
        services.merge_persons(
            by=somebody, from_person_id=unknown.person_id, into_person_id=known.person_id, reason="同一人"
        )


def test_a_person_is_not_compared_with_herself(affairs):
    known, _unknown = both()

    with pytest.raises(OutOfReach):
        selectors.pair(by=affairs, left=known.person_id, right=known.person_id)


def test_the_pages_list_compare_merge_and_take_back(client):
    known, unknown = both()
    sign_in(client, make_staff(Role.MEDICAL_AFFAIRS))
    pair = [known.person_id, unknown.person_id]

    listed = client.get(reverse("emr:identity"))
    compared = client.get(reverse("emr:compare", args=pair))
    empty = client.post(reverse("emr:merge", args=pair), {"reason": ""})
    merged = client.post(reverse("emr:merge", args=pair), {"reason": "同一人"})
    after = client.get(reverse("emr:identity"))
    long = "照片不同" * 51
    again = client.post(reverse("emr:unmerge", args=[unknown.pk]), {"reason": long})
    undone = client.post(reverse("emr:unmerge", args=[unknown.pk]), {"reason": "两人"})

    assert [one.status_code for one in (listed, compared, empty, merged, after, again, undone)] == [
        200, 200, 422, 302, 200, 422, 302,
    ]  # fmt: skip
    assert again.text.count(f">{long}</textarea>") == 1
    assert ["周*芳" in page.text for page in (listed, compared, after)] == [True] * 3
    assert "周桂芳" not in listed.text + compared.text + after.text
