"""Addresses of sockets."""

from django.urls import path

from consortium.consumers import Notices

websocket_urlpatterns = [path("ws/", Notices.as_asgi())]
