"""What somebody has: a known device, a passkey, a certificate on a USB key."""

from django.db import models
from django.db.models import Q

from kernel import ids


class KnownDevice(models.Model):
    """A browser on which a person once showed a second factor. `mark`: MAC of its cookie and the person.

    The cookie alone is worth nothing without the row, the row nothing without the cookie.
    """

    id = models.UUIDField(primary_key=True, default=ids.uuid7, editable=False)
    staff = models.ForeignKey("consortium.Staff", on_delete=models.PROTECT, related_name="known_devices")
    mark = models.BinaryField(max_length=32)
    factor_at = models.DateTimeField()
    agent = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["staff", "mark"], name="known_device_once_per_person")]

    def __str__(self) -> str:
        return f"device {self.pk}"


class Passkey(models.Model):
    """A WebAuthn credential (通行密钥): a key pair on a phone, PC or USB key that checks finger, face or PIN itself."""

    id = models.UUIDField(primary_key=True, default=ids.uuid7, editable=False)
    staff = models.ForeignKey("consortium.Staff", on_delete=models.PROTECT, related_name="passkeys")
    name = models.CharField(max_length=40)
    credential = models.BinaryField(max_length=1023, unique=True)
    public_key = models.BinaryField()
    sign_count = models.BigIntegerField(default=0)
    transports = models.CharField(max_length=100, blank=True)
    backed_up = models.BooleanField(default=False)
    created_at = models.DateTimeField(auto_now_add=True)
    used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(name=""), name="passkey_has_a_name"),
            models.CheckConstraint(condition=Q(sign_count__gte=0), name="passkey_counts_upwards"),
        ]

    def __str__(self) -> str:
        return self.name


class Certificate(models.Model):
    """The certificate on somebody's USB key (SM2), known by the SM3 of its bytes; seen by the gateway, not by us."""

    id = models.UUIDField(primary_key=True, default=ids.uuid7, editable=False)
    staff = models.ForeignKey("consortium.Staff", on_delete=models.PROTECT, related_name="certificates")
    fingerprint = models.BinaryField(max_length=32)
    subject = models.CharField(max_length=200)
    serial = models.CharField(max_length=64)
    not_after = models.DateTimeField()
    bound_at = models.DateTimeField(auto_now_add=True)
    bound_by = models.CharField(max_length=60)
    revoked_at = models.DateTimeField(null=True, blank=True)
    revoked_by = models.CharField(max_length=60, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["fingerprint"], condition=Q(revoked_at__isnull=True), name="certificate_of_one_person"
            ),
            models.CheckConstraint(
                condition=Q(revoked_at__isnull=True, revoked_by="")
                | (Q(revoked_at__isnull=False) & ~Q(revoked_by="")),
                name="certificate_revoked_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return self.serial
