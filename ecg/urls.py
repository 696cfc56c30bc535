"""Addresses of ecg."""

from django.urls import URLPattern, URLResolver

app_name = "ecg"
urlpatterns: list[URLPattern | URLResolver] = []
