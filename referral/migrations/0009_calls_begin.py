"""The clock comes to every leg that runs when it is late, as it did before it had a time of its own."""

from typing import Any

from django.db import migrations
from django.db.models import F


def begin(apps: Any, editor: Any) -> None:
    legs = apps.get_model("referral", "Referral").objects.filter(due_at__isnull=False, call_at__isnull=True)
    legs.update(call_at=F("due_at"))


class Migration(migrations.Migration):
    dependencies = [("referral", "0008_clock")]

    operations = [migrations.RunPython(begin, migrations.RunPython.noop)]
