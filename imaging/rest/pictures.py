"""Rendered pictures: what a person can look at without any viewer."""

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from imaging.engine import render
from imaging.engine.render import Look
from imaging.rest import objects
from imaging.rest.accept import picture_type
from imaging.rest.doors import NotAcceptable, NotUnderstood, door, nothing_here, opening
from kernel.actor import Actor

THUMBNAIL = 128


@require_safe
@door
def rendered(
    request: HttpRequest, *, by: Actor, study: str, series: str = "", instance: str = "", number: int = 0
) -> HttpResponse:
    """One picture of a study, series, instance or frame; of several the one in the middle."""
    look = wanted(request, picture_type(request.headers.get("Accept", "")))
    return _picture(by, study, series, instance, number, look)


@require_safe
@door
def thumbnail(
    request: HttpRequest, *, by: Actor, study: str, series: str = "", instance: str = "", number: int = 0
) -> HttpResponse:
    look = Look(most_wide=THUMBNAIL, most_high=THUMBNAIL, quality=80)
    return _picture(by, study, series, instance, number, look)


def _picture(by: Actor, study: str, series: str, instance: str, number: int, look: Look) -> HttpResponse:
    opening(by, study)
    uids = (
        {"study": study}
        | ({"series": series} if series else {})
        | ({"instance": instance} if instance else {})
    )
    found = [one for one in objects.objects(by, **uids) if one.frame_count]
    one = found[len(found) // 2]
    place = number or one.frame_count // 2 + 1 if len(found) == 1 else 1
    pixels = objects.pixels(by, study=one.study, series=one.series, instance=one.uid, numbers=[place])
    if not pixels.spans:
        raise nothing_here()
    data = next(objects.frame_bytes(pixels))
    try:
        body = render.rendered(
            data, metadata=pixels.header, transfer_syntax=pixels.transfer_syntax, look=look
        )
    except render.Undecodable as error:
        raise NotAcceptable(_("No picture can be made of this object.")) from error
    answer = HttpResponse(body, content_type=look.media)
    answer["Cache-Control"] = "private, max-age=600"
    return answer


def wanted(request: HttpRequest, media: str) -> Look:
    """`window=<centre>,<width>[,linear]`, `viewport=<wide>,<high>`, `quality=1-100`. Raises NotUnderstood (400)."""
    try:
        window = [float(part) for part in request.GET.get("window", "").split(",")[:2] if part]
        viewport = [int(part) for part in request.GET.get("viewport", "").split(",")[:2] if part]
        quality = int(request.GET.get("quality", "90"))
    except ValueError as error:
        raise NotUnderstood(_("window, viewport and quality are numbers")) from error
    if (
        len(window) == 1
        or len(viewport) == 1
        or not 1 <= quality <= 100
        or any(not 0 < one < 20_000 for one in viewport)
    ):
        raise NotUnderstood(_("window=centre,width viewport=wide,high quality=1-100"))
    return Look(
        centre=window[0] if window else None,
        width=window[1] if window else None,
        most_wide=viewport[0] if viewport else None,
        most_high=viewport[1] if viewport else None,
        quality=quality,
        media=media,
    )
