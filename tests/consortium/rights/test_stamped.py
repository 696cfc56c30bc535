"""Rows from before there were MACs are stamped once, exactly as the house stamps them."""

from importlib import import_module

import pytest
from django.apps import apps
from django.db import connection

from consortium.choices import Role
from consortium.models import ApiClient, Post
from consortium.services import register_client
from kernel import guarded
from kernel.actor import Actor
from tests.factories import consortium as make

MIGRATION = import_module("consortium.migrations.0005_rows_stamped")


class Editor:
    connection = connection


@pytest.mark.django_db
def test_rows_without_a_mac_get_the_one_the_house_would_give():
    post = Post.objects.get(staff=make.make_staff(Role.CASHIER))
    made = register_client(
        by=Actor.system("tests"),
        client_id="his",
        name="HIS",
        organisation_id=post.organisation_id,
        scopes=["system/*.read"],
    )
    with connection.cursor() as cursor:
        cursor.execute("UPDATE consortium_post SET row_mac = ''")
        cursor.execute("UPDATE consortium_apiclient SET row_mac = ''")
    assert not guarded.intact(Post.objects.get(pk=post.pk))
    MIGRATION.stamp(apps, Editor)
    assert guarded.intact(Post.objects.get(pk=post.pk))
    assert guarded.intact(ApiClient.objects.get(pk=made.client.pk))


def test_the_migration_names_the_columns_the_models_guard():
    assert {"Post": Post.guarded, "ApiClient": ApiClient.guarded} == MIGRATION.GUARDED
