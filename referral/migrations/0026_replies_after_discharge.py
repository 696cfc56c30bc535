from django.db import migrations, models
from django.db.models import F, Q


class Migration(migrations.Migration):
    dependencies = [("referral", "0025_goals_once")]

    operations = [
        migrations.AddField(
            model_name="referral",
            name="discharged_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddConstraint(
            model_name="referral",
            constraint=models.CheckConstraint(
                condition=Q(discharged_at__isnull=True) | Q(discharged_at__gte=F("arrived_at")),
                name="referral_discharged_after_arriving",
            ),
        ),
        migrations.RemoveField(model_name="referral", name="paper_due_at"),
    ]
