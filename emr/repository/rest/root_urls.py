"""`POST /fhir`, the base address as FHIR clients write it, without a slash."""

from django.urls import path

from emr.repository.rest import bundles

urlpatterns = [path("", bundles.root, name="fhir_base")]
