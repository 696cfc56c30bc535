"""Alarms (告警): the security managers are told, one of them takes it over and closes it with a finding."""

from typing import Final
from uuid import UUID

from django.db import transaction

from consortium import selectors
from consortium.choices import Role
from consortium.services.notices import Recipients, notify
from kernel import alarms, audit
from kernel.actor import Actor
from kernel.models import Alarm

PAGE: Final = "/security/alarms/"


def notice_key(alarm_id: UUID) -> str:
    return f"alarm:{alarm_id}"


@transaction.atomic
def tell_alarm(*, by: Actor, alarm_id: UUID) -> int:
    """Tell every security manager of the county once; how many were told."""
    alarm = Alarm.objects.get(pk=alarm_id)
    audit.record(by=by, action="consortium.alarm_told", subject=alarm, detail={"code": alarm.code})
    return notify(
        by=by,
        key=notice_key(alarm_id),
        recipients=Recipients(staff=selectors.everywhere(Role.SECURITY_MANAGER)),
        level=alarm.level,
        title=alarms.name(alarm.code),
        url=f"{PAGE}{alarm_id}/",
    )
