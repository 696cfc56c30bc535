"""The FHIR repository: partitioned resources, append-only history, identifiers."""

from django.db import migrations

from emr.repository import ddl
from emr.repository.choices import BUSY
from kernel.database.operations import AppendOnly

MONTHS = list(ddl.months(2026, 11, 14))
HISTORY_TABLES = [
    "emr_resource_history",
    "emr_history_other",
    *(name for name, _, _ in MONTHS),
]
UNMAKE = "DROP TABLE IF EXISTS emr_ident, emr_resource_history, emr_resource CASCADE"


class Migration(migrations.Migration):
    dependencies = [("emr", "0001_initial"), ("kernel", "0001_initial")]

    operations = [
        migrations.RunSQL([ddl.RESOURCE, *ddl.kind_partitions(BUSY)], UNMAKE),
        migrations.RunSQL(
            [
                ddl.HISTORY,
                "CREATE TABLE emr_history_other PARTITION OF emr_resource_history DEFAULT",
                *(ddl.month_partition(*month) for month in MONTHS),
            ],
            migrations.RunSQL.noop,
        ),
        *(AppendOnly(table) for table in HISTORY_TABLES),
    ]
