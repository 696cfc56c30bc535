"""A case knows its group, the parts that differ, and which comparison showed it last."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("insurance_bridge", "0005_no_plain_psn_no")]

    operations = [
        migrations.AddField(
            model_name="case",
            name="group",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="cases",
                to="insurance_bridge.group",
            ),
        ),
        migrations.AddField(model_name="case", name="ours_fund", field=models.BigIntegerField(default=0)),
        migrations.AddField(model_name="case", name="theirs_fund", field=models.BigIntegerField(default=0)),
        migrations.AddField(model_name="case", name="ours_account", field=models.BigIntegerField(default=0)),
        migrations.AddField(
            model_name="case", name="theirs_account", field=models.BigIntegerField(default=0)
        ),
        migrations.AddField(model_name="case", name="seen", field=models.PositiveIntegerField(default=0)),
    ]
