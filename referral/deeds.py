"""What referral's entries of the audit record are called (kernel.deeds)."""

from collections.abc import Mapping
from typing import Final

from django.utils.translation import pgettext_lazy

from kernel.errors import Text
from referral.choices import Aside, Event

DEEDS: Final[Mapping[str, Text]] = {
    **{f"referral.{one.value}": one.label for one in (*Event, *Aside)},
    "referral.announced": pgettext_lazy("audit action", "other side told of a step"),
    "referral.arrival_dismissed": pgettext_lazy("audit action", "proposed arrival dismissed"),
    "referral.arrival_proposed": pgettext_lazy("audit action", "arrival seems to have happened"),
    "referral.called": pgettext_lazy("audit action", "patient called"),
    "referral.closing_proposed": pgettext_lazy("audit action", "closing of an institution proposed"),
    "referral.closing_told": pgettext_lazy("audit action", "closing of an institution told"),
    "referral.staying_proposed": pgettext_lazy("audit action", "taking a closing back proposed"),
    "referral.staying_told": pgettext_lazy("audit action", "that an institution stays told"),
    "referral.comment_announced": pgettext_lazy("audit action", "other side told of a comment"),
    "referral.commented": pgettext_lazy("audit action", "comment written"),
    "referral.comments_read": pgettext_lazy("audit action", "comments read"),
    "referral.criteria_changed": pgettext_lazy("audit action", "referral criteria changed"),
    "referral.criteria_proposed": pgettext_lazy("audit action", "referral criteria proposed"),
    "referral.doubled": pgettext_lazy("audit action", "two referrals of one patient marked"),
    "referral.drafted": pgettext_lazy("audit action", "referral drafted"),
    "referral.edited": pgettext_lazy("audit action", "referral draft edited"),
    "referral.ended_for_death": pgettext_lazy("audit action", "referral ended by death"),
    "referral.figures_compared": pgettext_lazy("audit action", "figures compared with the histories"),
    "referral.goal_set": pgettext_lazy("audit action", "goal of a figure set"),
    "referral.goals_set": pgettext_lazy("audit action", "goals of figures set"),
    "referral.guide_written": pgettext_lazy("audit action", "what to bring and where to come written"),
    "referral.limit_set": pgettext_lazy("audit action", "time limit set"),
    "referral.limits_set": pgettext_lazy("audit action", "time limits set"),
    "referral.message_committed": pgettext_lazy("audit action", "message to a hospital outside queued"),
    "referral.message_refused": pgettext_lazy("audit action", "message from outside refused"),
    "referral.message_resent": pgettext_lazy("audit action", "message to a hospital outside sent again"),
    "referral.message_settled": pgettext_lazy("audit action", "message to a hospital outside answered"),
    "referral.message_taken": pgettext_lazy("audit action", "message from outside taken in"),
    "referral.message_unanswered": pgettext_lazy(
        "audit action", "message to a hospital outside without answer"
    ),
    "referral.messages_leased": pgettext_lazy(
        "audit action", "messages to hospitals outside taken for sending"
    ),
    "referral.next_called": pgettext_lazy("audit action", "next on the waiting list called"),
    "referral.opinion_given": pgettext_lazy("audit action", "specialist gave an opinion"),
    "referral.paper_late": pgettext_lazy("audit action", "late paper called for"),
    "referral.peer_set": pgettext_lazy("audit action", "hospital outside set up"),
    "referral.person_followed": pgettext_lazy("audit action", "referral follows its joined person"),
    "referral.printed": pgettext_lazy("audit action", "form printed with the whole ID number"),
    "referral.reach_shown": pgettext_lazy("audit action", "way to reach the patient shown"),
    "referral.recounted": pgettext_lazy("audit action", "figures counted anew"),
    "referral.register_exported": pgettext_lazy("audit action", "monthly register taken out"),
    "referral.related": pgettext_lazy("audit action", "referral relation made"),
    "referral.relation_ended": pgettext_lazy("audit action", "referral relation ended"),
    "referral.second_signature_set": pgettext_lazy("audit action", "rule of the second signature set"),
    "referral.single_again": pgettext_lazy("audit action", "referral no longer doubled"),
    "referral.sketch_begun": pgettext_lazy("audit action", "form begun"),
    "referral.sketch_dropped": pgettext_lazy("audit action", "begun form dropped"),
    "referral.sketch_taken": pgettext_lazy("audit action", "begun form taken over"),
    "referral.specialist_asked": pgettext_lazy("audit action", "specialist asked"),
    "referral.statistics_exported": pgettext_lazy("audit action", "statistics taken out"),
    "referral.telephoned": pgettext_lazy("audit action", "telephone call with a hospital outside recorded"),
    "referral.tree_related": pgettext_lazy("audit action", "relations along the county's tree made"),
    "referral.twins_looked_at": pgettext_lazy("audit action", "doubled referrals looked at"),
    "referral.ward_answered": pgettext_lazy("audit action", "ward answered"),
    "referral.ward_asked": pgettext_lazy("audit action", "ward asked"),
}
