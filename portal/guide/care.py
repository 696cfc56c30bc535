"""What who treats, reads and examines does here, step by step."""

from typing import Final

from django.utils.translation import gettext_lazy as _

from consortium.choices import Role
from portal.guide.jobs import Job

CARE: Final = (
    Job(
        _("See a patient and write the note"),
        "/patients/",
        "emr.patient.write",
        (
            _(
                "Press / and type the ID number, the name or its pinyin initials; a card reader types by itself."
            ),
            _("Open the record, look at allergies and insurance on top, press “Write a note”."),
            _("Sign it. What is signed stays: an error is corrected beside it, never wiped."),
        ),
    ),
    Job(
        _("Prescribe"),
        "/patients/",
        "emr.prescription.write",
        (
            _("In the visit press “Prescribe”, choose from your own drug list."),
            _("Read every warning about allergy, dose and double use before you sign."),
            _("Print the A5 sheet for the patient. A wrong one is made void with its reason."),
            _("It is valid today; written at night for tomorrow, give it two or three days and say why."),
        ),
    ),
    Job(
        _("Register a new patient"),
        "/patients/new/",
        "emr.patient.register",
        (
            _("Put the card on the reader or type the ID number: sex, age and birth date follow from it."),
            _("Somebody who is known already is shown: open that record, do not make a second one."),
        ),
    ),
    Job(
        _("Open a record that is not open to you"),
        "/patients/",
        "emr.breakglass.open",
        (
            _("Only when the patient in front of you needs it: choose the reason and write what happens."),
            _(
                "It opens for four hours. The home institution is told at once and it is reviewed within 72 hours."
            ),
        ),
    ),
    Job(
        _("Refer a patient up"),
        "/referrals/new/",
        "referral.referral.draft",
        (
            _("Open the patient, press “Refer up” (U). Diagnosis, signs and results come from the record."),
            _("Choose the urgency and the department: it shows free beds and how fast it answers."),
            _("Tick who has agreed, then press “Submit the referral” with the name on it."),
            _("In mortal danger press “Emergency: send first”: the papers follow within 24 hours."),
        ),
    ),
    Job(
        _("Answer a question about your referral"),
        "/referrals/",
        "referral.referral.supply_info",
        (
            _(
                "“More information wanted” waits on your home page with its clock: open it and send what is missing."
            ),
            _(
                "Write to the doctor on the other side in the same page: both of you see it, it stays with the form."
            ),
        ),
    ),
    Job(
        _("Read the reply and close the case"),
        "/referrals/",
        "referral.referral.acknowledge",
        (
            _(
                "The summary of the other side comes to your home page: read it and press “I have read it; close”."
            ),
        ),
    ),
    Job(
        _("Take a patient back from the head hospital"),
        "/referrals/",
        "referral.referral.start_rehab",
        (
            _(
                "Who is sent down to you waits under Referrals: look at the plan, accept, confirm the arrival."
            ),
            _("Start the rehabilitation: the visits of the plan then come to you by themselves."),
        ),
    ),
    Job(
        _("Follow-up visits"),
        "/referrals/followups/",
        "referral.planitem.log_visit",
        (
            _("Those that are due stand first. Open one, write what you found, press “Record”."),
            _("Nobody there? “Not reached” keeps the visit open and says when to try again."),
            _("Worse? Refer up from the same page: nothing needs typing twice."),
        ),
    ),
    Job(
        _("Order an exam and read the report"),
        "/orders/",
        "diagnostics.examrequest.request",
        (
            _("In the record press “Order an exam”. If one was done lately elsewhere, it is shown first."),
            _("Reports come to your home page; abnormal ones stand on top until you have read them."),
        ),
    ),
    Job(
        _("Read back a critical value"),
        "",
        "diagnostics.criticalvalue.acknowledge",
        (
            _("A red bar stands on every page until somebody answers: press “Answer now”."),
            _("Type the value you see and choose what you do. If time runs out, the next person is called."),
        ),
    ),
    Job(
        _("Sign for a colleague's form"),
        "/referrals/",
        "referral.referral.approve",
        (
            _(
                "A form that needs a second signature waits under Referrals: approve it, or send it back with a reason."
            ),
            _("A wrong form that has been sent is made void here, with its reason."),
        ),
    ),
    Job(
        _("Family doctor contracts"),
        "/patients/",
        "emr.patient.contract",
        (_("Open the patient, then “Consents and requests”: sign a contract, change its terms or end it."),),
    ),
    Job(
        _("Our own drug list"),
        "/referrals/followups/",
        "emr.stockeddrug.keep",
        (
            _("Under Visits press “Our drug list”: mark what has run out and what is here again."),
            _("The head hospital sees it before it sends a patient back to you."),
        ),
    ),
    Job(
        _("Give an opinion on a referral"),
        "/",
        "referral.opinion.answer",
        (
            _(
                "A question of the referral desk stands on your home page: read the form and write what you think."
            ),
            _("Deciding stays with the desk; the branch sees your words."),
        ),
    ),
    Job(
        _("Look after a referred patient and send her back"),
        "/referrals/",
        "referral.referral.complete_care",
        (
            _("Admit who has arrived, write the discharge summary, sign it: it goes to the branch at once."),
            _(
                "For rehabilitation near home press “Refer down with a plan”: visits, drugs, when to come back."
            ),
        ),
        role=Role.SPECIALIST,
    ),
    Job(
        _("Read images"),
        "/imaging/",
        "diagnostics.examrequest.write",
        (
            _("Press “Next case”: the most urgent one opens, earlier pictures stand beside it."),
            _("Write, then “Submit for review”. A critical value is told with the signature, not later."),
        ),
    ),
    Job(
        _("Read ECGs"),
        "/ecg/",
        "diagnostics.examrequest.sign",
        (
            _("Red ones first. Measure with the calipers, choose the findings, sign."),
            _("What belongs to nobody waits under “Unmatched”: match it by number and time."),
        ),
    ),
    Job(
        _("Review a colleague's report"),
        "",
        "diagnostics.examrequest.review",
        (
            _(
                "Reports that wait for you are marked. Correct, then “Review and sign”, or “Return” with a reason."
            ),
            _(
                "An error in a signed report: “Begin the correction”. The old version stays; whoever read it is told."
            ),
        ),
    ),
    Job(
        _("Critical values that nobody has answered"),
        "/critical/",
        "diagnostics.criticalvalue.view",
        (
            _(
                "The list shows who was called and when. Telephone when the clock is nearly out, and write it down."
            ),
        ),
    ),
    Job(
        _("Make an exam"),
        "/orders/",
        "diagnostics.examrequest.register",
        (
            _("Find the request by its number or the card and compare name and birth date with the person."),
            _("Press “Register for the exam”. Then make the study: it arrives by itself."),
        ),
    ),
    Job(
        _("Upload an ECG"),
        "/ecg/upload/",
        "ecg.recording.receive",
        (
            _("Choose the file of the machine (DICOM, SCP-ECG, HL7 aECG, XML)."),
            _("Compare the name on the strip with the patient, then upload. You see when a doctor takes it."),
        ),
    ),
    Job(
        _("Studies that belong to nobody"),
        "/imaging/unmatched/",
        "imaging.study.assign",
        (
            _("Compare number, time, machine and name with the requests shown, then press “Assign”."),
            _("Not sure? Leave it and call who made the study: a wrong match harms two people."),
        ),
    ),
)
