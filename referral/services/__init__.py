"""Every write of a referral, by noun. A folder's docstring says what its modules do; an import points down this
list (`lint-imports`):

- `outside`: hospitals outside, by message and by telephone
- `care`: arrival, admission, reply, end
- `way`: on the road, and not come
- `desk`: the receiving desk answers · `down`: the way back
- `form`: the form and its sender
- `leg`: what every step does
- `house`: what is settled for an institution
- `news`: who hears of it · `stats`: what is counted of it · `papers`: what leaves on paper
"""

from collections.abc import Callable, Mapping
from typing import Any

from referral.choices import Event
from referral.services.care.arriving import dismiss_arrival, notice_arrival, notice_encounter
from referral.services.care.caring import admit, arrive, complete_care, refuse_on_arrival
from referral.services.care.discharging import discharge, notice_discharge
from referral.services.care.ending import acknowledge, death, void
from referral.services.desk.answering import advise, divert, redirect, refer_onward, request_info, revoke
from referral.services.desk.asking import answer_ward, ask_ward
from referral.services.desk.expecting import expect
from referral.services.desk.inviting import set_guide
from referral.services.desk.opinions import ask_specialist, give_opinion
from referral.services.desk.priority import prioritise
from referral.services.desk.receiving import accept, reject, reschedule, schedule, waitlist
from referral.services.desk.waiting import call_next
from referral.services.down.plan import finish_plan, log_visit, start_rehab
from referral.services.down.returning import re_escalate, start_down_leg
from referral.services.form.backfill import complete_form, complete_record, remind_paper
from referral.services.form.drafting import discard, draft, edit
from referral.services.form.judging import propose_criteria
from referral.services.form.reaching import show_reach
from referral.services.form.referring import refer, refer_draft
from referral.services.form.second import set_second_signature
from referral.services.form.sending import (
    approve,
    send_back,
    submit,
    submit_for_review,
    supply_info,
    withdraw,
)
from referral.services.form.sketching import drop_sketch, keep_sketch
from referral.services.house.closing import propose_closing, propose_staying, tell_closing, tell_staying
from referral.services.house.limiting import set_limits
from referral.services.house.relating import end_relation, relate, relate_tree
from referral.services.leg.late import run_late
from referral.services.leg.persons import close_twins, end_for_death, follow_person
from referral.services.news.announcing import announce, announce_aside
from referral.services.news.attending import attend, show
from referral.services.news.talking import comment, pass_on_comment, read_comments
from referral.services.news.texting import text_patient
from referral.services.outside.dispatching import carry_messages, compose, set_peer
from referral.services.outside.keeping import keep_refused
from referral.services.outside.resending import resend
from referral.services.outside.taking_in import take
from referral.services.outside.telephoning import telephoned
from referral.services.papers.printing import print_form
from referral.services.papers.registering import export_register
from referral.services.stats.aiming import set_goals
from referral.services.stats.checking import compare
from referral.services.stats.counting import recount
from referral.services.stats.exporting import export_statistics
from referral.services.way.calling import log_call
from referral.services.way.moving import (
    close_no_show,
    confirm_ready,
    emergency_send,
    patient_decline,
    start_transfer,
    turn_back,
)

VERBS: Mapping[Event, Callable[..., Any]] = {
    Event.ACCEPT: accept,
    Event.ACKNOWLEDGE: acknowledge,
    Event.ADMIT: admit,
    Event.ADVISE: advise,
    Event.APPROVE: approve,
    Event.ARRIVE: arrive,
    Event.CLOSE_NO_SHOW: close_no_show,
    Event.COMPLETE_CARE: complete_care,
    Event.CONFIRM_READY: confirm_ready,
    Event.DEATH: death,
    Event.DISCARD: discard,
    Event.DIVERT: divert,
    Event.EMERGENCY_SEND: emergency_send,
    Event.FINISH_PLAN: finish_plan,
    Event.LOG_VISIT: log_visit,
    Event.PATIENT_DECLINE: patient_decline,
    Event.RE_ESCALATE: re_escalate,
    Event.REDIRECT: redirect,
    Event.REFER_ONWARD: refer_onward,
    Event.REFUSE_ON_ARRIVAL: refuse_on_arrival,
    Event.REJECT: reject,
    Event.REQUEST_INFO: request_info,
    Event.RESCHEDULE: reschedule,
    Event.REVOKE: revoke,
    Event.SCHEDULE: schedule,
    Event.SEND_BACK: send_back,
    Event.START_DOWN_LEG: start_down_leg,
    Event.START_REHAB: start_rehab,
    Event.START_TRANSFER: start_transfer,
    Event.SUBMIT: submit,
    Event.SUBMIT_FOR_REVIEW: submit_for_review,
    Event.SUPPLY_INFO: supply_info,
    Event.TURN_BACK: turn_back,
    Event.VOID: void,
    Event.WAITLIST: waitlist,
    Event.WITHDRAW: withdraw,
}
"""The verb of every event a person may cause; the clock's own run through `run_late`."""

__all__ = [
    "VERBS", "accept", "acknowledge", "admit", "advise", "announce", "announce_aside", "answer_ward", "approve",
    "arrive", "ask_specialist", "ask_ward", "attend", "call_next", "carry_messages", "close_no_show", "close_twins",
    "comment", "compare", "complete_care", "complete_form", "complete_record", "compose", "confirm_ready", "death",
    "discard", "discharge", "dismiss_arrival", "divert", "draft", "drop_sketch", "edit", "emergency_send",
    "end_for_death", "end_relation", "expect", "export_register", "export_statistics", "finish_plan",
    "follow_person", "give_opinion", "keep_refused", "keep_sketch", "log_call", "log_visit", "notice_arrival",
    "notice_discharge", "notice_encounter", "pass_on_comment", "patient_decline", "print_form", "prioritise",
    "propose_closing", "propose_criteria", "propose_staying", "re_escalate", "read_comments", "recount", "redirect",
    "refer", "refer_draft", "refer_onward", "refuse_on_arrival", "reject", "relate", "relate_tree", "remind_paper",
    "request_info", "reschedule", "resend", "revoke", "run_late", "schedule", "send_back", "set_goals", "set_guide",
    "set_limits", "set_peer", "set_second_signature", "show", "show_reach", "start_down_leg", "start_rehab",
    "start_transfer", "submit", "submit_for_review", "supply_info", "take", "telephoned", "tell_closing",
    "tell_staying", "text_patient", "turn_back", "void", "waitlist", "withdraw",
]  # fmt: skip
