"""What the doors of referral take and answer."""

from typing import Any

from rest_framework import serializers

from kernel.web.drf import In, KeyIn, PageIn, VersionIn
from referral.choices import AttachmentKind, ConsentBasis, Direction, Event, Priority, Side, Status


class ClockIn(VersionIn):
    """An event only the clock causes: refused from anybody."""

    event = serializers.ChoiceField(choices=Event.choices)


class ReferralsIn(PageIn):
    status = serializers.ChoiceField(choices=Status.choices, required=False)
    direction = serializers.ChoiceField(choices=Direction.choices, required=False)


class AttachmentIn(In):
    """What goes along, by reference: a FHIR resource of this patient."""

    kind = serializers.ChoiceField(choices=AttachmentKind.choices)
    id = serializers.CharField(max_length=64)


class _FormIn(In):
    """The content of the form."""

    target_id = serializers.UUIDField()
    department_id = serializers.UUIDField(required=False)
    priority = serializers.ChoiceField(choices=Priority.choices)
    diagnosis_code = serializers.CharField(max_length=20, required=False, allow_blank=True)
    diagnosis = serializers.CharField(max_length=150)
    reason = serializers.CharField(max_length=100)
    history = serializers.CharField(max_length=300, required=False, allow_blank=True)
    treatment = serializers.CharField(max_length=300, required=False, allow_blank=True)
    consent = serializers.ChoiceField(choices=ConsentBasis.choices, required=False, allow_blank=True)
    opens_protected = serializers.BooleanField(
        required=False,
        help_text="The patient agrees explicitly that specially protected data is shown there too.",
    )
    attachments = serializers.ListField(child=AttachmentIn(), max_length=50, required=False)
    advice_only = serializers.BooleanField(
        required=False, help_text="Only advice is asked for; the patient stays unless she is called."
    )
    criteria = serializers.DictField(
        child=serializers.CharField(max_length=40, allow_blank=True),
        required=False,
        help_text="Answers to the criteria by the names of the table's facts; a tick is `on`.",
    )
    override = serializers.CharField(
        max_length=200, required=False, allow_blank=True, help_text="Why the doctor decides otherwise."
    )

    @staticmethod
    def content(said: dict[str, Any]) -> dict[str, Any]:
        """The fields as `services.draft` and `services.edit` take them."""
        pairs = [(one["kind"], one["id"]) for one in said.get("attachments", [])]
        return {**said, "attachments": pairs}


class ReferralIn(_FormIn, KeyIn):
    """The form of an up leg, as a draft."""

    patient_id = serializers.UUIDField()
    encounter_id = serializers.UUIDField(required=False)


class EditIn(_FormIn, VersionIn):
    """A draft, written again."""


class ReferralRowOut(serializers.Serializer[Any]):
    """One leg in a list."""

    id = serializers.UUIDField(source="referral.id")
    number = serializers.CharField(source="referral.number")
    version = serializers.IntegerField(source="referral.version")
    status = serializers.ChoiceField(choices=Status.choices, source="referral.status")
    direction = serializers.ChoiceField(choices=Direction.choices, source="referral.direction")
    priority = serializers.ChoiceField(choices=Priority.choices, source="referral.priority")
    patient_id = serializers.UUIDField(source="referral.patient_id")
    patient_name = serializers.CharField(source="card.masked_name", default="", help_text="Masked.")
    source_id = serializers.UUIDField(source="referral.source_id")
    source_name = serializers.CharField(source="source")
    target_id = serializers.UUIDField(source="referral.target_id")
    target_name = serializers.CharField(source="target")
    department_id = serializers.UUIDField(source="referral.department_id", allow_null=True)
    department_name = serializers.CharField(source="department")
    mine = serializers.BooleanField(help_text="Whether the leg waits for the caller's side.")
    created_at = serializers.DateTimeField(source="referral.created_at")
    due_at = serializers.DateTimeField(source="referral.due_at", allow_null=True)


class AttachmentOut(serializers.Serializer[Any]):
    kind = serializers.ChoiceField(choices=AttachmentKind.choices)
    id = serializers.CharField(source="resource_id")
    title = serializers.CharField()


class PlanItemOut(serializers.Serializer[Any]):
    """A line of a down leg's plan."""

    id = serializers.UUIDField()
    kind = serializers.CharField()
    turn = serializers.IntegerField()
    turns = serializers.IntegerField()
    text = serializers.CharField()
    due_date = serializers.DateField()
    state = serializers.CharField()
    result = serializers.CharField()
    danger = serializers.BooleanField(help_text="A reading of the visit asks to refer up at once.")


class ReferralOut(ReferralRowOut):
    """One leg. `may`: the events the caller may cause now."""

    source_name = serializers.CharField(source="row.source")
    target_name = serializers.CharField(source="row.target")
    department_name = serializers.CharField(source="row.department")
    mine = serializers.BooleanField(
        source="row.mine", help_text="Whether the leg waits for the caller's side."
    )
    may = serializers.SerializerMethodField()
    diagnosis_code = serializers.CharField(source="referral.diagnosis_code")
    diagnosis = serializers.CharField(source="referral.diagnosis")
    reason = serializers.CharField(source="referral.reason")
    history = serializers.CharField(source="referral.history")
    treatment = serializers.CharField(source="referral.treatment")
    consent = serializers.ChoiceField(choices=[("", ""), *ConsentBasis.choices], source="referral.consent")
    advice_only = serializers.BooleanField(source="referral.advice_only")
    criteria = serializers.DictField(
        source="referral.criteria",
        help_text="What the criteria said when the form was written; empty if not asked.",
    )
    outcome = serializers.CharField(source="referral.outcome")
    advice = serializers.CharField(source="referral.advice")
    reject_code = serializers.CharField(source="referral.reject_code")
    reject_text = serializers.CharField(source="referral.reject_text")
    instead = serializers.CharField(source="referral.instead")
    bed_id = serializers.UUIDField(source="referral.bed_id", allow_null=True)
    pool_id = serializers.UUIDField(source="referral.pool_id", allow_null=True)
    expected_date = serializers.DateField(source="referral.expected_date", allow_null=True)
    encounter_id = serializers.CharField(source="referral.encounter_id")
    doctor = serializers.CharField()
    receiving_doctor = serializers.CharField()
    attachments = AttachmentOut(many=True)
    plan = PlanItemOut(many=True)
    legs = ReferralRowOut(many=True, help_text="The legs this one belongs to.")

    def get_may(self, page: Any) -> list[str]:
        return sorted(page.may)


class CommentIn(KeyIn):
    """One thing said to the other side about a leg."""

    text = serializers.CharField(max_length=1000)


class ReadIn(KeyIn):
    """What was said has been read."""


class CommentOut(serializers.Serializer[Any]):
    """One thing said about a leg; written once, never changed."""

    id = serializers.UUIDField()
    who = serializers.CharField(help_text="Name of the writer.")
    place = serializers.CharField(help_text="The institution she wrote for.")
    side = serializers.ChoiceField(choices=[("branch", "branch"), ("head", "head")])
    own = serializers.BooleanField(help_text="Whether it is of the caller's own side.")
    text = serializers.CharField()
    written_at = serializers.DateTimeField(source="at")
    read_at = serializers.DateTimeField(
        allow_null=True, help_text="When somebody of the other side first saw it; null until then."
    )


class TalkOut(serializers.Serializer[Any]):
    """What both sides said about a leg, the oldest first."""

    open = serializers.BooleanField(help_text="Whether the caller may add to it now.")
    new = serializers.BooleanField(help_text="Whether the other side said something the caller has not read.")
    comments = CommentOut(many=True, source="words")


class EntryOut(serializers.Serializer[Any]):
    """One event of a leg."""

    version = serializers.IntegerField()
    event = serializers.ChoiceField(choices=Event.choices)
    before = serializers.ChoiceField(choices=Status.choices)
    after = serializers.ChoiceField(choices=Status.choices)
    words = serializers.CharField()
    staff_name = serializers.CharField(source="staff.name", default="")
    organisation_name = serializers.CharField(source="organisation.short_name", default="")
    behalf = serializers.CharField(help_text="For whom staff wrote it down; empty otherwise.")
    happened_at = serializers.DateTimeField()
    due_at = serializers.DateTimeField(allow_null=True, help_text="When the state was late from then on.")


class StepOut(serializers.Serializer[Any]):
    """One row of the machine's table: who may cause `event` in `status`, and where it leads."""

    status = serializers.ChoiceField(choices=Status.choices)
    event = serializers.ChoiceField(choices=Event.choices)
    to = serializers.ChoiceField(choices=Status.choices)
    side = serializers.ChoiceField(choices=Side.choices)
    roles = serializers.ListField(child=serializers.CharField())
    fields = serializers.ListField(child=serializers.CharField())  # type: ignore[assignment]  # a name of the answer
