"""What the desks and who minds the money do here, step by step."""

from typing import Final

from django.utils.translation import gettext_lazy as _

from consortium.choices import Role
from portal.guide.jobs import Job

DESKS: Final = (
    Job(
        _("Answer the referrals that come in"),
        "/referrals/triage/",
        "referral.referral.accept",
        (
            _("The list stands by urgency and time left. J and K move, the pane shows the whole case."),
            _(
                "Accept (A), ask for more (I), redirect (D), advise (G) or reject (X): each tells the branch at once."
            ),
            _("Not sure about the bed or the case? “Ask the ward”, “Ask a specialist”."),
        ),
    ),
    Job(
        _("Keep the beds true"),
        "/referrals/beds/",
        "emr.pool.tell",
        (
            _(
                "Tell the free beds of each ward at least once a shift; old numbers turn grey for the branches."
            ),
            _("Waiting list and weekly slots stand beside it."),
        ),
    ),
    Job(
        _("Give the bed or the day"),
        "/referrals/",
        "referral.referral.schedule",
        (
            _(
                "Open an accepted referral and give the bed or the day. It stays kept until its time has run out."
            ),
            _("No bed? Put the patient on the waiting list: the branch sees the place in the line."),
        ),
    ),
    Job(
        _("Answer the desk's question about beds"),
        "/",
        "referral.wardquestion.answer",
        (_("The question stands on your home page: yes, an extra bed only, or no. One press is enough."),),
    ),
    Job(
        _("Confirm who arrives"),
        "/referrals/arrivals/",
        "referral.referral.arrive",
        (
            _("Scan the arrival code or find the patient by card or name."),
            _(
                "Compare face, name and birth date, then “Confirm arrival”. The branch and the ward know at once."
            ),
        ),
    ),
    Job(
        _("Hospitals outside the county"),
        "/referrals/outside/",
        "referral.peermessage.view",
        (
            _("Telephone them and write down what they say, with the name of who said it."),
            _("A message that did not get through can be sent again under “Messages”."),
        ),
    ),
    Job(
        _("The monthly register"),
        "/referrals/register/",
        "referral.referral.ledger",
        (_("Choose the month, look over the rows, print it or take it out as a table."),),
    ),
    Job(
        _("Figures of referrals"),
        "/referrals/stats/",
        "referral.tally.view",
        (_("Each number leads to the rows behind it. “How it is counted” says what is in and what is not."),),
    ),
    Job(
        _("Review who opened a record in an emergency"),
        "/break-glass/",
        "emr.breakglass.judge",
        (_("Within 72 hours: on duty? A visit? Does the reason fit? Give the verdict with a sentence."),),
    ),
    Job(
        _("Requests of patients about their data"),
        "/requests/",
        "emr.personrequest.answer",
        (
            _(
                "Access, correction, restriction: open it, answer before its day, give the copy on paper or as a file."
            ),
        ),
    ),
    Job(
        _("Two records, one person?"),
        "/identity/",
        "emr.patient.merge",
        (_("Press “Compare”: merge only when ID, name and birth date agree. It can be separated again."),),
    ),
    Job(
        _("Time limits, working hours, criteria"),
        "/referrals/",
        "referral.timelimit.set",
        (
            _("On the list of what is late, “Time limits” sets how long each step may take."),
            _("Other criteria are asked for here; the consortium office agrees to them."),
        ),
    ),
    Job(
        _("Settle a bill"),
        "/insurance/",
        "insurance_bridge.settlement.request",
        (
            _("Open the bill, press “Check insurance”, add what is missing."),
            _(
                "Settle. Is the answer unknown, do not settle again: the platform asks the centre and tells you."
            ),
            _("Taken too much? “Take back”: money goes back the way it came."),
        ),
    ),
    Job(
        _("Close my shift"),
        "/insurance/shift/",
        "insurance_bridge.shift.close",
        (_("Count the cash, type it, compare with the sum shown. A difference is closed with its reason."),),
    ),
    Job(
        _("Close the day"),
        "/insurance/days/",
        "insurance_bridge.day.close",
        (
            _("Press “Compare with the centre”. What disagrees becomes a case: handle each one."),
            _("When none is left press “Close the day”: it cannot be changed after that."),
        ),
    ),
    Job(
        _("People with a right to help"),
        "/",
        "emr.patient.list",
        (
            _("Your home page shows who was treated without the help due: open the row and clear it up."),
            _("Entitlements come from the county's lists and show on every record with their last day."),
        ),
        role=Role.WELFARE_OFFICER,
    ),
    Job(
        _("Look at the county"),
        "/indicators/referrals/",
        "referral.tally.export",
        (
            _("What needs to be known today stands on top, institutions worst first."),
            _("Press a number to see where it comes from. No patient's name is ever shown."),
        ),
    ),
    Job(
        _("Who refers to whom"),
        "/referrals/relations/",
        "referral.relation.edit",
        (_("Relate two institutions from a day on, or end a relation. Forms offer only what stands here."),),
    ),
)
