"""A critical value nobody reads back is passed up: who is on duty, the head of the department, 行政总值班."""

from datetime import timedelta

import pytest
from django.urls import reverse

from consortium.choices import Duty, Role, Title
from consortium.models import NotificationRecipient
from diagnostics import selectors, services, tasks
from diagnostics.choices import Rung
from diagnostics.models import CriticalCall, CriticalValue
from diagnostics.selectors.calling import ladder
from kernel import clock
from kernel.actor import Actor
from kernel.errors import Conflict, OutOfReach, Refused
from kernel.models import Alarm, AuditEntry
from tests.factories.consortium import (
    actor_of,
    make_actor,
    make_department,
    make_duty,
    make_organisation,
    make_staff,
)
from tests.factories.diagnostics import make_draft, make_examined, make_scene

HOUSE = Actor.system("diagnostics")


@pytest.fixture
def scene(db):
    return make_scene()


def told(scene):
    """A critical value that was told and not read back within its time."""
    request = make_draft(scene, make_examined(scene), outcome="critical", critical_text="室颤")
    critical = services.sign(by=scene.by("reader"), request_id=request.pk).critical
    return late(critical)


def late(critical):
    CriticalValue.objects.filter(pk=critical.pk).update(
        due_at=clock.now() - timedelta(seconds=1), call_at=None
    )
    critical.refresh_from_db()
    return critical


def again(critical):
    """The clock comes once more."""
    CriticalValue.objects.filter(pk=critical.pk).update(call_at=clock.now() - timedelta(seconds=1))
    return services.pass_up(by=HOUSE, critical_id=critical.pk)


def people(scene):
    """Everybody above the receiver, each on a duty of her own."""
    duty = make_staff(Role.BRANCH_DOCTOR, scene.branch)
    make_duty(duty, scene.branch, telephone="10055550011")
    make_duty(scene.doctor, scene.branch)
    head = make_staff(Role.BRANCH_REVIEWER, scene.branch)
    chief = make_staff(Role.MEDICAL_AFFAIRS, scene.centre)
    make_duty(chief, scene.centre, duty=Duty.CHIEF, telephone="10055550013")
    return duty, head, chief


def called(critical):
    rows = CriticalCall.objects.filter(critical=critical).order_by("number", "pk")
    return list(rows.values_list("number", "rung", "staff_id"))


def waits_at(staff):
    rows = NotificationRecipient.objects.filter(staff=staff, read_at__isnull=True)
    return list(rows.order_by("pk").values_list("notification__level", "notification__title"))


def test_one_after_the_other_is_called_and_each_leaves_every_trace(scene):
    duty, head, chief = people(scene)
    critical = told(scene)

    services.pass_up(by=HOUSE, critical_id=critical.pk)
    again(critical)
    again(critical)

    assert called(critical) == [
        (1, Rung.DUTY, duty.pk), (2, Rung.HEAD, head.pk), (3, Rung.CHIEF, chief.pk),
    ]  # fmt: skip
    assert [waits_at(one) for one in (scene.doctor, duty, head, chief)] == [[(3, "室颤")]] * 4
    assert [level for level, _title in waits_at(scene.reader)] == [2]
    entries = AuditEntry.objects.filter(action="critical.passed_up").order_by("detail__number")
    assert [entry.detail["rung"] for entry in entries] == ["duty", "head", "chief"]
    critical.refresh_from_db()
    assert (critical.version, critical.escalations) == (1, 3)


def test_there_are_five_minutes_between_two_calls_and_half_an_hour_at_the_top(scene):
    people(scene)
    critical = told(scene)
    waited = []
    for _time in range(4):
        CriticalValue.objects.filter(pk=critical.pk).update(call_at=clock.now())
        row = services.pass_up(by=HOUSE, critical_id=critical.pk)
        waited.append(round((row.call_at - clock.now()).total_seconds() / 60))
    assert waited == [5, 5, 30, 30]


def test_the_chief_who_is_called_again_has_one_ring_not_two(scene):
    *_others, chief = people(scene)
    critical = told(scene)
    for _time in range(4):
        CriticalValue.objects.filter(pk=critical.pk).update(call_at=clock.now())
        services.pass_up(by=HOUSE, critical_id=critical.pk)
    assert waits_at(chief) == [(3, "室颤")]
    assert NotificationRecipient.objects.filter(staff=chief).count() == 2


def test_nothing_is_called_in_time_or_after_the_read_back(scene):
    people(scene)
    request = make_draft(scene, make_examined(scene), outcome="critical", critical_text="室颤")
    critical = services.sign(by=scene.by("reader"), request_id=request.pk).critical
    assert services.pass_up(by=HOUSE, critical_id=critical.pk) is None

    late(critical)
    services.acknowledge(
        by=scene.by("doctor"), critical_id=critical.pk, version=1, read_back="室颤", action="treated"
    )
    assert services.pass_up(by=HOUSE, critical_id=critical.pk) is None
    assert (called(critical), tasks.pass_up()) == ([], 0)


def test_the_read_back_ends_every_ring_and_is_not_refused_for_a_call(scene):
    duty, *_others = people(scene)
    critical = told(scene)
    tasks.pass_up()
    done = services.acknowledge(
        by=actor_of(duty), critical_id=critical.pk, version=1, read_back="室颤", action="treated"
    )
    assert done.acknowledged_by_id == duty.pk
    assert [waits_at(one) for one in (scene.doctor, duty, scene.reader)] == [[], [], []]


def test_a_chief_from_elsewhere_reads_back_what_she_was_called_for_and_nothing_else(scene):
    *_others, chief = people(scene)
    critical = told(scene)
    by = actor_of(chief)
    with pytest.raises(OutOfReach):
        selectors.critical_page(by=by, critical_id=critical.pk)
    for _time in range(3):
        again(critical)
    page = selectors.critical_page(by=by, critical_id=critical.pk)
    assert (page.may_answer, page.may_read, len(page.calls)) == (True, False, 3)
    assert [row.what for row in selectors.work(by=by).waiting] == ["危急值"]
    other = told(scene)
    assert [row.critical.pk for row in selectors.critical_rows(by=by)] == [critical.pk]
    with pytest.raises(OutOfReach):
        selectors.critical_page(by=by, critical_id=other.pk)


def test_only_the_house_passes_up(scene):
    critical = told(scene)
    with pytest.raises(Refused):
        services.pass_up(by=scene.by("doctor"), critical_id=critical.pk)


def test_a_ward_calls_its_second_line_or_its_senior_doctors(scene):
    ward = make_department(scene.centre)
    doctor = make_staff(Role.SPECIALIST, scene.centre, department=ward)
    senior = make_staff(Role.SPECIALIST, scene.centre, department=ward, title=Title.CHIEF)
    make_staff(Role.SPECIALIST, scene.centre, department=make_department(scene.centre), title=Title.CHIEF)
    critical = told(scene)
    critical.request.source, critical.receiver = scene.centre, doctor

    assert heads(critical) == [senior.pk]
    second = make_staff(Role.SPECIALIST, scene.centre, department=ward)
    make_duty(second, scene.centre, duty=Duty.SECOND_LINE, department=ward)
    assert heads(critical) == [second.pk]


def heads(critical):
    return [one.staff_id for step in ladder(critical) if step.rung == Rung.HEAD for one in step.phones]


def test_a_village_calls_its_township_centre(scene):
    village = make_organisation("village_clinic", parent=scene.branch)
    reviewer = make_staff(Role.BRANCH_REVIEWER, scene.branch)
    critical = told(scene)
    critical.request.source = village
    assert heads(critical) == [reviewer.pk]


def test_where_nobody_can_be_called_the_alarm_rings(scene):
    critical = told(scene)
    row = services.pass_up(by=HOUSE, critical_id=critical.pk)
    assert (called(critical), row.escalations) == ([], 1)
    assert [alarm.subject_id for alarm in Alarm.objects.filter(code="critical.nobody_to_call")] == [
        str(critical.pk)
    ]


def test_the_page_says_who_was_called_and_who_is_next(scene, client):
    people(scene)
    critical = told(scene)
    services.pass_up(by=HOUSE, critical_id=critical.pk)
    page = selectors.critical_page(by=scene.by("reader"), critical_id=critical.pk)
    assert [(call.number, call.telephone) for call in page.calls] == [(1, "10055550011")]
    assert (page.next.rung, page.next_at, page.may_answer) == (Rung.HEAD, page.critical.call_at, False)
    assert [one.tone for one in page.history] == ["bad", "up"]


@pytest.mark.parametrize("number", [1, 3])
def test_the_list_costs_the_same_with_one_and_three(scene, number, django_assert_num_queries):
    people(scene)
    for _each in range(number):
        services.pass_up(by=HOUSE, critical_id=told(scene).pk)
    by = scene.by("doctor")
    with django_assert_num_queries(QUERIES):
        assert len(selectors.critical_rows(by=by)) == number


QUERIES = 8
"""The values, their patients with bases and places, senders, people, calls and whom they reached."""


def test_the_desk_of_who_found_it_counts_it(scene):
    told(scene)
    (tile,) = selectors.work(by=scene.by("reader")).counts
    assert (tile.number, tile.late, tile.url) == (1, 1, reverse("diagnostics:criticals"))
    assert selectors.work(by=make_actor(Role.LEADER, scene.centre)).counts == ()


def test_a_critical_value_never_lies_in_review_untold(scene):
    request = make_draft(
        scene, make_examined(scene, "CT"), impression="张力性气胸", outcome="critical", critical_text="气胸"
    )

    with pytest.raises(Conflict) as error:
        services.submit(by=scene.by("reader"), request_id=request.pk)
    assert error.value.code == "critical_waits_for_nobody"

    report = services.sign(by=scene.by("reader"), request_id=request.pk)
    assert (report.state, CriticalValue.objects.get(request=request).receiver) == (
        "preliminary",
        scene.doctor,
    )
