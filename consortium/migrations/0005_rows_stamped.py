"""Posts and API clients that were there before rows carried a MAC get theirs."""

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from kernel import guarded

GUARDED = {
    "Post": (
        "staff", "role", "organisation", "department", "below", "clearance", "period", "given_by", "ended_by",
    ),
    "ApiClient": (
        "client_id", "organisation", "below", "scopes", "clearance", "secret_hash", "generation", "is_active",
    ),
}  # fmt: skip


def stamp(apps: Apps, editor: BaseDatabaseSchemaEditor) -> None:
    """Only rows without a MAC: one that has another stays as it is, and is found."""
    for name, columns in GUARDED.items():
        model = apps.get_model("consortium", name)
        rows = list(model.objects.using(editor.connection.alias).filter(row_mac=b""))
        model.objects.using(editor.connection.alias).bulk_update(
            guarded.stamp(rows, columns), ["row_mac"], batch_size=500
        )


class Migration(migrations.Migration):
    dependencies = [("consortium", "0004_identity")]

    operations = [migrations.RunPython(stamp, migrations.RunPython.noop)]
