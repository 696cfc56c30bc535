"""Hospitals outside, by message and by telephone.

- `dispatching`: messages out · `delivering`: a reply was taken · `resending`: what was not, by hand
- `taking_in`: messages in · `trusting`: whether they are believed · `keeping`: as they came
- `telephoning`: what such a hospital says by telephone
"""
