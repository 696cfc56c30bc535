"""The managers' consoles and the list of notices through the browser's eyes."""

from datetime import timedelta

import pytest

from consortium import selectors, services
from consortium.choices import Role
from consortium.models import ApiClient, Change, Narrowing, Post, Staff
from consortium.selectors.managers import running
from consortium.services import Recipients
from kernel import audit, clock
from kernel.actor import Actor
from kernel.chain import checkpoint
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


def test_security_managers_propose_and_approve_posts(client):
    first, second = (make.make_staff(Role.SECURITY_MANAGER) for _ in range(2))
    make.sign_in(client, first)
    place, person = make.make_organisation(), make.make_staff(None)
    page = f"/security/people/{person.pk}/"
    form = {"role": "cashier", "place": str(place.pk), "reason": "new at the desk"}
    assert client.post(page, {**form, "reason": ""}).status_code == 422
    assert client.post(page, form).headers["Location"] == page
    assert "new at the desk" in client.get("/security/changes/").content.decode()
    change = f"/security/changes/{Change.objects.get().pk}/"
    assert client.post(f"{change}approve/").status_code == 404
    assert not Post.objects.filter(staff=person).exists()
    make.sign_in(client, second)
    assert "approve/" in client.get(change).content.decode()
    assert client.post(f"{change}approve/", {"version": 1}).headers["Location"] == change
    assert client.post(f"{change}approve/", {"version": 1}).status_code == 409
    post = Post.objects.get(staff=person)
    for address, more in (("end", {}), ("clearance", {"clearance": "2"})):
        at = f"/security/posts/{post.pk}/{address}/"
        assert client.get(at).status_code == 200
        assert client.post(at, more).status_code == 422
        assert client.post(at, {**more, "reason": "moved"}).headers["Location"] == page
    assert client.get(page).content.decode().count("/security/changes/") >= 2
    assert client.post(f"{page}factor/").status_code == 302
    assert person.name in client.post("/security/", {"text": person.name}).content.decode()
    assert client.get("/security/?role=cashier").status_code == 200


def test_a_proposal_is_rejected_with_a_reason_or_withdrawn(client):
    first, second = (make.make_staff(Role.SECURITY_MANAGER) for _ in range(2))
    person = make.make_staff(Role.CASHIER)
    post = Post.objects.get(staff=person)
    ask = {"kind": "post.end", "subject": person.pk, "payload": {"post": str(post.pk)}, "reason": "moved"}
    refused, taken = (services.propose(by=make.actor_of(first), **ask) for _ in range(2))
    make.sign_in(client, second)
    at = f"/security/changes/{refused.pk}/reject/"
    assert client.post(at, {"version": 1}).status_code == 422
    assert client.post(at, {"version": 1, "reason": "she stays"}).status_code == 302
    make.sign_in(client, first)
    assert "she stays" in client.get(f"/security/changes/{refused.pk}/").content.decode()
    assert client.post(f"/security/changes/{taken.pk}/withdraw/", {"version": 1}).status_code == 302
    decided = client.get("/security/changes/?show=decided").content.decode()
    assert decided.count("/security/changes/0") == 2


def test_a_narrowing_is_proposed_and_given_back(client):
    first, second = (make.make_staff(Role.SECURITY_MANAGER) for _ in range(2))
    make.sign_in(client, first)
    form = {"role": "cashier", "taken": "insurance_bridge.settlement.cancel", "reason": "training"}
    assert client.get("/security/narrowings/new/?role=cashier").status_code == 200
    assert client.post("/security/narrowings/new/", {**form, "taken": "x.y.z"}).status_code == 422
    assert client.post("/security/narrowings/new/", form).headers["Location"] == "/security/narrowings/"
    services.approve(by=make.actor_of(second), change_id=Change.objects.get().pk, version=1)
    row = Narrowing.objects.get()
    assert f"/security/narrowings/{row.pk}/end/" in client.get("/security/narrowings/").content.decode()
    assert (
        f"/security/narrowings/{row.pk}/end/" in client.get("/security/roles/?role=cashier").content.decode()
    )
    at = f"/security/narrowings/{row.pk}/end/"
    assert client.get(at).status_code == 200
    assert client.post(at, {"reason": "trained"}).status_code == 302
    assert Change.objects.count() == 2


def test_a_branch_asks_for_an_account_and_for_a_post(client):
    place = make.make_organisation()
    desk = make.make_staff(Role.RECEPTION, place)
    colleague = make.make_staff(None)
    make.sign_in(client, desk)
    form = {"name": "陈希", "username": "chenxi", "id_number": "990124197605200011"}
    form |= {"licence": "physician", "title": "attending", "reason": "starts on Monday"}
    assert client.get("/ask/account/").status_code == 200
    assert client.post("/ask/account/", {**form, "id_number": "990124197605200012"}).status_code == 422
    assert client.post("/ask/account/", form).headers["Location"] == "/security/changes/"
    post = {"account": colleague.username, "role": "cashier", "reason": "works there"}
    assert client.get("/ask/post/").status_code == 200
    assert client.post("/ask/post/", {**post, "account": "nobody"}).status_code == 422
    assert client.post("/ask/post/", {**post, "role": "audit_manager"}).status_code == 422
    assert client.post("/ask/post/", post).headers["Location"] == "/security/changes/"
    assert Change.objects.count() == 2
    assert not Staff.objects.filter(username="chenxi").exists()


def test_systems_are_asked_for_renewed_and_closed(client):
    keeper = make.make_staff(Role.SYSTEM_MANAGER)
    make.sign_in(client, keeper)
    form = {"client_id": "new-his", "name": "HIS", "place": str(make.make_organisation().pk)}
    form |= {"scopes": "system/Patient.read", "clearance": "4", "reason": "new HIS"}
    assert client.get("/ops/clients/new/").status_code == 200
    assert client.post("/ops/clients/new/", {**form, "scopes": "everything"}).status_code == 422
    assert client.post("/ops/clients/new/", form).headers["Location"] == "/ops/clients/"
    guard = make.make_actor(Role.SECURITY_MANAGER)
    services.approve(by=guard, change_id=Change.objects.get().pk, version=1)
    row = ApiClient.objects.get()
    assert "new-his" in client.get("/ops/clients/").content.decode()
    assert client.post(f"/ops/clients/{row.pk}/secret/").status_code == 200
    assert client.post(f"/ops/clients/{row.pk}/revoke/").status_code == 302
    row.refresh_from_db()
    assert (row.is_active, row.generation) == (False, 3)


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
    with django_assert_max_num_queries(14):
        client.get("/ops/")


@pytest.mark.django_db(databases=["default", "audit"])
def test_the_console_says_that_checkpoints_have_stopped(settings, tmp_path, monkeypatch):
    settings.DATA_DIR, settings.AUDIT_SECOND_PLACE = tmp_path, ""
    never = running._checkpoints().well
    checkpoint.write()
    fresh, now = running._checkpoints().well, clock.now()
    monkeypatch.setattr(clock, "now", lambda: now + timedelta(minutes=31))
    assert (never, fresh, running._checkpoints().well) == (False, True, False)


def test_the_console_tells_the_newest_backup_that_the_command_made(monkeypatch):
    none = running._backup().well
    audit.record(by=Actor.system("backup"), action="backup.made", detail={"name": "20261129T000000Z"})
    fresh, now = running._backup().well, clock.now()
    monkeypatch.setattr(clock, "now", lambda: now + timedelta(hours=27))
    assert (none, fresh, running._backup().well) == (False, True, False)
