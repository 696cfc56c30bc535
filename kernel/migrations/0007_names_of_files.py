"""What people called a file often names the patient: only the ending is kept."""

from typing import ClassVar

from django.db import migrations

SHORTEN = r"""
UPDATE kernel_storedfile
SET name = 'file' || coalesce(lower(substring(name from '\.[A-Za-z][A-Za-z0-9]{0,5}$')), '')
"""


class Migration(migrations.Migration):
    dependencies: ClassVar = [("kernel", "0006_alarm_rules")]

    operations: ClassVar = [migrations.RunSQL(SHORTEN, migrations.RunSQL.noop)]
