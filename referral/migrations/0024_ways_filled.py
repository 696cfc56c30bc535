"""What was counted before is told which way it went and why nothing followed."""

from django.db import migrations
from django.db.models import F, OuterRef, Subquery


def fill(apps, schema_editor):
    """The new columns of every tally, from its leg."""
    tally, leg = apps.get_model("referral", "Tally"), apps.get_model("referral", "Referral")
    onward = leg.objects.filter(parent__target=F("source")).exclude(parent__direction="down")
    tally.objects.filter(referral__in=onward).update(goes_on=True)
    tally.objects.filter(referral__in=leg.objects.filter(doctor=None)).update(inbound=True)
    why = leg.objects.filter(pk=OuterRef("pk")).values("no_plan")[:1]
    told = leg.objects.exclude(no_plan="")
    tally.objects.filter(referral__in=told).update(no_plan=Subquery(why))


class Migration(migrations.Migration):
    dependencies = [("referral", "0023_goals_and_ways")]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
