"""Addresses of portal: the home, the search, the frame's own verbs, the gallery."""

from django.contrib.auth.decorators import login_not_required
from django.urls import path
from django.views.decorators.http import require_POST
from django.views.i18n import set_language

from portal import gallery, indicators, printing, views

app_name = "portal"
urlpatterns = [
    path("", views.home, name="home"),
    path("home/patients/", views.recent_panel, name="recent"),
    path("home/referrals/", views.onway_panel, name="onway"),
    path("home/beds/", views.beds_panel, name="beds"),
    path("home/wards/", views.wards_panel, name="wards"),
    *[
        path(f"indicators/{name}/", views.indicator, {"topic": name}, name=f"indicator_{name}")
        for name in indicators.TOPICS
    ],
    *[
        path(f"print/{kind}/<uuid:{word}>/", printing.paper, {"page": page}, name=f"print_{kind}")
        for kind, (page, word) in printing.KINDS.items()
    ],
    path("rail/", views.rail, name="rail"),
    path("critical/bar/", views.critical_bar, name="critical_bar"),
    path("search/", views.search, name="search"),
    path("help/", views.help_page, name="help"),
    path("theme/", views.theme, name="theme"),
    path("i18n/setlang/", login_not_required(require_POST(set_language)), name="set_language"),
    path("ui/", gallery.show, name="gallery"),
]
