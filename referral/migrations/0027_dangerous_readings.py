"""A visit that measured what asks to refer up at once is marked."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("referral", "0026_replies_after_discharge"),
    ]

    operations = [
        migrations.AddField(
            model_name="planitem",
            name="danger",
            field=models.BooleanField(default=False),
        ),
    ]
