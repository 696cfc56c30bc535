"""What is done with a leg beside the machine's table."""

from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.response import Response

from kernel.drf import Api, ApiRequest, VersionIn, once
from referral import services
from referral.api.doors import shown
from referral.api.shapes import ReferralOut


class ExpectIn(VersionIn):
    """Another day a place is expected for somebody on the waiting list."""

    expected_date = serializers.DateField()
    reason = serializers.CharField(max_length=200, help_text="Told to the branch, which tells the patient.")


class Expected(Api):
    """The day a place is expected for a waiting leg."""

    @extend_schema(request=ExpectIn, responses=ReferralOut)
    def post(self, request: ApiRequest, referral_id: UUID) -> Response:
        """Name another day; the branch and the patient are told. 409 unless the leg waits for a place."""
        said = ExpectIn.of(request)
        once(
            request,
            said,
            lambda: services.expect(by=request.actor, referral_id=referral_id, **said),
            lambda: None,
        )
        return shown(request.actor, referral_id)
