"""Both factors: what opens, what is counted, what is never told."""

from datetime import timedelta

import pytest
from django.conf import settings
from django.contrib.auth import hashers

from consortium import selectors, services
from consortium.choices import LOCK, MAX_FAILURES, Factor, Role
from consortium.hashers import RandomPasswordArgon2
from consortium.models import StaffSession, Throttle, TotpDevice
from consortium.services import Outcome, Seat
from consortium.services.identity import factors
from consortium.services.sessions import throttle
from kernel.actor import Actor, Kind
from kernel.errors import Conflict, Invalid, OutOfReach, Unavailable
from tests.factories import consortium as make
from tests.factories.kernel import audit_trail

pytestmark = pytest.mark.django_db
PASSWORD = "Summer-rain-2026"
STRANGER = Actor(kind=Kind.STAFF, name="unknown", address="192.0.2.7")


@pytest.fixture
def doctor():
    return make.make_staff(Role.BRANCH_DOCTOR, password=PASSWORD)


@pytest.fixture
def secret(doctor):
    made = selectors.new_secret()
    factors.bind(doctor, made)
    return made


def knock(username, password=PASSWORD, address="192.0.2.7"):
    by = Actor(kind=Kind.STAFF, name="unknown", address=address)
    return services.check_password(by=by, username=username, password=password)


def answer(doctor, code):
    return services.check_code(by=STRANGER, staff_id=doctor.pk, code=code)


def test_both_factors_open_a_session_in_the_only_post_and_leave_every_trace(doctor, secret):
    assert knock(f" {doctor.username.upper()} ").staff_id == doctor.pk

    opened = answer(doctor, selectors.code_now(secret))

    assert opened.outcome is Outcome.ACCEPTED
    assert StaffSession.objects.get().post == selectors.posts_of(doctor.pk)[0]
    assert audit_trail() == [
        (doctor.username, "consortium.password_accepted"),
        (doctor.username, "consortium.signed_in"),
    ]


def test_a_code_works_once(doctor, secret):
    code = selectors.code_now(secret)
    assert answer(doctor, code).accepted
    assert answer(doctor, code).outcome is Outcome.WRONG


def test_an_older_code_is_refused_after_a_newer_one(doctor, secret):
    assert answer(doctor, selectors.code_now(secret, step=1)).accepted
    assert answer(doctor, selectors.code_now(secret)).outcome is Outcome.WRONG


def test_the_account_locks_after_five_failures_and_then_even_the_right_password_is_wrong(doctor):
    for _ in range(MAX_FAILURES):
        assert knock(doctor.username, "wrong").outcome is Outcome.WRONG
    assert knock(doctor.username, address="192.0.2.8").outcome is Outcome.WRONG
    assert throttle.locked_until(account=doctor.username) is not None


def test_who_is_known_on_this_device_hears_how_many_tries_are_left(doctor, secret):
    seat = Seat(device="her-own-browser")
    assert services.check_code(
        by=STRANGER, staff_id=doctor.pk, code=selectors.code_now(secret), seat=seat
    ).accepted
    tries = [
        services.check_password(by=STRANGER, username=doctor.username, password="wrong", seat=seat)
        for _ in range(MAX_FAILURES + 1)
    ]
    assert [one.tries_left for one in tries] == [4, 3, 2, 1, 0, 0]
    assert (tries[3].outcome, tries[4].outcome) == (Outcome.WRONG, Outcome.LOCKED)


def test_a_name_that_does_not_exist_costs_one_full_hash_too(doctor, monkeypatch):
    counted = []
    verify = hashers.Argon2PasswordHasher.verify

    def counting(self, password, encoded):
        counted.append(encoded.split("$")[3])
        return verify(self, password, encoded)

    monkeypatch.setattr(hashers.Argon2PasswordHasher, "verify", counting)
    knock(doctor.username, "wrong")
    knock("nobody-here", "wrong")
    assert counted == ["m=19456,t=3,p=1", "m=19456,t=3,p=1"]


def test_a_closed_account_is_told_nothing_else_than_wrong(doctor):
    doctor.is_active = False
    doctor.save(update_fields=["is_active"])
    assert knock(doctor.username).outcome is Outcome.WRONG


def test_wrong_codes_count_like_wrong_passwords_and_a_full_sign_in_clears_them(doctor, secret):
    knock(doctor.username, "wrong")
    assert answer(doctor, "000000").tries_left == 3
    assert answer(doctor, selectors.code_now(secret)).accepted
    assert not Throttle.objects.filter(kind="account").exists()


def test_a_lock_ends_by_itself(doctor):
    for _ in range(MAX_FAILURES):
        knock(doctor.username, "wrong")
    Throttle.objects.update(locked_until=Throttle.objects.first().locked_until - LOCK - timedelta(seconds=1))
    assert knock(doctor.username).accepted


def test_one_source_that_tries_many_names_has_to_wait_and_a_known_device_there_has_not(doctor, secret):
    seat = Seat(device="her-own-browser")
    services.check_code(by=STRANGER, staff_id=doctor.pk, code=selectors.code_now(secret), seat=seat)
    for number in range(settings.SOURCE_FAILURES):
        knock(f"name-{number}", "wrong")
    assert knock(doctor.username).outcome is Outcome.WRONG
    assert knock(doctor.username, address="192.0.2.99").accepted
    assert services.check_password(
        by=STRANGER, username=doctor.username, password=PASSWORD, seat=seat
    ).accepted


def test_a_neighbour_in_the_same_ipv6_network_is_the_same_source():
    assert throttle.index_of("source", "2001:db8::1") == throttle.index_of("source", "2001:db8::ffff")
    assert throttle.index_of("source", "2001:db8::1") != throttle.index_of("source", "2001:db8:0:1::1")


def test_a_quick_hash_of_a_random_password_becomes_a_full_one(doctor):
    hasher = RandomPasswordArgon2()
    doctor.password = hasher.encode(PASSWORD, hasher.salt())
    doctor.save(update_fields=["password"])
    assert knock(doctor.username).accepted
    doctor.refresh_from_db()
    assert "m=19456,t=3,p=1" in doctor.password
    assert knock(doctor.username).accepted


def test_enrolment_binds_once_and_gives_ten_recovery_codes_that_work_once(doctor):
    secret = selectors.new_secret()
    codes = services.enrol(by=STRANGER, staff_id=doctor.pk, secret=secret, code=selectors.code_now(secret))
    assert len(set(codes)) == 10
    assert answer(doctor, codes[0]).session.factor == Factor.RECOVERY_CODE
    assert answer(doctor, codes[0]).outcome is Outcome.WRONG
    assert selectors.recovery_codes_left(doctor.pk) == 9
    with pytest.raises(Conflict):
        services.enrol(
            by=STRANGER, staff_id=doctor.pk, secret=secret, code=selectors.code_now(secret, step=1)
        )


def test_enrolment_wants_the_code_of_that_secret(doctor):
    with pytest.raises(Invalid):
        services.enrol(by=STRANGER, staff_id=doctor.pk, secret=selectors.new_secret(), code="000000")
    assert not TotpDevice.objects.exists()


def test_the_secret_is_sealed_for_its_owner(doctor, secret):
    stored = bytes(TotpDevice.objects.get().secret_sealed)
    assert secret.encode() not in stored
    other = make.make_staff(Role.BRANCH_DOCTOR)
    TotpDevice.objects.update(staff=other)
    with pytest.raises(Unavailable):
        answer(other, selectors.code_now(secret))


def test_a_locked_page_reopens_with_the_password_alone(doctor):
    session = make.open_session(doctor, locked_at=make.clock.now())
    wrong = services.reopen(by=STRANGER, session_id=session.pk, password="wrong")
    right = services.reopen(by=STRANGER, session_id=session.pk, password=PASSWORD)
    session.refresh_from_db()
    assert (wrong.outcome, right.outcome, session.locked_at) == (Outcome.WRONG, Outcome.ACCEPTED, None)


def test_the_password_is_changed_with_reasons_and_ends_other_sessions(doctor):
    here, there = make.open_session(doctor), make.open_session(doctor)
    actor = selectors.signed_in(here.pk).actor
    for new in ("short", "onlysmallletters", PASSWORD, f"{doctor.username}-A1b2"):
        with pytest.raises(Invalid):
            services.change_password(by=actor, old=PASSWORD, new=new)
    with pytest.raises(Invalid):
        services.change_password(by=actor, old="wrong", new="Winter-snow-2026")

    services.change_password(by=actor, old=PASSWORD, new="Winter-snow-2026")

    here.refresh_from_db()
    there.refresh_from_db()
    assert (here.ended_at, there.ending) == (None, "password_changed")
    with pytest.raises(Invalid):
        services.change_password(by=actor, old="Winter-snow-2026", new=PASSWORD)


def test_the_acting_post_is_one_of_the_own_and_ends_with_it(doctor):
    place = make.make_organisation()
    second = make.make_post(doctor, Role.TECHNOLOGIST, place)
    session = make.open_session(doctor, role=Role.BRANCH_DOCTOR)
    actor = selectors.signed_in(session.pk).actor
    services.choose_post(by=actor, post_id=second.pk)
    assert selectors.signed_in(session.pk).actor.roles == {Role.TECHNOLOGIST}
    services.end_post(by=Actor.system("tests"), post_id=second.pk)
    assert selectors.signed_in(session.pk).actor.roles == frozenset()
    foreign = selectors.posts_of(make.make_staff(Role.CASHIER).pk)[0]
    with pytest.raises(OutOfReach):
        services.choose_post(by=actor, post_id=foreign.pk)
