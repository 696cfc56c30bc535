from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("consortium", "0012_notices_told_again"),
    ]

    operations = [
        migrations.AddField(
            model_name="notification",
            name="said",
            field=models.JSONField(blank=True, default=dict),
        ),
    ]
