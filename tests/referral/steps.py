"""How each event of a leg is ordered by somebody who may, with input that is right; and legs in any state."""

from collections import deque
from collections.abc import Callable
from datetime import timedelta
from functools import cache
from typing import Any

from consortium.choices import OrganisationKind, Role, Title
from kernel import clock
from kernel.actor import Actor
from referral import services
from referral.choices import TRANSITIONS, Direction, Event, PlanLine, Side, Status, fits
from referral.models import Referral
from tests.factories.consortium import make_actor, make_bed, make_department, make_organisation
from tests.factories.emr import make_patient

CHIEF = Title.ASSOCIATE_CHIEF
REASON = {"code": "R01", "text": "无床", "instead": "请留院观察"}
CLOCKS = frozenset(event for (_, event), step in TRANSITIONS.items() if step.side == Side.SYSTEM)


def _follow_up(leg: Referral) -> dict[str, str]:
    """No plan, with the reason; a plan that came down with the patient is followed to its end."""
    if leg.plan.filter(state="due").exists():
        return {"follow_up": "plan"}
    return {"follow_up": "none", "no_plan": "cured", "no_plan_words": "恢复良好"}


def make_leg(direction: str = Direction.UP, **content: Any) -> Referral:
    """A draft between two institutions of its own, of a patient who is nobody else's."""
    hospital, branch = make_organisation(kind=OrganisationKind.HEAD_HOSPITAL), make_organisation()
    make_bed(make_department(hospital))
    words = {
        "priority": "urgent",
        "diagnosis": "完全性房室传导阻滞",
        "reason": "黑蒙 2 小时",
        "consent": "patient",
    }
    patient = make_patient(organisation=branch)
    leg = services.draft(
        by=make_actor(Role.BRANCH_DOCTOR, branch),
        key="",
        patient_id=patient.pk,
        target_id=hospital.pk,
        **{**words, **content},
    )
    if direction != Direction.UP:
        leg.direction = direction
        leg.save(update_fields=["direction"])
    return leg


def actor_for(leg: Referral, event: Event) -> Actor:
    """Somebody of the side and post the table names for the event, with a title that may review."""
    rows = [step for (_, name), step in TRANSITIONS.items() if name == event]
    step = next(
        (row for (where, name), row in TRANSITIONS.items() if (where, name) == (leg.status, event)), rows[0]
    )
    place = leg.target if step.side == Side.RECEIVER else leg.source
    return make_actor(step.roles[0], place, title=CHIEF)


def arguments(leg: Referral, event: Event) -> dict[str, Any]:
    """Input of the event that is right for this leg."""
    ward = leg.target.departments.order_by("code").first() or make_department(leg.target)
    elsewhere: dict[str, Callable[[], Any]] = {
        Event.ACCEPT: lambda: {"department_id": ward.pk},
        Event.SCHEDULE: lambda: {"bed_id": bed_in(leg, ward)},
        Event.RESCHEDULE: lambda: {"bed_id": bed_in(leg, ward)},
        Event.ARRIVE: lambda: {"identity_checked": True, "department_id": ward.pk},
        Event.WAITLIST: lambda: {"expected_date": clock.today() + timedelta(days=3)},
        Event.REQUEST_INFO: lambda: {"items": ["心电图", "用药清单"]},
        Event.SUPPLY_INFO: lambda: {"answer": "已补充"},
        Event.ADVISE: lambda: {"advice": "调整用药，一周后复诊"},
        Event.ADMIT: lambda: {"complaint": "头晕"},
        Event.COMPLETE_CARE: lambda: {"outcome": "好转", "advice": "一周后拆线", **_follow_up(leg)},
        Event.CONFIRM_READY: lambda: {"ready": "急诊抢救室 王医生"},
        Event.DEATH: lambda: {"words": "转运途中"},
        Event.START_REHAB: lambda: {"plan": [PlanLine("电话随访", clock.today())]},
        Event.START_DOWN_LEG: lambda: {
            "plan": [PlanLine("拆线", clock.today())],
            "medicines": [],
            "no_medicines": True,
        },
        **dict.fromkeys((Event.REJECT, Event.REVOKE, Event.REFUSE_ON_ARRIVAL), lambda: dict(REASON)),
        **dict.fromkeys((Event.EMERGENCY_SEND, Event.START_TRANSFER), lambda: {"eta_minutes": 40}),
        **dict.fromkeys(
            (Event.REDIRECT, Event.DIVERT, Event.REFER_ONWARD),
            lambda: {"target_id": make_organisation().pk, "text": "需上级医院"},
        ),
        **dict.fromkeys(
            (Event.WITHDRAW, Event.SEND_BACK, Event.TURN_BACK, Event.PATIENT_DECLINE, Event.CLOSE_NO_SHOW,
             Event.VOID, Event.RE_ESCALATE),
            lambda: {"reason": "家属改变主意"},
        ),
    }  # fmt: skip
    return elsewhere.get(event, dict)()


def bed_in(leg: Referral, ward: Any) -> Any:
    """A fresh bed in the leg's department."""
    return make_bed(leg.department or ward).pk


def order(leg: Referral, event: Event, by: Actor | None = None) -> Any:
    """Cause an event of a person; answers what the verb answers."""
    by = by or actor_for(leg, event)
    if event == Event.LOG_VISIT:
        item = leg.plan.order_by("state", "-place").last() or unrelated_item(leg)
        return services.log_visit(by=by, item_id=item.pk, version=leg.version, key="", result="好")
    return services.VERBS[event](
        by=by, referral_id=leg.pk, version=leg.version, key="", **arguments(leg, event)
    )


def unrelated_item(leg: Referral) -> Any:
    return leg.plan.create(place=1, text="拆线", due_date=clock.today())


def tick(leg: Referral, event: Event) -> None:
    """Let the clock of the leg run out so that it causes `event`."""
    leg.call_at = clock.now()
    leg.due_at = min(leg.due_at or leg.call_at, leg.call_at)
    leg.escalations = 2 if event == Event.EXPIRE and leg.status == Status.INFO_REQUESTED else 0
    leg.save(update_fields=["due_at", "call_at", "escalations"])
    services.run_late(by=Actor.system("referral"), referral_id=leg.pk)


def cause(leg: Referral, event: Event) -> Referral:
    """Cause any event, the clock's included; the leg as it stands afterwards."""
    if event in CLOCKS:
        tick(leg, event)
    else:
        order(leg, event)
    leg.refresh_from_db()
    return leg


@cache
def path_to(status: Status, direction: str) -> tuple[Event, ...]:
    """The shortest way from a draft to a state."""
    todo: deque[tuple[Status, tuple[Event, ...]]] = deque([(Status.DRAFT, ())])
    seen = {Status.DRAFT}
    while todo:
        here, way = todo.popleft()
        if here == status:
            return way
        for (where, event), step in TRANSITIONS.items():
            if where == here and step.to not in seen and fits(event, direction):
                seen.add(Status(step.to))
                todo.append((Status(step.to), (*way, event)))
    raise LookupError(status)


def at(status: Status) -> Referral:
    """A leg brought to `status` by its verbs."""
    direction = Direction.DOWN if status == Status.REHAB_ACTIVE else Direction.UP
    leg = make_leg(direction)
    for event in path_to(status, direction):
        leg = cause(leg, event)
    assert leg.status == status
    return leg
