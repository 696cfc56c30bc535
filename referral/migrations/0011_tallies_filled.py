"""Legs that were sent before there were tallies are counted too."""

from django.db import migrations
from django.db.models import Min, Q

from referral.engine import icd10

SENT = ("submit", "approve", "emergency_send")
MARKS = {
    "sent_at": SENT,
    "answered_at": ("accept", "reject", "redirect", "advise", "confirm_ready"),
    "taken_at": ("accept", "confirm_ready", "arrive"),
    "asked_at": ("request_info",),
    "refused_at": ("reject",),
    "revoked_at": ("revoke",),
    "turned_away_at": ("refuse_on_arrival",),
    "advised_at": ("advise",),
    "passed_on_at": ("redirect", "divert"),
    "kept_at": ("schedule",),
    "missed_at": ("mark_no_show",),
    "arrived_at": ("arrive",),
    "replied_at": ("complete_care",),
    "read_at": ("acknowledge", "start_down_leg"),
    "sent_down_at": ("start_down_leg",),
    "onward_at": ("refer_onward",),
    "followed_at": ("start_rehab",),
    "finished_at": ("finish_plan",),
}
ENDS = (
    "closed", "rejected", "managed_locally", "redirected", "cancelled", "expired", "died", "entered_in_error",
)  # fmt: skip


def fill(apps, schema_editor):
    """One tally for each leg that has a history."""
    tally, entry = apps.get_model("referral", "Tally"), apps.get_model("referral", "HistoryEntry")
    moments = {name: Min("happened_at", filter=Q(event__in=events)) for name, events in MARKS.items()}
    moments["ended_at"] = Min("happened_at", filter=Q(after__in=ENDS))
    rows = entry.objects.order_by().values("referral").annotate(**moments)
    known = {row.pop("referral"): row for row in rows.iterator()}
    legs = (
        apps.get_model("referral", "Referral")
        .objects.select_related("target")
        .filter(pk__in=known)
        .order_by("pk")
    )
    tally.objects.bulk_create(
        (_of(tally, leg, known[leg.pk]) for leg in legs.iterator(chunk_size=2000)), batch_size=2000
    )


def _of(tally, leg, moments):
    down = leg.direction == "down"
    return tally(
        referral_id=leg.pk,
        status=leg.status,
        direction=leg.direction,
        source_id=leg.source_id,
        target_id=leg.target_id,
        branch_id=leg.target_id if down else leg.source_id,
        ward_id=leg.source_department_id if down else leg.department_id,
        doctor_id=leg.doctor_id,
        chapter=icd10.chapter_of(leg.diagnosis_code),
        block=icd10.block_of(leg.diagnosis_code),
        outside=leg.target.kind == "outside",
        reject_code=leg.reject_code,
        **moments,
    )


class Migration(migrations.Migration):
    dependencies = [("referral", "0010_tallies")]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
