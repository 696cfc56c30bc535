"""Addresses of referral's workflow API."""

from django.urls import path

from referral.api import doors, telephone

urlpatterns = [
    path("referrals/", doors.Referrals.as_view(), name="referrals"),
    path("referrals/machine/", doors.Machine.as_view(), name="referral_machine"),
    path("referrals/<uuid:referral_id>/", doors.Referral.as_view(), name="referral"),
    path("referrals/<uuid:referral_id>/events/", doors.Events.as_view(), name="referral_events"),
    path("referrals/<uuid:referral_id>/telephoned/", telephone.Told.as_view(), name="referral_telephoned"),
    path("referrals/<uuid:referral_id>/comments/", doors.Comments.as_view(), name="referral_comments"),
    path(
        "referrals/<uuid:referral_id>/comments/read/",
        doors.ReadComments.as_view(),
        name="referral_comments_read",
    ),
    path("referrals/<uuid:referral_id>/history/", doors.History.as_view(), name="referral_history"),
]
