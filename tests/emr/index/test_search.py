"""Finding patients: what is found by what, in which order, masked or not."""

from datetime import date

import pytest

from consortium.choices import Role
from emr.access import services as access
from emr.access.choices import Basis
from emr.index import selectors, services
from emr.index.services import searching
from kernel import clock
from kernel.errors import Refused, TooMany
from kernel.models import AuditEntry
from tests.factories.consortium import make_actor, make_organisation
from tests.factories.emr import HOUSE, id_number, make_patient

pytestmark = pytest.mark.django_db
BORN = date(1959, 3, 12)


@pytest.fixture
def place():
    return make_organisation(short_name="柳溪镇分院")


@pytest.fixture
def doctor(place):
    return make_actor(Role.BRANCH_DOCTOR, place)


def found(doctor, text):
    return [(hit.name, hit.open) for hit in services.search(by=doctor, text=text).hits]


@pytest.mark.parametrize("text", ["周桂芳", "周桂", "桂芳", "zgf", "zhougui", "ZGF"])
def test_my_own_patient_is_found_by_any_piece_of_the_name(doctor, place, text):
    make_patient(place, name="周桂芳")
    make_patient(place, name="李玉兰")

    assert found(doctor, text) == [("周桂芳", True)]


def test_a_part_of_the_name_finds_nobody_of_another_hospital(doctor):
    make_patient(name="周桂芳")

    assert found(doctor, "周桂芳") == []


def test_an_exact_number_finds_everybody_masked(doctor):
    number = id_number(BORN)
    make_patient(name="周桂芳", id_number=number)

    hit = services.search(by=doctor, text=number).hits[0]

    assert (hit.name, hit.open, hit.village, hit.id_masked) == (
        "周*芳",
        False,
        "",
        f"{number[:3]}***********{number[-4:]}",
    )


def test_an_exact_telephone_finds_everybody_masked(doctor):
    make_patient(name="周桂芳", phone="10099990001")

    assert found(doctor, "100 9999 0001") == [("周*芳", False)]


def test_a_whole_name_with_birth_year_finds_everybody_masked(doctor):
    make_patient(name="周桂芳", birth_date=BORN)
    make_patient(name="周桂芳", birth_date=date(1960, 1, 1))

    assert (found(doctor, "周桂芳 1959"), found(doctor, "桂芳 1959")) == ([("周*芳", False)], [])


def test_a_ground_unmasks(doctor):
    patient = make_patient(name="周桂芳", phone="10099990002")
    access.open_ground(
        by=HOUSE, patient_id=patient.pk, organisation_id=doctor.organisation, basis=Basis.REFERRAL, source="r"
    )

    assert found(doctor, "10099990002") == [("周桂芳", True)]


def test_of_one_person_only_the_open_record_is_shown_and_is_the_only_one(doctor, place):
    number = id_number(BORN)
    make_patient(name="周桂芳", id_number=number)
    own = make_patient(place, name="周桂芳", id_number=number)

    answer = services.search(by=doctor, text=number)

    assert ([hit.id for hit in answer.hits], answer.only.id) == ([own.pk], own.pk)


def test_my_patients_of_today_come_first(doctor, place):
    mine, others = make_patient(place, name="周桂芳"), make_patient(place, name="周桂芬")
    services.seen(by=doctor, patient_id=mine.pk)
    services.seen(by=HOUSE, patient_id=others.pk)

    assert [name for name, _open in found(doctor, "周桂")] == ["周桂芳", "周桂芬"]


def test_a_whole_name_is_found_among_many_that_begin_so(doctor, place, monkeypatch):
    for _number in range(12):
        make_patient(place, name="周桂芳兰")
    make_patient(place, name="周桂")
    monkeypatch.setattr("emr.index.selectors.search.CANDIDATES", 5)

    answer = services.search(by=doctor, text="周桂")

    assert "周桂" in {hit.name for hit in answer.hits}


def test_whom_i_saw_today_comes_first_among_more_than_are_looked_at(doctor, place, monkeypatch):
    mine = make_patient(place, name="周桂芳")
    services.seen(by=doctor, patient_id=mine.pk)
    for _number in range(12):
        make_patient(place, name="周桂兰")
    monkeypatch.setattr("emr.index.selectors.search.CANDIDATES", 5)

    assert [found(doctor, text)[0] for text in ("周桂", "zhou")] == [("周桂芳", True)] * 2


def test_who_fits_is_found_behind_many_that_only_share_the_pieces(doctor, place, monkeypatch):
    make_patient(place, name="周桂芳桂")
    for _number in range(4):
        make_patient(place, name="芳桂桂芳")
    monkeypatch.setattr("emr.index.selectors.search.FIRST", 3)

    assert found(doctor, "桂芳桂") == [("周桂芳桂", True)]


def test_the_name_this_hospital_knows_her_by_finds_her(doctor, place):
    number = id_number(BORN)
    make_patient(name="周桂芳", id_number=number)
    make_patient(place, name="周贵芳", id_number=number, confirm_name=True, reason="户口本曾用名")

    assert (found(doctor, "贵芳"), found(doctor, "桂芳")) == ([("周桂芳", True)], [("周桂芳", True)])


def test_more_than_eight_say_so(doctor, place):
    for _number in range(10):
        make_patient(place, name="周桂芳")

    answer = services.search(by=doctor, text="周桂芳")

    assert (len(answer.hits), answer.more) == (8, True)


def test_a_hospital_number_is_found(doctor, place):
    patient = make_patient(place, name="周桂芳")

    assert found(doctor, patient.local_number) == [("周桂芳", True)]


@pytest.mark.parametrize(("text", "shape"), [("周", "short"), ("z", "short"), ("", "nothing")])
def test_too_little_finds_nothing(doctor, text, shape):
    answer = services.search(by=doctor, text=text)

    assert (answer.shape, answer.hits) == (shape, ())


def test_a_search_leaves_one_row_without_what_was_typed(doctor, place):
    make_patient(place, name="周桂芳")
    services.search(by=doctor, text="周桂芳")

    entry = AuditEntry.objects.get(action="emr.patient_searched")
    assert entry.detail == {"shape": "name", "reach": "own", "hits": 1}


def test_too_many_searches_are_stopped_with_a_sentence(doctor, monkeypatch):
    monkeypatch.setitem(searching.QUOTAS, "county", 2)
    for _number in range(2):
        services.search(by=doctor, text="10099990002")

    with pytest.raises(TooMany):
        services.search(by=doctor, text="10099990002")


@pytest.mark.parametrize("role", [Role.LEADER, Role.SECURITY_MANAGER, Role.AUDIT_MANAGER, Role.STATISTICIAN])
def test_managers_and_leaders_search_nobody(role):
    with pytest.raises(Refused):
        services.search(by=make_actor(role), text="周桂芳")


@pytest.mark.parametrize("patients", [1, 3])
def test_a_search_takes_five_statements(doctor, place, patients, django_assert_num_queries):
    for _number in range(patients):
        make_patient(place, name="周桂芳")

    with django_assert_num_queries(6):  # a savepoint's two, quota, search, two of the audit record
        services.search(by=doctor, text="周桂芳")


@pytest.mark.parametrize("patients", [1, 3])
def test_a_page_of_the_list_takes_one_statement(doctor, place, patients, django_assert_num_queries):
    for _number in range(patients):
        make_patient(place)

    with django_assert_num_queries(1):
        assert len(selectors.patient_page(by=doctor).rows) == patients


def test_the_list_pages_by_key_without_gap_or_repeat(doctor, place, monkeypatch):
    monkeypatch.setattr("emr.index.selectors.lists.PAGE", 2)
    patients = {make_patient(place).pk for _number in range(5)}

    seen, after = [], ""
    for _number in range(3):
        page = selectors.patient_page(by=doctor, view="all", after=after)
        seen, after = [*seen, *(row.id for row in page.rows)], page.after

    assert (set(seen), len(seen), after) == (patients, 5, "")


def test_the_list_of_my_patients_holds_those_i_saw(doctor, place):
    mine = make_patient(place)
    make_patient(place)
    services.seen(by=doctor, patient_id=mine.pk)

    assert [row.id for row in selectors.patient_page(by=doctor, view="mine").rows] == [mine.pk]


def test_cards_of_strangers_are_masked(doctor):
    patient = make_patient(name="周桂芳", phone="10099990003")

    card = selectors.cards(by=doctor, patient_ids=[patient.pk])[patient.pk]

    assert (card.name, card.id_masked, card.phone_masked, card.birth_date) == ("周*芳", "", "", None)


@pytest.mark.parametrize(
    ("born", "text"),
    [(date(1959, 3, 12), "67"), (clock.today(), "0")],
)
def test_age_in_words(born, text):
    assert text in selectors.age_text(born, on=max(born, date(2026, 11, 21)))
