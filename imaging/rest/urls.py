"""Addresses of DICOMweb, under /dicomweb/."""

from django.urls import path, re_path, register_converter

from imaging.rest import pictures, retrieve, search, store


class Uid:
    """A DICOM unique identifier."""

    regex = r"[0-9.]{1,64}"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


register_converter(Uid, "uid")

S = "studies/<uid:study>"
E = f"{S}/series/<uid:series>"
I = f"{E}/instances/<uid:instance>"  # noqa: E741  the three levels of the standard

app_name = "dicomweb"
urlpatterns = [
    path("studies", store.studies),
    path("studies/", store.studies),
    path("series", search.series),
    path("instances", search.instances),
    path(S, store.study, name="study"),
    path(f"{S}/series", search.series),
    path(f"{S}/instances", search.instances),
    path(f"{S}/metadata", retrieve.metadata),
    path(f"{S}/rendered", pictures.rendered, name="study_rendered"),
    path(f"{S}/thumbnail", pictures.thumbnail),
    path(E, retrieve.dicom),
    path(f"{E}/instances", search.instances),
    path(f"{E}/metadata", retrieve.metadata, name="series_metadata"),
    path(f"{E}/rendered", pictures.rendered),
    path(f"{E}/thumbnail", pictures.thumbnail, name="series_thumbnail"),
    path(I, retrieve.dicom),
    path(f"{I}/metadata", retrieve.metadata),
    path(f"{I}/rendered", pictures.rendered, name="rendered"),
    path(f"{I}/thumbnail", pictures.thumbnail),
    path(f"{I}/frames/<int:number>/rendered", pictures.rendered, name="frame_rendered"),
    path(f"{I}/frames/<int:number>/thumbnail", pictures.thumbnail),
    path(f"{I}/frames/<str:numbers>", retrieve.frames),
    re_path(
        r"^studies/(?P<study>[0-9.]{1,64})/series/(?P<series>[0-9.]{1,64})/instances/(?P<instance>[0-9.]{1,64})"
        r"/bulkdata/(?P<place>\d{1,12}-\d{1,12})$",
        retrieve.bulkdata,
    ),
]
