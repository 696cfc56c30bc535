"""A goal is written once: what counted when stays readable."""

from django.db import migrations

from kernel.database.operations import AppendOnly


class Migration(migrations.Migration):
    dependencies = [("referral", "0024_ways_filled")]

    operations = [AppendOnly("referral_indicatorgoal")]
