from typing import ClassVar

from django.db import migrations

from emr.repository.ddl import IS_FHIR_ID

WAS = "id ~ '^[A-Za-z0-9.-]{1,64}$'"
CHECK = """
ALTER TABLE emr_resource DROP CONSTRAINT resource_id_is_a_fhir_id,
    ADD CONSTRAINT resource_id_is_a_fhir_id CHECK ({})
"""


class Migration(migrations.Migration):
    dependencies: ClassVar = [("emr", "0012_without_document")]

    operations: ClassVar = [migrations.RunSQL(CHECK.format(IS_FHIR_ID), CHECK.format(WAS))]
