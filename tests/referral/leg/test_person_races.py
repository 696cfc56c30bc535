"""A merge, a death and the desks at once, on real commits: one wins, nothing is open twice, each is told once."""

from consortium.choices import Role
from consortium.models import Notification
from emr.index import services as index
from kernel import clock, delivery
from kernel.errors import Conflict, DomainError
from kernel.models import OutboxDelivery
from referral import services
from referral.choices import Status
from referral.models import HistoryEntry, Referral
from tests.factories.consortium import make_actor
from tests.factories.referral import make_county, make_draft, make_submitted
from tests.referral.leg.test_persons import merge, second_branch


def test_submissions_and_a_merge_at_once_leave_one_open_leg_or_a_task(race_db):
    """Whatever comes first: two legs of one person are never open side by side without a mark."""
    county = make_county()
    other = second_branch(county)
    pair = [make_draft(county), make_draft(other)]
    for leg, one in zip(pair, (county, other), strict=True):
        services.edit(
            by=one.doctor, referral_id=leg.pk, version=1, target_id=county.hospital.pk, department_id=county.ward.pk
        )  # fmt: skip

    def send(one, leg):
        return lambda: services.submit(by=one.doctor, referral_id=leg.pk, version=2, key="")

    results = race_db.at_once([send(county, pair[0]), send(other, pair[1]), lambda: merge(county, other)])
    delivery.drain()
    assert all(one is None or isinstance(one, Referral | Conflict) for one in results), results
    legs = Referral.objects.filter(status=Status.SUBMITTED)
    assert {leg.person_id for leg in Referral.objects.all()} == {county.patient.person_id}
    assert [leg.doubled for leg in legs] in ([True, True], [False])


def test_two_records_of_one_person_submit_at_once_and_one_opens(race_db):
    county = make_county()
    others = [second_branch(county) for _ in range(3)]
    for other in others:
        merge(county, other)
    delivery.drain()
    drafts = [make_draft(one) for one in (county, *others)]

    def send(one, leg):
        return lambda: services.submit(by=one.doctor, referral_id=leg.pk, version=1, key="")

    results = race_db.at_once([send(*pair) for pair in zip((county, *others), drafts, strict=True)])
    assert sum(isinstance(one, Referral) for one in results) == 1
    assert [one.status for one in results if isinstance(one, DomainError)] == [409] * 3


def test_accept_reject_and_withdraw_at_once_one_wins_and_the_others_read_who(race_db):
    county = make_county()
    leg = make_submitted(county)
    desks = [make_actor(Role.COORDINATOR, county.hospital) for _ in range(2)]
    calls = [
        lambda: services.accept(
            by=desks[0], referral_id=leg.pk, version=leg.version, key="", department_id=county.ward.pk
        ),
        lambda: services.reject(
            by=desks[1],
            referral_id=leg.pk,
            version=leg.version,
            key="",
            code="R01",
            text="无床",
            instead="请留院",
        ),
        lambda: services.withdraw(
            by=county.doctor, referral_id=leg.pk, version=leg.version, key="", reason="不去了"
        ),
    ]
    results = race_db.at_once(calls)
    lost = [one for one in results if isinstance(one, DomainError)]
    (entry,) = HistoryEntry.objects.filter(version=leg.version + 1)
    assert [one.status for one in lost] == [409, 409]
    assert all(entry.staff.name in str(one.message) for one in lost)


def test_death_and_a_submission_at_once_leave_no_open_leg(race_db):
    county = make_county()
    draft = make_draft(county)
    results = race_db.at_once(
        [
            lambda: services.submit(by=county.doctor, referral_id=draft.pk, version=1, key=""),
            lambda: index.declare_dead(by=county.doctor, patient_id=county.patient.pk, at=clock.now()),
        ]
    )
    delivery.drain()
    draft.refresh_from_db()
    assert all(not isinstance(one, Exception) or isinstance(one, Conflict) for one in results), results
    assert draft.status == Status.DIED


def test_a_worker_that_dies_between_commit_and_notice_delays_it_and_tells_once(race_db):
    """The step is committed and no worker ran: whoever drains the queue next tells, and tells once."""
    county = make_county()
    leg = make_submitted(county)
    assert Notification.objects.filter(key__startswith=f"referral:{leg.pk}:").count() == 0
    delivery.drain()
    delivery.drain()
    assert Notification.objects.filter(key__startswith=f"referral:{leg.pk}:").count() == 1
    assert not OutboxDelivery.objects.filter(handler="referral.announce", done_at__isnull=True).exists()
