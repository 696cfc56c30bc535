"""The managers' consoles and the list of notices through the browser's eyes."""

import pytest

from consortium import selectors, services
from consortium.choices import Role
from consortium.models import Post, Staff
from consortium.services import Recipients
from kernel.actor import Actor
from tests.factories import consortium as make

pytestmark = pytest.mark.django_db


@pytest.fixture
def doctor():
    return make.make_staff(Role.BRANCH_DOCTOR)


PAGES = ["/ops/", "/ops/accounts/new/", "/security/", "/audit/", "/audit/verify/"]


@pytest.mark.parametrize(
    ("role", "open_to"),
    [
        (Role.SYSTEM_MANAGER, {"/ops/", "/ops/accounts/new/"}),
        (Role.SECURITY_MANAGER, {"/security/"}),
        (Role.BRANCH_DOCTOR, set()),
    ],
)
def test_each_console_is_open_to_its_manager_alone(client, role, open_to):
    make.sign_in(client, make.make_staff(role))
    answers = {path: client.get(path, headers={"Accept": "text/html"}).status_code for path in PAGES}
    assert {path for path, status in answers.items() if status == 200} == open_to
    assert set(answers.values()) <= {200, 403}


def test_the_system_manager_opens_and_closes_accounts(client):
    make.sign_in(client, make.make_staff(Role.SYSTEM_MANAGER))
    form = {"name": "王丽华", "username": "wanglihua", "id_number": "990124197605200011"}
    form |= {"licence": "physician", "title": "attending"}
    wrong = client.post("/ops/accounts/new/", {**form, "id_number": "990124197605200012"})
    assert (wrong.status_code, "wanglihua" in wrong.content.decode()) == (422, True)
    assert client.post("/ops/accounts/new/", form).status_code == 200
    assert client.post("/ops/accounts/new/", form).status_code == 409
    person = Staff.objects.get(username="wanglihua")
    assert client.get(f"/ops/accounts/{person.pk}/").status_code == 200
    for verb in ("close", "reopen"):
        assert client.post(f"/ops/accounts/{person.pk}/{verb}/").status_code == 302
    unlock = f"/ops/accounts/{person.pk}/unlock/"
    assert client.post(unlock, {"reason": "because"}).status_code == 422
    assert client.post(unlock, {"reason": "mistyped"}).status_code == 302
    assert client.post(f"/ops/accounts/{person.pk}/password/").status_code == 200
    for show in ("locked", "new", "closed"):
        assert client.get(f"/ops/?show={show}").status_code == 200
    assert "wanglihua" in client.post("/ops/", {"text": "wlh"}).content.decode()


def test_the_security_manager_gives_and_ends_posts(client):
    make.sign_in(client, make.make_staff(Role.SECURITY_MANAGER))
    place, person = make.make_organisation(), make.make_staff(None)
    page = f"/security/people/{person.pk}/"
    assert client.post(page, {"role": "cashier", "place": str(place.pk)}).headers["Location"] == page
    post = Post.objects.get(staff=person)
    again = client.post(page, {"role": "cashier", "place": str(place.pk)})
    sides = client.post(page, {"role": "audit_manager", "place": str(place.pk)})
    assert [again.status_code, sides.status_code] == [409, 409]
    assert client.post(f"/security/posts/{post.pk}/end/").status_code == 302
    assert client.post(page, {"role": "cashier"}).status_code == 422
    assert client.post(f"{page}factor/").status_code == 302
    assert person.name in client.post("/security/", {"text": person.name}).content.decode()
    assert client.get("/security/?role=cashier").status_code == 200


def test_notices_are_listed_opened_and_ticked_off(client, doctor):
    make.sign_in(client, doctor)
    told = Recipients(staff=[doctor.pk])
    services.notify(by=Actor.system("x"), key="a", recipients=told, level=2, title="Refer", url="/me/")
    services.notify(by=Actor.system("x"), key="b", recipients=told, level=0, title="Told")
    one, other = selectors.notices(by=make.actor_of(doctor))
    page = client.get("/notices/")
    assert "Refer" in page.content.decode()
    assert client.get(f"/notices/?before={one.id}").status_code == 200
    assert client.post(f"/notices/{other.id}/read/").headers["Location"] == "/me/"
    assert client.post("/notices/read/").status_code == 302
    assert selectors.unread(by=make.actor_of(doctor)) == 0


@pytest.mark.parametrize("people", [1, 3])
def test_the_accounts_page_costs_the_same_for_one_and_for_three(
    client, people, django_assert_max_num_queries
):
    make.sign_in(client, make.make_staff(Role.SYSTEM_MANAGER))
    for _ in range(people):
        make.make_staff(Role.BRANCH_DOCTOR)
    client.get("/ops/")
    with django_assert_max_num_queries(9):
        client.get("/ops/")
