"""What happens when several press at the same moment, on a database of its own with real commits."""

from consortium import selectors, services
from consortium.choices import MAX_FAILURES, Role
from consortium.kinds import KINDS
from consortium.models import Notification, NotificationRecipient, Post, Staff, StaffSession, Throttle
from consortium.services import Recipients
from consortium.services.identity import factors
from kernel.actor import Actor, Kind
from kernel.errors import Conflict
from kernel.models import AuditEntry
from tests.factories import consortium as make
from tests.factories.emr import id_number

HOUSE = Actor.system("tests")
STRANGER = Actor(kind=Kind.STAFF, name="unknown", address="192.0.2.7")


def test_three_managers_given_to_one_person_at_once_become_one(race_db):
    place, person = make.make_organisation(), make.make_staff(None)
    roles = [Role.SYSTEM_MANAGER, Role.SECURITY_MANAGER, Role.AUDIT_MANAGER]

    def call(role):
        return lambda: services.give_post(by=HOUSE, staff_id=person.pk, role=role, organisation_id=place.pk)

    results = race_db.at_once([call(role) for role in roles])

    refused = [result for result in results if isinstance(result, Conflict)]
    assert [result.code for result in refused] == ["sides_exclude", "sides_exclude"], results
    assert Post.objects.filter(staff=person).count() == 1


def test_the_same_code_sent_twice_at_once_opens_one_session(race_db):
    doctor = make.make_staff(Role.BRANCH_DOCTOR)
    secret = selectors.new_secret()
    factors.bind(doctor, secret)
    code = selectors.code_now(secret)

    results = race_db.at_once([lambda: services.check_code(by=STRANGER, staff_id=doctor.pk, code=code)] * 4)

    assert sorted(result.outcome for result in results) == ["accepted", "wrong", "wrong", "wrong"]


def test_failures_at_the_same_moment_are_all_counted(race_db):
    doctor = make.make_staff(Role.BRANCH_DOCTOR, password="Summer-rain-2026")

    def guess():
        return services.check_password(by=STRANGER, username=doctor.username, password="wrong")

    race_db.at_once([guess] * (MAX_FAILURES - 1))

    assert Throttle.objects.get(kind="account").failures == MAX_FAILURES - 1


def test_many_tries_at_the_same_moment_are_judged_one_after_the_other(race_db):
    doctor = make.make_staff(Role.BRANCH_DOCTOR, password="Summer-rain-2026")

    def guess(number):
        by = Actor(kind=Kind.STAFF, name="unknown", address=f"192.0.2.{number}")
        return lambda: services.check_password(by=by, username=doctor.username, password="wrong")

    race_db.at_once([guess(number) for number in range(12)])

    refusals = AuditEntry.objects.filter(action="consortium.password_refused")
    assert sorted(entry.detail["tries_left"] for entry in refusals) == [0] * 8 + [1, 2, 3, 4]
    right = services.check_password(by=STRANGER, username=doctor.username, password="Summer-rain-2026")
    assert not right.accepted


def test_one_person_is_given_one_account_whoever_opens_it_at_once(race_db):
    number = id_number()
    keepers = [make.make_actor(Role.SYSTEM_MANAGER) for _ in range(4)]

    def call(by, username):
        return lambda: services.create_staff(by=by, username=username, name="王丽华", id_number=number)

    results = race_db.at_once([call(by, f"wanglihua{count}") for count, by in enumerate(keepers)])

    refused = [result.code for result in results if isinstance(result, Conflict)]
    assert refused == ["person_has_account"] * 3
    assert Staff.objects.filter(name="王丽华").count() == 1


def test_four_sign_ins_at_once_leave_no_more_sessions_than_may_stand(race_db):
    doctor = make.make_staff(Role.BRANCH_DOCTOR)

    race_db.at_once([lambda: services.open_session(by=STRANGER, staff_id=doctor.pk)] * 6)

    assert StaffSession.objects.filter(staff=doctor, ended_at__isnull=True).count() == 3


def test_one_key_told_by_several_at_once_tells_each_person_once(race_db):
    place = make.make_organisation()
    people = [make.make_staff(Role.COORDINATOR, place) for _ in range(3)]

    def tell():
        return services.notify(
            by=Actor.system("referral"),
            key="referral:1",
            recipients=Recipients(role=Role.COORDINATOR, organisation=place.pk),
            level=1,
            title="Refer",
        )

    race_db.at_once([tell] * 4)

    assert Notification.objects.count() == 1
    assert sorted(NotificationRecipient.objects.values_list("staff_id", flat=True)) == sorted(
        p.pk for p in people
    )


def test_approved_by_four_at_once_it_happens_once(race_db):
    done = []
    services.change_kind("test.race", apply=lambda by, payload: done.append(1), describe=str)
    first, *others = [make.make_actor(Role.SECURITY_MANAGER) for _ in range(5)]
    change = services.propose(by=first, kind="test.race", subject=None, payload={}, reason="needed")

    def decide(by):
        return lambda: services.approve(by=by, change_id=change.pk, version=1)

    results = race_db.at_once([decide(by) for by in others])
    assert [isinstance(one, Conflict) for one in results].count(True) == 3
    assert done == [1]
    del KINDS["test.race"]
