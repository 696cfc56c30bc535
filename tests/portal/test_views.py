"""The portal's pages as their posts see them."""

import pytest

from consortium.choices import OrganisationKind, Role
from portal import nav
from tests.factories.consortium import make_organisation, make_staff, sign_in
from tests.factories.emr import id_number, make_patient

pytestmark = pytest.mark.django_db

AT_HOME = {
    Role.SYSTEM_MANAGER: "/ops/",
    Role.SECURITY_MANAGER: "/security/",
    Role.AUDIT_MANAGER: "/audit/",
    Role.COORDINATOR: "/referrals/triage/",
}


@pytest.mark.parametrize("role", [role for role in Role if role not in AT_HOME])
def test_every_post_has_a_home_that_stands(client, role):
    sign_in(client, make_staff(role))

    answer = client.get("/")

    own = {Role.WELFARE_OFFICER: "portal/welfare.html", **dict.fromkeys(nav.COUNTING, "portal/county.html")}
    assert (answer.status_code, answer.templates[0].name) == (200, own.get(role, "portal/home.html"))


@pytest.mark.parametrize(("role", "home"), AT_HOME.items())
def test_managers_and_the_referral_desk_begin_where_they_work(client, role, home):
    sign_in(client, make_staff(role))

    assert client.get("/").headers["Location"] == home


def test_an_exact_number_opens_the_chart(client):
    place, number = make_organisation(), id_number()
    patient = make_patient(organisation=place, id_number=number)
    sign_in(client, make_staff(Role.BRANCH_DOCTOR, place))

    answer = client.post("/search/", {"q": number})

    assert answer.headers["Location"] == f"/patients/{patient.pk}/"


def test_the_drop_down_is_a_fragment(client):
    place = make_organisation()
    make_patient(organisation=place, name="吴小妹")
    sign_in(client, make_staff(Role.BRANCH_DOCTOR, place))

    answer = client.post("/search/", {"q": "吴小妹"}, headers={"HX-Request": "true"})

    assert "<html" not in answer.text
    assert "吴小妹" in answer.text


def test_nobody_is_found_and_one_may_register(client):
    sign_in(client, make_staff(Role.BRANCH_DOCTOR))

    answer = client.post("/search/", {"q": "没有此人"})

    assert (answer.status_code, "/patients/new/" in answer.text) == (200, True)


@pytest.mark.parametrize("role", [Role.SYSTEM_MANAGER, Role.LEADER])
def test_who_sees_no_patients_finds_none(client, role):
    sign_in(client, make_staff(role))

    assert client.post("/search/", {"q": "周桂芳"}).status_code == 403


def test_colours_are_kept_and_one_stays_in_the_house(client):
    sign_in(client, make_staff(Role.BRANCH_DOCTOR))

    answer = client.post("/theme/", {"theme": "dark", "next": "https://elsewhere.example/"})

    assert (answer.cookies["lianyi_theme"].value, answer.headers["Location"]) == ("dark", "/")


def test_the_rail_marks_the_page_it_stands_on(client):
    sign_in(client, make_staff(Role.COORDINATOR, make_organisation(OrganisationKind.HEAD_HOSPITAL)))

    answer = client.get("/rail/", {"at": "/referrals/beds/"})

    assert 'href="/referrals/beds/" aria-current="page"' in answer.text


def test_the_gallery_shows_every_component(client):
    sign_in(client, make_staff(Role.BRANCH_DOCTOR))

    assert client.get("/ui/").status_code == 200


@pytest.mark.parametrize("panel", ["patients", "referrals", "beds"])
def test_panels_beside_the_queue_stand(client, panel):
    make_organisation(OrganisationKind.HEAD_HOSPITAL)
    sign_in(client, make_staff(Role.BRANCH_DOCTOR))

    assert client.get(f"/home/{panel}/").status_code == 200


@pytest.mark.parametrize("people", [1, 3])
def test_the_home_asks_the_same_number_of_questions_for_one_and_for_three(
    client, people, django_assert_max_num_queries
):
    place = make_organisation()
    for _person in range(people):
        make_patient(organisation=place)
    sign_in(client, make_staff(Role.BRANCH_DOCTOR, place))
    client.get("/")

    with django_assert_max_num_queries(16):
        client.get("/")
