"""Posts, clearances and narrowings: two people, at once in force, never above the policy in code."""

from dataclasses import replace

import pytest

from consortium import payloads, selectors, services
from consortium.choices import MANAGERS, Role
from consortium.models import ApiClient, Change, Post, Staff
from kernel.actor import Actor
from kernel.errors import Conflict, DomainError, OutOfReach, Refused, StepUpNeeded
from tests.factories import consortium as make
from tests.factories.kernel import audit_trail

pytestmark = pytest.mark.django_db
HOUSE = Actor.system("setup")


@pytest.fixture
def two():
    place = make.make_organisation()
    return [make.make_actor(Role.SECURITY_MANAGER, place) for _ in range(2)]


def ask(by, kind, payload, subject=None):
    return services.propose(by=by, kind=kind, subject=subject, payload=payload, reason="needed")


def agreed(two, kind, payload):
    change = ask(two[0], kind, payload)
    return services.approve(by=two[1], change_id=change.pk, version=1)


def post_of(person, place, role=Role.CASHIER, **more):
    return payloads.post_payload(staff_id=person.pk, role=role, organisation_id=place.pk, **more)


# -- posts ------------------------------------------------------------------------------------------------------


def test_a_post_is_given_cleared_and_ended_by_two_people_each(two):
    place, person = make.make_organisation(), make.make_staff(None)
    agreed(two, "post.give", post_of(person, place))
    post = Post.objects.get(staff=person)
    assert (post.role, post.clearance, post.given_by) == (Role.CASHIER, 4, two[1].name)
    agreed(two, "post.clear", {"post": str(post.pk), "clearance": 2, "was": 4})
    post.refresh_from_db()
    assert post.clearance == 2
    agreed(two, "post.end", {"post": str(post.pk)})
    assert selectors.holders(Role.CASHIER, place.pk) == []
    done = [action for _who, action in audit_trail() if "post_" in action]
    assert done == ["consortium.post_given", "consortium.post_cleared", "consortium.post_ended"]
    with pytest.raises(Conflict):
        agreed(two, "post.end", {"post": str(post.pk)})


@pytest.mark.parametrize("verb", ["give", "end", "clear"])
def test_nobody_gives_clears_or_ends_a_post_alone(verb, two):
    person, place = make.make_staff(Role.CASHIER), make.make_organisation()
    post = Post.objects.get(staff=person)
    calls = {
        "give": lambda by: services.give_post(
            by=by, staff_id=person.pk, role=Role.READER, organisation_id=place.pk
        ),
        "end": lambda by: services.end_post(by=by, post_id=post.pk),
        "clear": lambda by: services.clear_post(by=by, post_id=post.pk, clearance=5),
    }
    for role in Role:
        with pytest.raises(Refused):
            calls[verb](make.make_actor(role))


def test_posts_that_are_not_given(two):
    place, doctor = make.make_organisation(), make.make_staff(Role.BRANCH_DOCTOR)
    own = Staff.objects.get(pk=two[0].id)
    held = Post.objects.get(staff=doctor).organisation
    wrong = {
        "own_account": lambda: ask(two[0], "post.give", post_of(own, place)),
        "bad_clearance": lambda: ask(
            two[0], "post.give", post_of(doctor, place, Role.AUDIT_MANAGER, clearance=5)
        ),
        "sides_exclude": lambda: agreed(two, "post.give", post_of(doctor, place, Role.AUDIT_MANAGER)),
        "post_exists": lambda: agreed(two, "post.give", post_of(doctor, held, Role.BRANCH_DOCTOR)),
        "bad_post": lambda: agreed(two, "post.give", post_of(doctor, place, clearance=9)),
    }
    for code, call in wrong.items():
        with pytest.raises(DomainError) as refusal:
            call()
        assert refusal.value.code == code


def test_the_second_person_does_not_approve_her_own_post(two):
    # The same post at another place: nothing but the rule about the own account stands against it.
    herself, place = Staff.objects.get(pk=two[1].id), make.make_organisation()
    change = ask(two[0], "post.give", post_of(herself, place, Role.SECURITY_MANAGER))
    with pytest.raises(Refused) as refusal:
        services.approve(by=two[1], change_id=change.pk, version=1)
    assert refusal.value.code == "own_account"


def test_a_branch_asks_for_its_own_place_and_no_more():
    place, person = make.make_organisation(), make.make_staff(None)
    desk = make.make_actor(Role.RECEPTION, place)
    change = ask(desk, "post.give", post_of(person, place))
    beyond = [
        post_of(person, make.make_organisation()),
        post_of(person, place, Role.SYSTEM_MANAGER),
        post_of(person, place, clearance=5),
        post_of(person, place, below=True),
    ]
    for payload in beyond:
        with pytest.raises(Refused):
            ask(desk, "post.give", payload)
    with pytest.raises(Refused):
        services.approve(by=desk, change_id=change.pk, version=1)
    assert not Post.objects.filter(staff=person).exists()
    services.approve(by=make.make_actor(Role.SECURITY_MANAGER), change_id=change.pk, version=1)
    assert Post.objects.get(staff=person).organisation == place


def test_a_change_of_rights_asks_for_a_fresh_proof(two):
    stale = [replace(one, proved_at=None) for one in two]
    payload = post_of(make.make_staff(None), make.make_organisation())
    with pytest.raises(StepUpNeeded):
        ask(stale[0], "post.give", payload)
    change = ask(two[0], "post.give", payload)
    with pytest.raises(StepUpNeeded):
        services.approve(by=stale[1], change_id=change.pk, version=1)


def test_a_branch_asks_for_an_account_and_the_system_manager_opens_it():
    desk, keeper = make.make_actor(Role.MEDICAL_AFFAIRS), make.make_actor(Role.SYSTEM_MANAGER)
    payload = payloads.account_payload(
        username="chenxi", name="陈希", id_number="990124197605200011", phone="10000000001"
    )
    change = ask(desk, "account.open", payload)
    stored = str(Change.objects.get(pk=change.pk).payload)
    assert "990124197605200011" not in stored
    assert "10000000001" not in stored
    with pytest.raises(Refused):
        services.approve(by=make.make_actor(Role.SECURITY_MANAGER), change_id=change.pk, version=1)
    services.approve(by=keeper, change_id=change.pk, version=1)
    assert Staff.objects.get(username="chenxi").must_change_password
    again = payloads.account_payload(username="chenxi2", name="陈希", id_number="990124197605200011")
    second = ask(desk, "account.open", again)
    with pytest.raises(Conflict) as refusal:
        services.approve(by=keeper, change_id=second.pk, version=1)
    assert refusal.value.code == "person_has_account"


def test_a_client_is_asked_for_by_one_manager_and_granted_by_the_other():
    keeper, guard = make.make_actor(Role.SYSTEM_MANAGER), make.make_actor(Role.SECURITY_MANAGER)
    payload = payloads.client_payload(
        client_id="new-his",
        name="HIS",
        organisation_id=make.make_organisation().pk,
        scopes=["system/Patient.read"],
        below=False,
        clearance=4,
    )
    with pytest.raises(Refused):
        services.register_client(
            by=keeper, client_id="x", name="x", organisation_id=make.make_organisation().pk, scopes=["a"]
        )
    change = ask(keeper, "client.register", payload)
    services.approve(by=guard, change_id=change.pk, version=1)
    row = ApiClient.objects.get(client_id="new-his")
    made = services.renew_client(by=keeper, client_pk=row.pk)
    assert services.issue_token(by=HOUSE, client_id="new-his", secret=made.secret).scope
    with pytest.raises(Refused):
        services.renew_client(by=guard, client_pk=row.pk)


# -- the three managers -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("held", sorted(MANAGERS))
def test_each_manager_excludes_every_other_side(held, two):
    person, place = make.make_staff(held), make.make_organisation()
    for role in Role:
        if role == held:
            continue
        with pytest.raises(Conflict) as refusal:
            services.give_post(by=HOUSE, staff_id=person.pk, role=role, organisation_id=place.pk)
        assert refusal.value.code == "sides_exclude"


def test_a_change_that_is_gone_is_404(two):
    with pytest.raises(OutOfReach):
        services.approve(by=two[0], change_id=two[1].id, version=1)
