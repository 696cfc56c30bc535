"""The rules alarms are raised by, with the thresholds they begin with. Data only."""

from typing import ClassVar

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

RULES = [
    # code, threshold, minutes, level
    ("watch.mass_reading", 40, 10, 3),
    ("watch.client_reading", 5000, 10, 2),
    ("watch.odd_hours", 5, 60, 2),
    ("watch.enumeration", 20, 10, 3),
    ("watch.searching", 40, 10, 2),
    ("watch.two_places", 2, 10, 3),
    ("watch.refusals", 20, 10, 2),
    ("watch.locked_accounts", 5, 10, 3),
    ("watch.wrong_sign_ins", 30, 10, 2),
]


def begin(apps: Apps, editor: BaseDatabaseSchemaEditor) -> None:
    rule = apps.get_model("kernel", "AlarmRule")
    rule.objects.using(editor.connection.alias).bulk_create(
        rule(code=code, threshold=threshold, minutes=minutes, level=level, enabled=True)
        for code, threshold, minutes, level in RULES
    )


def end(apps: Apps, editor: BaseDatabaseSchemaEditor) -> None:
    apps.get_model("kernel", "AlarmRule").objects.using(editor.connection.alias).filter(
        code__in=[code for code, *_rest in RULES]
    ).delete()


class Migration(migrations.Migration):
    dependencies: ClassVar = [("kernel", "0005_resealing")]

    operations: ClassVar = [migrations.RunPython(begin, end)]
