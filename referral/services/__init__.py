"""Every write of a referral, by side and phase. Where to look, by what is to be changed:

- **every step** `steps` what each of them does, `standing` what it must know before, `facts` what its history
  says, `timing` when it is late, `publishing` its FHIR, `reading_on` who may read because of it, `counting`
  its line of the statistics
- **the form and its sender** `drafting`, `sketching` (while it is typed), `referring` (one press),
  `consenting`, `judging` (the criteria), `signing`, `second` (the second signature), `sending` (submit,
  supply, withdraw), `backfill` (papers of an emergency written afterwards), `reaching` (telephones of patient
  and family)
- **the receiving desk** `receiving` (yes, a place, the list, no), `answering` (every other answer),
  `inviting` (the guide), `priority`, `expecting` (another day), `waiting` (who is called next), `questions`
  with `asking` (a ward) and `opinions` (a specialist), `calling` (those who did not come)
- **road, door, ward** `moving`, `handing` (the hand-over sheet), `arriving` (who seems to be here), `caring`,
  `discharging`, `ending`
- **the way back** `down`, `plan`
- **who hears of it** `announcing` (colleagues), `texting` (the patient), `talking` (both doctors),
  `attending` (open pages), `late` (what the clock does)
- **hospitals outside** `dispatching` (messages out), `delivering` (a reply was taken), `taking_in` (messages
  in), `trusting` (whether they are believed), `keeping` (as they came), `resending`, `telephoning`
- **statistics** `counting`, `checking` (nightly), `aiming` (goals), `exporting`
- **papers** `printing`, `registering` (转诊登记表)
- **settings and persons** `limiting` (times), `second`, `relating` (who refers to whom), `closing` (an
  institution closes), `persons` (death, merged records)
"""

from collections.abc import Callable, Mapping
from typing import Any

from referral.choices import Event
from referral.services.aiming import set_goals
from referral.services.announcing import announce, announce_aside
from referral.services.answering import advise, divert, redirect, refer_onward, request_info, revoke
from referral.services.arriving import dismiss_arrival, notice_arrival, notice_encounter
from referral.services.asking import answer_ward, ask_ward
from referral.services.attending import attend, show
from referral.services.backfill import complete_form, complete_record, remind_paper
from referral.services.calling import log_call
from referral.services.caring import admit, arrive, complete_care, refuse_on_arrival
from referral.services.checking import compare
from referral.services.closing import propose_closing, propose_staying, tell_closing, tell_staying
from referral.services.counting import recount
from referral.services.discharging import discharge, notice_discharge
from referral.services.dispatching import carry_messages, compose, set_peer
from referral.services.down import re_escalate, start_down_leg
from referral.services.drafting import discard, draft, edit
from referral.services.ending import acknowledge, death, void
from referral.services.expecting import expect
from referral.services.exporting import export_statistics
from referral.services.inviting import set_guide
from referral.services.judging import propose_criteria
from referral.services.keeping import keep_refused
from referral.services.late import run_late
from referral.services.limiting import set_limits
from referral.services.moving import (
    close_no_show,
    confirm_ready,
    emergency_send,
    patient_decline,
    start_transfer,
    turn_back,
)
from referral.services.opinions import ask_specialist, give_opinion
from referral.services.persons import close_twins, end_for_death, follow_person
from referral.services.plan import finish_plan, log_visit, start_rehab
from referral.services.printing import print_form
from referral.services.priority import prioritise
from referral.services.reaching import show_reach
from referral.services.receiving import accept, reject, reschedule, schedule, waitlist
from referral.services.referring import refer, refer_draft
from referral.services.registering import export_register
from referral.services.relating import end_relation, relate, relate_tree
from referral.services.resending import resend
from referral.services.second import set_second_signature
from referral.services.sending import approve, send_back, submit, submit_for_review, supply_info, withdraw
from referral.services.sketching import drop_sketch, keep_sketch
from referral.services.taking_in import take
from referral.services.talking import comment, pass_on_comment, read_comments
from referral.services.telephoning import telephoned
from referral.services.texting import text_patient
from referral.services.waiting import call_next

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
