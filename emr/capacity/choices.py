"""What a bed is used for."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Use(TextChoices):
    HELD = "held", _("held")  # 留床
    OCCUPIED = "occupied", _("occupied")  # 在用
    CLEANING = "cleaning", _("being cleaned")  # 终末消毒
    BLOCKED = "blocked", _("blocked")  # 停用
