"""Addresses of /fhir/."""

from django.urls import path, re_path
from django.utils.translation import gettext as _

from emr.repository.rest import bundles, capability, instances, messages, searches
from emr.repository.rest.errors import answered, refused

app_name = "fhir"
KIND = r"(?P<kind>[A-Z][A-Za-z]{1,60})"
ID = r"(?P<id>[A-Za-z0-9\-.]{1,64})"

urlpatterns = [
    re_path(rf"^{KIND}/{ID}$", instances.instance, name="instance"),
    re_path(rf"^{KIND}/?$", searches.kind_level, name="kind"),
    path("", bundles.root, name="root"),
    re_path(rf"^{KIND}/_search$", searches.posted, name="search"),
    re_path(rf"^{KIND}/{ID}/_history$", instances.history, name="history"),
    re_path(rf"^{KIND}/{ID}/_history/(?P<number>[^/]+)$", instances.version, name="version"),
    re_path(rf"^{KIND}/\$validate$", capability.validate, name="validate"),
    path("$process-message", messages.process, name="process_message"),
    path("metadata", capability.metadata, name="metadata"),
    path(".well-known/smart-configuration", capability.smart, name="smart"),
    re_path(
        r"^.*$",
        answered(lambda request, **words: refused(404, _("There is no such address here."))),
        name="unknown",
    ),
]
