"""What the doors of diagnostics take and answer."""

from typing import Any

from rest_framework import serializers

from diagnostics.choices import (
    CriticalAction,
    FeeState,
    Group,
    Modality,
    Outcome,
    Priority,
    ReportState,
    Status,
)
from kernel.web.drf import LARGEST_NUMBER, WIDEST, In, KeyIn, PageIn, VersionIn


class ExamsIn(PageIn):
    status = serializers.ChoiceField(choices=Status.choices, required=False)
    modality = serializers.ChoiceField(choices=Modality.choices, required=False)


class WorklistIn(In):
    """Which list, and which part of it."""

    group = serializers.ChoiceField(choices=Group.choices)
    tab = serializers.ChoiceField(
        choices=["open", "emergency", "mine", "review", "done"], default="open", required=False
    )
    modality = serializers.ChoiceField(choices=Modality.choices, default="", required=False, allow_blank=True)


class ExamIn(KeyIn):
    """An exam request."""

    patient_id = serializers.UUIDField()
    item_code = serializers.CharField(max_length=20)
    priority = serializers.ChoiceField(choices=Priority.choices, default=Priority.ROUTINE, required=False)
    fee_state = serializers.ChoiceField(choices=FeeState.choices)
    clinical_question = serializers.CharField(max_length=500)
    encounter_id = serializers.UUIDField(required=False)
    anyway = serializers.BooleanField(required=False, help_text="The same exam again is meant.")


class DraftIn(KeyIn):
    """A report being written. Nothing is required: what is missing is said when it is signed."""

    draft_version = serializers.IntegerField(
        min_value=0, max_value=LARGEST_NUMBER, help_text="The draft's version the writer saw; 0 begins one."
    )
    findings = serializers.CharField(max_length=8000, allow_blank=True)
    impression = serializers.CharField(max_length=4000, allow_blank=True)
    advice = serializers.CharField(max_length=500, required=False, allow_blank=True)
    outcome = serializers.ChoiceField(choices=Outcome.choices, required=False, allow_blank=True)
    critical_text = serializers.CharField(max_length=WIDEST, required=False, allow_blank=True)


class ReportIn(In):
    version = serializers.IntegerField(min_value=1, max_value=LARGEST_NUMBER, required=False)


class CriticalsIn(In):
    waiting = serializers.BooleanField(default=True, required=False)


class ReadBackIn(VersionIn):
    """A critical value read back."""

    read_back = serializers.CharField(max_length=WIDEST, help_text="The words of the critical value, again.")
    action = serializers.ChoiceField(choices=CriticalAction.choices)


class ItemOut(serializers.Serializer[Any]):
    """An exam that can be ordered."""

    code = serializers.CharField()
    name = serializers.CharField()
    modality = serializers.ChoiceField(choices=Modality.choices)
    needs_review = serializers.BooleanField()


class _RequestOut(serializers.Serializer[Any]):
    """What every answer says of a request."""

    id = serializers.UUIDField(source="request.id")
    version = serializers.IntegerField(source="request.version")
    status = serializers.ChoiceField(choices=Status.choices, source="request.status")
    accession_number = serializers.CharField(source="request.accession_number")
    patient_id = serializers.UUIDField(source="request.patient_id")
    patient_name = serializers.CharField(source="card.masked_name", default="", help_text="Masked.")
    item_code = serializers.CharField(source="request.item.code")
    item_name = serializers.CharField(source="request.item.name")
    modality = serializers.ChoiceField(choices=Modality.choices, source="request.modality")
    priority = serializers.ChoiceField(choices=Priority.choices, source="request.priority")
    source_id = serializers.UUIDField(source="request.source_id")
    source_name = serializers.CharField(source="source")
    centre_id = serializers.UUIDField(source="request.centre_id")
    requested_at = serializers.DateTimeField(source="request.requested_at")
    due_at = serializers.DateTimeField(source="request.due_at", allow_null=True)


class ExamRowOut(_RequestOut):
    """One line of a list."""

    reader = serializers.CharField(help_text="Who holds the case, or empty.")


class ExamOut(_RequestOut):
    """One exam request."""

    centre_name = serializers.CharField(source="centre")
    requester = serializers.CharField()
    fee_state = serializers.ChoiceField(choices=FeeState.choices, source="request.fee_state")
    clinical_question = serializers.CharField(source="request.clinical_question")
    registered_at = serializers.DateTimeField(source="request.registered_at", allow_null=True)
    examined_at = serializers.DateTimeField(source="request.examined_at", allow_null=True)
    reported_at = serializers.DateTimeField(source="request.reported_at", allow_null=True)
    report_id = serializers.UUIDField(source="request.report_id")
    returned_reason = serializers.CharField(source="request.returned_reason")
    cancel_reason = serializers.CharField(source="request.cancel_reason")


class DraftOut(serializers.Serializer[Any]):
    """The draft as it was kept."""

    version = serializers.IntegerField()
    findings = serializers.CharField()
    impression = serializers.CharField()
    advice = serializers.CharField()
    outcome = serializers.ChoiceField(choices=[("", ""), *Outcome.choices])
    critical_text = serializers.CharField()
    saved_at = serializers.DateTimeField()


class ReadingOut(_RequestOut):
    """A case as its reader sees it. `can`: the steps that would be taken now."""

    requester = serializers.CharField()
    holder = serializers.CharField()
    can = serializers.SerializerMethodField()
    draft = DraftOut(allow_null=True)

    def get_can(self, reading: Any) -> list[str]:
        return sorted(reading.can)


class ReportOut(serializers.Serializer[Any]):
    """One signed version of a report."""

    id = serializers.UUIDField(source="request.report_id")
    version = serializers.IntegerField(source="report.version")
    newest = serializers.BooleanField()
    state = serializers.ChoiceField(choices=ReportState.choices, source="report.state")
    request_id = serializers.UUIDField(source="request.id")
    patient_id = serializers.UUIDField(source="request.patient_id")
    patient_name = serializers.CharField(source="card.masked_name", help_text="Masked.")
    findings = serializers.CharField(source="report.findings")
    impression = serializers.CharField(source="report.impression")
    advice = serializers.CharField(source="report.advice")
    outcome = serializers.ChoiceField(choices=Outcome.choices, source="report.outcome")
    critical_text = serializers.CharField(source="report.critical_text")
    writer = serializers.CharField()
    reviewer = serializers.CharField()
    centre_name = serializers.CharField(source="centre")
    source_name = serializers.CharField(source="source")
    signed_at = serializers.DateTimeField(source="report.signed_at")
    signature_algorithm = serializers.CharField(source="report.signature_algorithm")
    signature = serializers.CharField(source="report.signature")


class CriticalOut(serializers.Serializer[Any]):
    """A critical value."""

    id = serializers.UUIDField()
    version = serializers.IntegerField()
    request_id = serializers.UUIDField()
    patient_id = serializers.UUIDField(source="request.patient_id")
    text = serializers.CharField()
    raised_at = serializers.DateTimeField()
    due_at = serializers.DateTimeField()
    escalations = serializers.IntegerField(help_text="How often somebody further up was called.")
    acknowledged_at = serializers.DateTimeField(allow_null=True)
    action = serializers.CharField()
