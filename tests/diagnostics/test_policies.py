"""Who may do what, whole and literal."""

import pytest

from consortium.choices import Role
from diagnostics import services
from diagnostics.policies import CRITICAL, REPORT, REQUEST
from tests.factories.consortium import make_actor, make_organisation
from tests.factories.diagnostics import make_draft, make_examined, make_scene

READER = {
    "list",
    "view",
    "attach",
    "claim",
    "release",
    "take_over",
    "write",
    "submit",
    "sign",
    "retake",
    "detach",
}
REVIEWER = READER | {"review", "send_back", "amend"}
TREATING = {"list", "view", "request", "attach", "detach", "cancel"}

MATRIX = [
    (Role.BRANCH_DOCTOR, "source", TREATING | {"register"}, {"view", "acknowledge"}),
    (Role.BRANCH_REVIEWER, "source", TREATING - {"attach"}, {"view", "acknowledge"}),
    (Role.SPECIALIST, "source", TREATING, {"view", "acknowledge"}),
    (Role.SPECIALIST, "centre", {"list", "view"}, set()),
    (Role.TECHNOLOGIST, "source", {"list", "view", "register", "attach", "detach"}, {"view", "acknowledge"}),
    (Role.TECHNOLOGIST, "centre", {"list", "view", "register", "attach", "detach"}, set()),
    (Role.READER, "centre", READER, {"view"}),
    (Role.REVIEWING_READER, "centre", REVIEWER, {"view"}),
    (Role.READER, "source", set(), {"view"}),
    (Role.COORDINATOR, "centre", {"list", "view"}, set()),
    (Role.CASHIER, "source", set(), set()),
    (Role.INSURANCE_CLERK, "source", set(), set()),
    (Role.BRANCH_DOCTOR, "elsewhere", set(), set()),
    (Role.READER, "elsewhere", set(), set()),
    (Role.BED_DESK, "centre", set(), set()),
    (Role.LEADER, "centre", set(), set()),
    (Role.SYSTEM_MANAGER, "centre", set(), set()),
    (Role.AUDIT_MANAGER, "source", set(), set()),
]


def allowed(policy, actor, row):
    return {
        action
        for action in policy.table
        if policy.allows(actor, action) and policy.rows(actor, action).filter(pk=row.pk).exists()
    }


@pytest.mark.django_db
@pytest.mark.parametrize(("role", "side", "request_verbs", "critical_verbs"), MATRIX)
def test_what_each_role_may_do(role, side, request_verbs, critical_verbs):
    scene = make_scene()
    request = make_draft(scene, make_examined(scene), outcome="critical", critical_text="室颤")
    report = services.sign(by=scene.by("reader"), request_id=request.pk)
    places = {"source": scene.branch, "centre": scene.centre, "elsewhere": make_organisation()}
    actor = make_actor(role, places[side])

    assert allowed(REQUEST, actor, request) == request_verbs
    assert allowed(CRITICAL, actor, report.critical) == critical_verbs
    readers_of_reports = (
        {"view"} if request_verbs & {"list"} or (role, side) == (Role.READER, "source") else set()
    )
    assert allowed(REPORT, actor, report) == readers_of_reports
