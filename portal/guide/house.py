"""What the three managers do here, step by step."""

from typing import Final

from django.utils.translation import gettext_lazy as _

from portal.guide.jobs import Job

HOUSE: Final = (
    Job(
        _("Accounts"),
        "/ops/",
        "consortium.staff.create",
        (
            _("“New account”: type the person's data, give the one-time password in person."),
            _("What the account may do is given by the security managers, never by you."),
            _("Password forgotten, account locked: find the account, check who asks, help."),
        ),
    ),
    Job(
        _("Is everything running?"),
        "/ops/",
        "consortium.throttle.view",
        (_("Red stands on top: what is down, since when, how much waits. The handbook says what to do."),),
    ),
    Job(
        _("Institutions, departments, beds and devices"),
        "/ops/places/",
        "consortium.department.register",
        (
            _("Find the institution by name, initials or code; open it, or press “New institution”."),
            _("Add a department, open it and add its beds: 3-01 to 3-20 are twenty at once."),
            _("A new CT sends images once its AE title is registered under “New device”."),
            _("Nothing is deleted: it closes once no bed, post or open referral hangs on it."),
        ),
    ),
    Job(
        _("Give and take rights"),
        "/security/",
        "consortium.change.decide",
        (
            _(
                "What another one proposed waits here. Look at who, what, where; approve or reject with a reason."
            ),
            _("Nobody approves a proposal of one's own."),
        ),
    ),
    Job(
        _("Watch break-glass and alarms"),
        "/security/breakglass/",
        "emr.breakglass.oversee",
        (_("You see who, when and why, never whose record. Ask medical affairs about what is overdue."),),
    ),
    Job(
        _("Labels of sensitive data"),
        "/security/labels/",
        "emr.labelrule.propose",
        (_("Propose a rule; a second security manager agrees. Level 5 is shown to nobody by default."),),
    ),
    Job(
        _("Alarms"),
        "/security/alarms/",
        "kernel.alarm.take",
        (_("Take one over, find out, close it with what you found."),),
    ),
    Job(
        _("Search and check the audit trail"),
        "/audit/",
        "kernel.auditentry.search",
        (
            _("Search by person, place or time. “Verify the chain” shows whether anything was altered."),
            _("Read the report of each week and write down what you did about it."),
        ),
    ),
)
