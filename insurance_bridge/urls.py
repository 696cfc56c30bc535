"""Addresses of insurance_bridge."""

from django.urls import URLPattern, URLResolver

app_name = "insurance_bridge"
urlpatterns: list[URLPattern | URLResolver] = []
