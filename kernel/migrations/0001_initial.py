"""The floor: three database users, audit chain, outbox, idempotency keys, stored files."""

from typing import ClassVar

import django.db.models.deletion
from django.apps.registry import Apps
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

import kernel.ids
from kernel.database.operations import AppendOnly, AuditMayRead, LockOnly, TakeAway, ThreeUsers

# The head of a lane follows its last entry when the transaction commits, under the owner's rights: the app
# itself may only lock a lane. One rewrite a transaction, however many entries it wrote.
KEEP_HEAD = """
CREATE FUNCTION kernel_keep_head() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
BEGIN
    PERFORM 1 FROM kernel_auditentry WHERE lane = NEW.lane AND sequence > NEW.sequence;
    IF NOT FOUND THEN
        UPDATE kernel_auditlane SET sequence = NEW.sequence, mac = NEW.mac WHERE lane = NEW.lane;
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER keep_head AFTER INSERT ON kernel_auditentry
DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION kernel_keep_head();
"""


def open_lanes(apps: Apps, editor: BaseDatabaseSchemaEditor) -> None:
    """The 64 lanes of the audit chain, each beginning with a head of zeroes."""
    lane = apps.get_model("kernel", "AuditLane")
    lanes = [lane(lane=number, sequence=0, mac=bytes(32)) for number in range(64)]
    lane.objects.using(editor.connection.alias).bulk_create(lanes)


class Migration(migrations.Migration):
    initial = True

    dependencies: ClassVar = []

    operations: ClassVar = [
        ThreeUsers(),
        migrations.CreateModel(
            name="AuditEntry",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=kernel.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("lane", models.PositiveSmallIntegerField()),
                ("sequence", models.BigIntegerField()),
                ("at", models.DateTimeField()),
                ("actor_kind", models.TextField()),
                ("actor_name", models.TextField()),
                ("actor_id", models.UUIDField(null=True)),
                ("post", models.UUIDField(null=True)),
                ("organisation", models.UUIDField(null=True)),
                ("roles", models.TextField()),
                ("session", models.TextField()),
                ("address", models.TextField()),
                ("purpose", models.TextField()),
                ("action", models.TextField()),
                ("outcome", models.TextField()),
                ("subject_kind", models.TextField()),
                ("subject_id", models.TextField()),
                ("patient", models.UUIDField(null=True)),
                ("detail", models.JSONField(default=dict)),
                ("previous", models.BinaryField()),
                ("mac", models.BinaryField()),
            ],
            options={
                "verbose_name_plural": "audit entries",
                "indexes": [
                    models.Index(
                        condition=models.Q(("patient__isnull", False)),
                        fields=["patient", "id"],
                        name="audit_by_patient",
                    ),
                    models.Index(fields=["actor_name", "id"], name="audit_by_actor"),
                    models.Index(
                        condition=models.Q(("subject_id", ""), _negated=True),
                        fields=["subject_id", "id"],
                        name="audit_by_subject",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("lane", "sequence"), name="audit_entry_has_one_place"),
                    models.CheckConstraint(
                        condition=models.Q(("sequence__gt", 0)), name="audit_entry_counts_from_one"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="AuditLane",
            fields=[
                ("lane", models.PositiveSmallIntegerField(primary_key=True, serialize=False)),
                ("sequence", models.BigIntegerField(default=0)),
                ("mac", models.BinaryField()),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("lane__lt", 64)), name="audit_lane_is_one_of_64"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="IdempotencyKey",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("actor", models.TextField()),
                ("verb", models.TextField()),
                ("key", models.TextField()),
                ("subject", models.UUIDField()),
                ("used_at", models.DateTimeField()),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("actor", "verb", "key"), name="idempotency_key_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="OutboxEvent",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("topic", models.TextField()),
                ("stream", models.TextField()),
                ("payload", models.JSONField()),
                ("xid", models.BigIntegerField()),
                ("emitted_at", models.DateTimeField()),
                ("fanned_out_at", models.DateTimeField(null=True)),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("fanned_out_at__isnull", True)),
                        fields=["id"],
                        name="outbox_event_waiting",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="StoredFile",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=kernel.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("name", models.CharField(max_length=200)),
                ("content_type", models.CharField(max_length=100)),
                ("size", models.BigIntegerField()),
                ("sha256", models.BinaryField()),
                ("label", models.PositiveSmallIntegerField()),
                ("sealed", models.BooleanField()),
                ("stored_at", models.DateTimeField()),
                ("stored_by", models.TextField()),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("size__gte", 0)), name="stored_file_size_known"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("label__range", (1, 5))), name="stored_file_label_known"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("label__lt", 4), ("sealed", True), _connector="OR"),
                        name="stored_file_sealed_from_4",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="OutboxDelivery",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("handler", models.TextField()),
                ("stream", models.TextField()),
                ("attempts", models.PositiveIntegerField(default=0)),
                ("due_at", models.DateTimeField()),
                ("done_at", models.DateTimeField(null=True)),
                ("last_error", models.TextField(default="")),
                (
                    "event",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="deliveries",
                        to="kernel.outboxevent",
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "outbox deliveries",
                "indexes": [
                    models.Index(
                        condition=models.Q(("done_at__isnull", True)),
                        fields=["handler", "stream", "event"],
                        name="outbox_delivery_waiting",
                    ),
                    models.Index(
                        condition=models.Q(("done_at__isnull", True)),
                        fields=["event", "id"],
                        name="outbox_delivery_order",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("event", "handler"), name="outbox_delivers_once")
                ],
            },
        ),
        # A head is rewritten with every transaction: room on its page keeps that cheap.
        migrations.RunSQL("ALTER TABLE kernel_auditlane SET (fillfactor = 20)", migrations.RunSQL.noop),
        migrations.RunPython(open_lanes, migrations.RunPython.noop),
        TakeAway("kernel_auditlane", "INSERT, UPDATE, DELETE"),
        LockOnly("kernel_auditlane", "lane"),
        migrations.RunSQL(KEEP_HEAD, "DROP FUNCTION kernel_keep_head() CASCADE"),
        AppendOnly("kernel_auditentry"),
        AuditMayRead("kernel_auditentry"),
        AuditMayRead("kernel_auditlane"),
    ]
