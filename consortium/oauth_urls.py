"""Addresses of the token door."""

from django.urls import path

from consortium.views import tokens

urlpatterns = [path("token", tokens.token, name="oauth_token")]
