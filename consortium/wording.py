"""What the policy tables in code are called on the pages of the security manager.

A table, an action or a scope without words shows its code name; a test asks for words for all of them.
"""

from collections.abc import Mapping
from typing import Final

from django.utils.translation import gettext as said
from django.utils.translation import pgettext_lazy

from kernel.errors import Text

TABLES: Final[Mapping[str, Text]] = {
    "consortium.apiclient": pgettext_lazy("policy table", "API clients"),
    "consortium.applicationentity": pgettext_lazy("policy table", "DICOM devices"),
    "consortium.bed": pgettext_lazy("policy table", "beds as places"),
    "consortium.change": pgettext_lazy("policy table", "changes for a second person"),
    "consortium.certificate": pgettext_lazy("policy table", "USB key certificates"),
    "consortium.department": pgettext_lazy("policy table", "departments"),
    "consortium.dutyshift": pgettext_lazy("policy table", "the duty roster"),
    "consortium.narrowing": pgettext_lazy("policy table", "narrowings"),
    "consortium.notificationrecipient": pgettext_lazy("policy table", "own notices"),
    "consortium.organisation": pgettext_lazy("policy table", "institutions"),
    "consortium.passkey": pgettext_lazy("policy table", "passkeys"),
    "consortium.post": pgettext_lazy("policy table", "posts"),
    "consortium.staff": pgettext_lazy("policy table", "accounts"),
    "consortium.staffsession": pgettext_lazy("policy table", "sessions"),
    "consortium.throttle": pgettext_lazy("policy table", "the running of the platform"),
    "diagnostics.criticalvalue": pgettext_lazy("policy table", "critical values"),
    "diagnostics.examitem": pgettext_lazy("policy table", "the exam catalogue"),
    "diagnostics.examrequest": pgettext_lazy("policy table", "exam requests"),
    "diagnostics.report": pgettext_lazy("policy table", "reports"),
    "ecg.recording": pgettext_lazy("policy table", "ECG recordings"),
    "ecg.triagerules": pgettext_lazy("policy table", "ECG triage rules"),
    "emr.beduse": pgettext_lazy("policy table", "bed use"),
    "emr.breakglass": pgettext_lazy("policy table", "break-glass openings"),
    "emr.concept": pgettext_lazy("policy table", "code systems"),
    "emr.labelrule": pgettext_lazy("policy table", "label rules"),
    "emr.opening": pgettext_lazy("policy table", "openings of records"),
    "emr.patient": pgettext_lazy("policy table", "patients"),
    "imaging.quarantined": pgettext_lazy("policy table", "quarantined images"),
    "imaging.study": pgettext_lazy("policy table", "image studies"),
    "insurance_bridge.case": pgettext_lazy("policy table", "welfare cases"),
    "insurance_bridge.day": pgettext_lazy("policy table", "day closing"),
    "insurance_bridge.feeitem": pgettext_lazy("policy table", "the fee catalogue"),
    "insurance_bridge.feeline": pgettext_lazy("policy table", "fee lines"),
    "insurance_bridge.message": pgettext_lazy("policy table", "insurance messages"),
    "insurance_bridge.settlement": pgettext_lazy("policy table", "settlements"),
    "insurance_bridge.shift": pgettext_lazy("policy table", "cashier shifts"),
    "insurance_bridge.visit": pgettext_lazy("policy table", "insured visits"),
    "kernel.alarm": pgettext_lazy("policy table", "alarms"),
    "kernel.alarmrule": pgettext_lazy("policy table", "alarm rules"),
    "kernel.auditentry": pgettext_lazy("policy table", "the audit chain"),
    "referral.planitem": pgettext_lazy("policy table", "rehabilitation plans"),
    "referral.referral": pgettext_lazy("policy table", "referrals"),
}
"""Policy tables, by the model they guard."""

ACTIONS: Final[Mapping[str, Text]] = {
    "*": pgettext_lazy("policy action", "everything"),
    "accept": pgettext_lazy("policy action", "accept"),
    "acknowledge": pgettext_lazy("policy action", "acknowledge"),
    "admit": pgettext_lazy("policy action", "admit"),
    "advance": pgettext_lazy("policy action", "advance"),
    "amend": pgettext_lazy("policy action", "correct after signing"),
    "arrive": pgettext_lazy("policy action", "confirm arrival"),
    "assign": pgettext_lazy("policy action", "assign"),
    "attach": pgettext_lazy("policy action", "attach"),
    "bind": pgettext_lazy("policy action", "bind"),
    "block": pgettext_lazy("policy action", "block"),
    "cancel": pgettext_lazy("policy action", "cancel"),
    "change": pgettext_lazy("policy action", "change"),
    "charge": pgettext_lazy("policy action", "charge"),
    "check": pgettext_lazy("policy action", "check"),
    "claim": pgettext_lazy("policy action", "claim"),
    "clear": pgettext_lazy("policy action", "set the clearance"),
    "close": pgettext_lazy("policy action", "close"),
    "close_idle": pgettext_lazy("policy action", "close idle ones"),
    "compare": pgettext_lazy("policy action", "compare"),
    "complete_care": pgettext_lazy("policy action", "complete care"),
    "correct": pgettext_lazy("policy action", "correct"),
    "create": pgettext_lazy("policy action", "create"),
    "decide": pgettext_lazy("policy action", "decide"),
    "discard": pgettext_lazy("policy action", "discard"),
    "draft": pgettext_lazy("policy action", "draft"),
    "end": pgettext_lazy("policy action", "end"),
    "end_any": pgettext_lazy("policy action", "end anybody's"),
    "export": pgettext_lazy("policy action", "take entries out"),
    "find": pgettext_lazy("policy action", "find"),
    "finish_plan": pgettext_lazy("policy action", "finish the plan"),
    "free": pgettext_lazy("policy action", "free"),
    "give": pgettext_lazy("policy action", "give"),
    "handle": pgettext_lazy("policy action", "handle"),
    "hold": pgettext_lazy("policy action", "hold"),
    "judge": pgettext_lazy("policy action", "judge"),
    "launch": pgettext_lazy("policy action", "launch"),
    "list": pgettext_lazy("policy action", "list"),
    "load": pgettext_lazy("policy action", "load"),
    "log_visit": pgettext_lazy("policy action", "record a visit"),
    "match": pgettext_lazy("policy action", "match"),
    "merge": pgettext_lazy("policy action", "merge"),
    "notify": pgettext_lazy("policy action", "notify"),
    "occupy": pgettext_lazy("policy action", "occupy"),
    "open": pgettext_lazy("policy action", "open"),
    "oversee": pgettext_lazy("policy action", "see who, when, why and the verdict"),
    "pay": pgettext_lazy("policy action", "pay"),
    "propose": pgettext_lazy("policy action", "propose"),
    "read": pgettext_lazy("policy action", "mark as read"),
    "receive": pgettext_lazy("policy action", "receive"),
    "register": pgettext_lazy("policy action", "register"),
    "reject": pgettext_lazy("policy action", "reject"),
    "release": pgettext_lazy("policy action", "release"),
    "remove": pgettext_lazy("policy action", "remove"),
    "renew": pgettext_lazy("policy action", "renew the secret of"),
    "reopen": pgettext_lazy("policy action", "open again"),
    "report": pgettext_lazy("policy action", "weekly report"),
    "request": pgettext_lazy("policy action", "request"),
    "reset_factor": pgettext_lazy("policy action", "reset the second factor"),
    "reset_password": pgettext_lazy("policy action", "reset the password"),
    "retake": pgettext_lazy("policy action", "ask for a retake"),
    "reveal": pgettext_lazy("policy action", "unmask"),
    "review": pgettext_lazy("policy action", "review"),
    "revoke": pgettext_lazy("policy action", "revoke"),
    "roster": pgettext_lazy("policy action", "roster"),
    "schedule": pgettext_lazy("policy action", "schedule"),
    "search": pgettext_lazy("policy action", "search"),
    "send_back": pgettext_lazy("policy action", "send back"),
    "set": pgettext_lazy("policy action", "set"),
    "settle": pgettext_lazy("policy action", "settle"),
    "sign": pgettext_lazy("policy action", "sign"),
    "start_down_leg": pgettext_lazy("policy action", "start the way down"),
    "start_rehab": pgettext_lazy("policy action", "start rehabilitation"),
    "submit": pgettext_lazy("policy action", "submit"),
    "take": pgettext_lazy("policy action", "take over"),
    "take_over": pgettext_lazy("policy action", "take over"),
    "unassigned": pgettext_lazy("policy action", "see unassigned"),
    "unlock": pgettext_lazy("policy action", "unlock"),
    "verify": pgettext_lazy("policy action", "verify"),
    "view": pgettext_lazy("policy action", "view"),
    "view_all": pgettext_lazy("policy action", "see everybody's"),
    "void": pgettext_lazy("policy action", "void"),
    "withdraw": pgettext_lazy("policy action", "withdraw"),
    "write": pgettext_lazy("policy action", "write"),
}
"""Actions of the tables."""

SCOPES: Final[Mapping[str, Text]] = {
    "account_proposals": pgettext_lazy("policy scope", "about accounts, and own proposals"),
    "account_proposals_of_others": pgettext_lazy("policy scope", "about accounts, asked for by others"),
    "at_centre": pgettext_lazy("policy scope", "to be read at own institutions"),
    "certificates_of_others": pgettext_lazy("policy scope", "of other people"),
    "closed_accounts": pgettext_lazy("policy scope", "accounts that are closed"),
    "day_here": pgettext_lazy("policy scope", "days of own institutions"),
    "either": pgettext_lazy("policy scope", "sent or received by own institutions"),
    "either_or_open": pgettext_lazy("policy scope", "own side, or an open record"),
    "everything": pgettext_lazy("policy scope", "every row"),
    "here": pgettext_lazy("policy scope", "of the own institution"),
    "mine": pgettext_lazy("policy scope", "of oneself"),
    "judged_here": pgettext_lazy("policy scope", "reviewed by the own institution"),
    "my_shift": pgettext_lazy("policy scope", "own shifts"),
    "open_studies": pgettext_lazy("policy scope", "of records open to the post"),
    "other_people": pgettext_lazy("policy scope", "everybody but oneself"),
    "own": pgettext_lazy("policy scope", "own"),
    "own_proposals": pgettext_lazy("policy scope", "asked for by oneself"),
    "plan_received": pgettext_lazy("policy scope", "plans of the own institution"),
    "posts_of_my_places": pgettext_lazy("policy scope", "at own institutions"),
    "proposals_of_others": pgettext_lazy("policy scope", "asked for by others"),
    "received": pgettext_lazy("policy scope", "received by own institutions"),
    "received_here": pgettext_lazy("policy scope", "sent by own devices"),
    "report_either_or_open": pgettext_lazy("policy scope", "own side, or an open record"),
    "sent": pgettext_lazy("policy scope", "sent by own institutions"),
    "told_either": pgettext_lazy("policy scope", "sent or received by own institutions"),
    "told_here": pgettext_lazy("policy scope", "of exams asked for here"),
    "unassigned_here": pgettext_lazy("policy scope", "unassigned at own institutions"),
    "visit_here": pgettext_lazy("policy scope", "visits at own institutions"),
}
"""Which rows: scopes of the grants, by the name of their function."""


def table(label: str) -> Text:
    """The words for a table."""
    return TABLES.get(label, label)


def action(name: str) -> Text:
    """The words for an action."""
    return ACTIONS.get(name, name)


def scope(name: str) -> Text:
    """The words for a scope."""
    return SCOPES.get(name, name)


def taken(label: str, name: str) -> str:
    """What a narrowing takes: an action of a table."""
    return said("%(action)s (%(table)s)") % {"action": action(name), "table": table(label)}
