"""How people prove who they are, and the sessions that follow from it."""

from django.db import models
from django.db.models import Q

from consortium.choices import Ending, Factor
from kernel import ids


class TotpDevice(models.Model):
    """A person's authenticator app (RFC 6238). `last_step` is the last 30 s step accepted: none works twice."""

    id = models.UUIDField(primary_key=True, default=ids.uuid7, editable=False)
    staff = models.OneToOneField("consortium.Staff", on_delete=models.PROTECT, related_name="totp")
    secret_sealed = models.BinaryField()
    last_step = models.BigIntegerField(default=0)
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return f"totp {self.pk}"


class RecoveryCode(models.Model):
    """One of ten codes shown once at enrolment; each replaces the authenticator one time."""

    id = models.UUIDField(primary_key=True, default=ids.uuid7, editable=False)
    staff = models.ForeignKey("consortium.Staff", on_delete=models.PROTECT, related_name="recovery_codes")
    code_hash = models.BinaryField(max_length=32)
    used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["staff", "code_hash"], name="recovery_code_is_unique_for_its_owner"
            )
        ]

    def __str__(self) -> str:
        return f"recovery code {self.pk}"


class PastPassword(models.Model):
    """An earlier password hash, so that the last five are not used again."""

    id = models.UUIDField(primary_key=True, default=ids.uuid7, editable=False)
    staff = models.ForeignKey("consortium.Staff", on_delete=models.PROTECT, related_name="past_passwords")
    password = models.CharField(max_length=128)
    replaced_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return f"past password {self.pk}"


class Throttle(models.Model):
    """Failures counted for one account name or one source address, known or not, under a keyed index."""

    id = models.UUIDField(primary_key=True, default=ids.uuid7, editable=False)
    kind = models.CharField(max_length=10, choices=[("account", "account"), ("source", "source")])
    index = models.BinaryField(max_length=32)
    failures = models.PositiveIntegerField(default=0)
    since_at = models.DateTimeField()
    locked_until = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["kind", "index"], name="throttle_one_per_subject")]

    def __str__(self) -> str:
        return f"{self.kind} {self.failures}"


class StaffSession(models.Model):
    """One sign-in on one device, acting in one post. Locked after idling, ended by its owner or by the house.

    `proved_at`: when two factors (or a passkey) were last shown in it; `until_at`: when the second factor is asked
    again; `browser`: the key of the browser's own session, so that ending wipes that too.
    """

    id = models.UUIDField(primary_key=True, default=ids.uuid7, editable=False)
    staff = models.ForeignKey("consortium.Staff", on_delete=models.PROTECT, related_name="sessions")
    post = models.ForeignKey(
        "consortium.Post", on_delete=models.PROTECT, null=True, blank=True, related_name="sessions"
    )
    started_at = models.DateTimeField(auto_now_add=True)
    seen_at = models.DateTimeField()
    proved_at = models.DateTimeField(null=True, blank=True)
    until_at = models.DateTimeField(null=True, blank=True)
    factor = models.CharField(max_length=20, choices=Factor, blank=True)
    locked_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    ending = models.CharField(max_length=20, choices=Ending, blank=True)
    address = models.CharField(max_length=45, blank=True)
    agent = models.CharField(max_length=200, blank=True)
    browser = models.CharField(max_length=40, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True, ending="")
                | Q(ended_at__isnull=False, ending__in=Ending.values),
                name="session_ended_for_a_reason",
            ),
        ]
        indexes = [models.Index(fields=["staff", "-started_at"], name="session_by_staff")]

    def __str__(self) -> str:
        return f"session {self.pk}"


class KeptForm(models.Model):
    """What somebody had typed when the session was over: sealed, for that account alone, offered again."""

    id = models.UUIDField(primary_key=True, default=ids.uuid7, editable=False)
    staff = models.ForeignKey("consortium.Staff", on_delete=models.PROTECT, related_name="kept_forms")
    path = models.CharField(max_length=500)
    sealed = models.BinaryField()
    kept_at = models.DateTimeField(auto_now_add=True)
    settled_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["staff", "-kept_at"], name="kept_form_by_staff")]

    def __str__(self) -> str:
        return f"kept form {self.pk}"
