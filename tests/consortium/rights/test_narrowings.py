"""Narrowings: they only ever take away, at once; the page of roles shows what they are taken from."""

import pytest
from django.db.models import Q
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from consortium import payloads, policies, selectors, services, wording
from consortium.choices import Role
from consortium.models import Narrowing, Post
from kernel import clock
from kernel.actor import Actor, Kind
from kernel.errors import Invalid, Refused
from kernel.policy import POLICIES
from tests.factories import consortium as make

pytestmark = pytest.mark.django_db


@pytest.fixture
def two():
    place = make.make_organisation()
    return [make.make_actor(Role.SECURITY_MANAGER, place) for _ in range(2)]


def ask(by, kind, payload):
    return services.propose(by=by, kind=kind, subject=None, payload=payload, reason="needed")


def agreed(two, kind, payload):
    change = ask(two[0], kind, payload)
    return services.approve(by=two[1], change_id=change.pk, version=1)


# -- narrowings -------------------------------------------------------------------------------------------------


def narrowed(two, **more):
    taken = {"model": "consortium.dutyshift", "action": "roster", **more}
    return agreed(two, "narrowing.set", payloads.narrowing_payload(**taken))


def roster(by):
    return policies.DUTY.allows(by, "roster")


def test_a_narrowing_takes_at_once_and_is_given_back(two):
    person = make.make_staff(Role.MEDICAL_AFFAIRS)
    place = Post.objects.get(staff=person).organisation
    assert roster(make.actor_of(person))
    narrowed(two, role=Role.MEDICAL_AFFAIRS, organisation_id=place.pk)
    assert not roster(make.actor_of(person))
    assert roster(make.make_actor(Role.MEDICAL_AFFAIRS))
    agreed(two, "narrowing.end", {"narrowing": str(Narrowing.objects.get().pk)})
    assert roster(make.actor_of(person))


def test_a_narrowing_of_one_person_and_of_a_whole_table(two):
    person, other = make.make_staff(Role.MEDICAL_AFFAIRS), make.make_staff(Role.MEDICAL_AFFAIRS)
    narrowed(two, action="*", staff_id=person.pk)
    assert (roster(make.actor_of(person)), roster(make.actor_of(other))) == (False, True)


def test_narrowings_that_make_no_sense_are_refused(two):
    wrong = [
        {"model": "consortium.dutyshift", "action": "sing", "role": Role.CASHIER},
        {"model": "consortium.nothing", "action": "*", "role": Role.CASHIER},
        {"model": "consortium.change", "action": "decide", "role": Role.SECURITY_MANAGER},
        {"model": "consortium.dutyshift", "action": "roster"},
    ]
    for payload in wrong:
        with pytest.raises(Invalid):
            ask(two[0], "narrowing.set", payloads.narrowing_payload(**payload))
    for role in Role:
        with pytest.raises(Refused):
            services.narrow(by=make.make_actor(role), payload=payloads.narrowing_payload(**wrong[0]))


PAIRS = sorted({(one.model._meta.label_lower, action) for one in POLICIES for action in one.table})
TAKEN = st.frozensets(
    st.sampled_from([f"{label}.{action}" for label, action in PAIRS] + [f"{label}.*" for label, _ in PAIRS])
)
PLACES = st.frozensets(st.uuids(), max_size=3)


@pytest.fixture
def still(monkeypatch):
    """A clock that stands: scopes that look at the time are comparable."""
    moment = clock.now()
    monkeypatch.setattr(clock, "now", lambda: moment)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(role=st.sampled_from(Role.values), places=PLACES, taken=TAKEN, data=st.data())
def test_narrowed_is_never_more_than_the_ceiling(still, role, places, taken, data):
    """Whatever is taken, what is left of each action is nothing or exactly what the code allows."""
    policy = data.draw(st.sampled_from(POLICIES))
    action = data.draw(st.sampled_from(sorted(policy.table)))
    values = {"name": "x", "id": data.draw(st.uuids()), "organisations": places, "roles": frozenset({role})}
    full = Actor(kind=Kind.STAFF, organisation=next(iter(places), None), **values)
    less = Actor(kind=Kind.STAFF, organisation=full.organisation, taken=taken, **values)
    ceiling = reach(policy, full, action)
    left = reach(policy, less, action)
    label = policy.model._meta.label_lower
    if {f"{label}.{action}", f"{label}.*"} & taken:
        assert left is None
    else:
        assert str(left) == str(ceiling)


def reach(policy, actor, action):
    """The reach; Refused where a scope needs an institution the actor lacks."""
    try:
        return policy.reach(actor, action)
    except Refused as refusal:
        return refusal.code


def test_nothing_at_all_is_taken_from_who_has_nothing_taken():
    actor = Actor(kind=Kind.STAFF, name="x", roles=frozenset({Role.SYSTEM_MANAGER}))
    assert policies.RUNNING.reach(actor, "view") == Q()


# -- the page of roles ------------------------------------------------------------------------------------------


def test_the_page_of_a_role_lists_exactly_its_grants(two):
    for role in Role.values:
        shown = {
            (one.label, name)
            for one in selectors.ceiling(by=two[0], role=role)
            for actions in one.reaches.values()
            for name, _words in actions
        }
        granted = {
            (one.model._meta.label_lower, action)
            for one in POLICIES
            for action, grants in one.table.items()
            if any(grant.role == role for grant in grants)
        }
        assert shown == granted
    with pytest.raises(Refused):
        selectors.ceiling(by=make.make_actor(Role.AUDIT_MANAGER), role=Role.CASHIER)


def test_every_table_action_and_scope_has_words():
    ours = [one for one in POLICIES if one.model.__module__.partition(".")[0] != "tests"]
    tables = {one.model._meta.label_lower for one in ours} - {"kernel.storedfile"}
    pairs = [(action, grants) for one in ours for action, grants in one.table.items()]
    actions = {action for action, _grants in pairs} - {"seal"}
    scopes = {g.scope.__name__ for _a, grants in pairs for g in grants if g.role in Role.values}
    assert (tables - set(wording.TABLES), actions - set(wording.ACTIONS), scopes - set(wording.SCOPES)) == (
        set(),
        set(),
        set(),
    )
