"""Consents and their versions, family-doctor contracts, requests of persons."""

from django.db import models
from django.db.models import F, Q

from emr.access.choices import Purpose
from emr.consent.choices import ConsentStatus, Decision, Evidence, Giver, RequestKind, RequestStatus, Scope
from kernel import ids


class Consent(models.Model):
    """A person's yes or no to one use of her record (知情同意). `version` names the row that holds today's terms."""

    id = models.UUIDField(primary_key=True, default=ids.uuid7, editable=False)
    version = models.PositiveIntegerField(default=1)
    patient = models.ForeignKey("emr.Patient", on_delete=models.PROTECT, related_name="consents")
    organisation = models.ForeignKey("consortium.Organisation", on_delete=models.PROTECT, related_name="+")
    status = models.CharField(max_length=12, choices=ConsentStatus, default=ConsentStatus.ACTIVE)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(status__in=ConsentStatus.values), name="consent_status_known"),
        ]
        indexes = [models.Index(fields=["patient", "-id"], name="consent_of_patient")]

    def __str__(self) -> str:
        return f"{self.status} {self.pk}"


class ConsentVersion(models.Model):
    """What was said when: scope × purpose × period × institution. Append-only.

    `organisation` empty: every institution of the consortium. `separate`: the separate consent the law wants for
    specially protected data. `giver_sealed`: name of a guardian or agent. `scan`: the signed paper as it was scanned.
    """

    id = models.UUIDField(primary_key=True, default=ids.uuid7, editable=False)
    consent = models.ForeignKey(Consent, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    status = models.CharField(max_length=12, choices=ConsentStatus)
    decision = models.CharField(max_length=10, choices=Decision)
    scope = models.CharField(max_length=12, choices=Scope)
    purpose = models.CharField(max_length=20, choices=Purpose)
    organisation = models.ForeignKey(
        "consortium.Organisation", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    since_at = models.DateTimeField()
    until_at = models.DateTimeField(null=True, blank=True)
    separate = models.BooleanField(default=False)
    giver = models.CharField(max_length=10, choices=Giver)
    giver_sealed = models.BinaryField(null=True, blank=True)
    evidence = models.CharField(max_length=12, choices=Evidence)
    evidence_reference = models.CharField(max_length=120)
    scan = models.OneToOneField(
        "kernel.StoredFile", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    said_at = models.DateTimeField()
    recorded_by = models.CharField(max_length=150)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["consent", "number"], name="consent_version_numbered_once"),
            models.CheckConstraint(condition=Q(decision__in=Decision.values), name="consent_decision_known"),
            models.CheckConstraint(condition=Q(scope__in=Scope.values), name="consent_scope_known"),
            models.CheckConstraint(condition=Q(purpose__in=Purpose.values), name="consent_purpose_known"),
            models.CheckConstraint(
                condition=Q(until_at__isnull=True) | Q(until_at__gt=F("since_at")),
                name="consent_ends_after_it_begins",
            ),
            models.CheckConstraint(
                condition=~Q(scope=Scope.SENSITIVE, decision=Decision.PERMIT) | Q(separate=True),
                name="consent_to_sensitive_data_is_separate",
            ),
            models.CheckConstraint(
                condition=Q(giver=Giver.SELF) | Q(giver_sealed__isnull=False),
                name="consent_of_another_names_her",
            ),
            models.CheckConstraint(condition=~Q(evidence_reference=""), name="consent_is_proved"),
        ]

    def __str__(self) -> str:
        return f"{self.decision} {self.number}"


class Contract(models.Model):
    """A person has signed with a family-doctor team (家庭医生签约). `until` is the first day it no longer counts."""

    id = models.UUIDField(primary_key=True, default=ids.uuid7, editable=False)
    version = models.PositiveIntegerField(default=1)
    patient = models.ForeignKey("emr.Patient", on_delete=models.PROTECT, related_name="contracts")
    organisation = models.ForeignKey("consortium.Organisation", on_delete=models.PROTECT, related_name="+")
    team = models.CharField(max_length=60)
    doctor = models.ForeignKey("consortium.Staff", on_delete=models.PROTECT, related_name="+")
    since_date = models.DateField()
    until_date = models.DateField()
    signed_at = models.DateTimeField()
    signed_by = models.CharField(max_length=150)
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.CharField(max_length=150, blank=True)
    ended_reason = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(until_date__gt=F("since_date")), name="contract_ends_after_it_begins"
            ),
            models.CheckConstraint(condition=~Q(team=""), name="contract_names_its_team"),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True, ended_by="")
                | (Q(ended_at__isnull=False) & ~Q(ended_by="")),
                name="contract_ended_by_and_at",
            ),
        ]
        indexes = [
            models.Index(fields=["patient", "-since_date"], name="contract_of_patient"),
            models.Index(
                fields=["organisation", "until_date"],
                condition=Q(ended_at__isnull=True),
                name="contract_running",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.team} {self.since_date}"


class PersonRequest(models.Model):
    """What a person asks of those who keep her data (个人信息权利请求), with the day the answer is due."""

    id = models.UUIDField(primary_key=True, default=ids.uuid7, editable=False)
    version = models.PositiveIntegerField(default=1)
    patient = models.ForeignKey("emr.Patient", on_delete=models.PROTECT, related_name="requests")
    organisation = models.ForeignKey("consortium.Organisation", on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=10, choices=RequestKind)
    giver = models.CharField(max_length=10, choices=Giver)
    text = models.CharField(max_length=500, blank=True)
    status = models.CharField(max_length=10, choices=RequestStatus, default=RequestStatus.OPEN)
    received_at = models.DateTimeField()
    received_by = models.CharField(max_length=150)
    due_date = models.DateField()
    answer = models.TextField(max_length=2000, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    answered_by = models.CharField(max_length=150, blank=True)
    exported_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=RequestKind.values), name="request_kind_known"),
            models.CheckConstraint(condition=Q(status__in=RequestStatus.values), name="request_status_known"),
            models.CheckConstraint(
                condition=Q(status=RequestStatus.OPEN, answered_at__isnull=True, answer="")
                | (~Q(status=RequestStatus.OPEN) & Q(answered_at__isnull=False) & ~Q(answer="")),
                name="request_answered_in_words",
            ),
            models.CheckConstraint(
                condition=~Q(kind=RequestKind.ERASE, status=RequestStatus.GRANTED),
                name="request_for_erasure_is_never_granted",
            ),
        ]
        indexes = [
            models.Index(
                fields=["organisation", "due_date", "id"],
                condition=Q(status=RequestStatus.OPEN),
                name="request_waiting",
            ),
            models.Index(fields=["patient", "-received_at"], name="request_of_patient"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.status}"
