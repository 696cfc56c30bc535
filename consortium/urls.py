"""Addresses of consortium."""

from django.urls import URLPattern, URLResolver

app_name = "consortium"
urlpatterns: list[URLPattern | URLResolver] = []
