"""Addresses of referral, below /referrals/. Verbs are POST."""

from django.urls import path

from referral.views import arrivals, calls, criteria, followups, form, guides, leg, lists, stats, triage

VERBS = {
    "submit": leg.submit,
    "discard": leg.discard,
    "withdraw": leg.withdraw,
    "acknowledge": leg.acknowledge,
    "accept": leg.accept,
    "arrive": leg.arrive,
    "admit": leg.admit,
    "complete-care": leg.complete_care,
    "start-down-leg": leg.start_down_leg,
    "start-rehab": leg.start_rehab,
    "comment": leg.comment,
    "finish-plan": leg.finish_plan,
    **{name.replace("_", "-"): view for name, view in leg.MORE.items()},
}

app_name = "referral"
urlpatterns = [
    path("", lists.board, name="board"),
    path("triage/", triage.board, name="triage"),
    path("guides/", guides.guides, name="guides"),
    path("guides/line/", guides.line, name="guide_line"),
    path("guides/<uuid:department_id>/", guides.guide, name="guide"),
    path("beds/", lists.beds, name="beds"),
    path("arrivals/", arrivals.arrivals, name="arrivals"),
    path("arrivals/scan/", arrivals.scan, name="scan"),
    path("arrivals/code/<str:token>/", arrivals.by_code, name="by_code"),
    path("arrivals/<uuid:proposal_id>/dismiss/", arrivals.dismiss, name="dismiss_arrival"),
    path("calls/", calls.calls, name="calls"),
    path("followups/", followups.followups, name="followups"),
    path("followups/<uuid:item_id>/", followups.visit, name="visit"),
    path("followups/<uuid:item_id>/log/", followups.log_visit, name="log_visit"),
    path("stats/", stats.stats, name="stats"),
    path("stats/definitions/", stats.definitions, name="stats_definitions"),
    path("stats/export/", stats.export, name="stats_export"),
    path("stats/<slug:code>/rows/", stats.rows, name="stats_rows"),
    path("criteria/", criteria.table, name="criteria_table"),
    path("criteria/propose/", criteria.propose, name="criteria_propose"),
    path("criteria/patients/<uuid:patient_id>/", criteria.criteria, name="criteria"),
    path("new/", form.choose, name="choose"),
    path("new/<uuid:patient_id>/", form.new, name="new"),
    path("patients/<uuid:patient_id>/", lists.patient_panel, name="patient_panel"),
    path("<uuid:referral_id>/", leg.detail, name="detail"),
    path("<uuid:referral_id>/edit/", form.edit, name="edit"),
    path("<uuid:referral_id>/history/", leg.history, name="history"),
    path("<uuid:referral_id>/paper/", leg.paper, name="paper"),
    path("<uuid:referral_id>/paper/pdf/", leg.paper_pdf, name="paper_pdf"),
    *[path(f"<uuid:referral_id>/{name}/", view, name=name.replace("-", "_")) for name, view in VERBS.items()],
]
