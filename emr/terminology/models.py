"""Concepts of code systems."""

from django.contrib.postgres.indexes import OpClass
from django.db import models
from django.db.models.functions import Upper

from emr.terminology.choices import System
from kernel import ids


class Concept(models.Model):
    """One code with its Chinese name; `initials` are the pinyin initials by which it is typed."""

    id = models.UUIDField(primary_key=True, default=ids.uuid7, editable=False)
    system = models.CharField(max_length=20, choices=System)
    code = models.CharField(max_length=40)
    display = models.CharField(max_length=200)
    initials = models.CharField(max_length=200)
    active = models.BooleanField(default=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["system", "code"], name="concept_code_unique_in_its_system")
        ]
        indexes = [
            models.Index(OpClass(Upper("code"), name="text_pattern_ops"), name="concept_by_code"),
            models.Index(OpClass("initials", name="varchar_pattern_ops"), name="concept_by_initials"),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.display}"
