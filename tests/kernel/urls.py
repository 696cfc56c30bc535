"""Addresses that refuse in every way, for the tests of the edge."""

urlpatterns = []
