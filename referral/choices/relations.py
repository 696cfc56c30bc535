"""Which institution may refer to which, and what a ward answers."""

from django.db.models import TextChoices
from django.utils.translation import pgettext_lazy


class RelationKind(TextChoices):
    """How two institutions stand to one another (转诊关系); patients go both ways."""

    LEVEL = "level", pgettext_lazy("referral relation", "next level")  # 上下级
    PEER = "peer", pgettext_lazy("referral relation", "peers")  # 同级
    OUTSIDE = "outside", pgettext_lazy("referral relation", "outside the county")  # 县外


class WardAnswer(TextChoices):
    """What the head nurse answers to "is there a bed?"."""

    YES = "yes", pgettext_lazy("ward answer", "there is a bed")  # 可以
    EXTRA = "extra", pgettext_lazy("ward answer", "an extra bed only")  # 只能加床
    NO = "no", pgettext_lazy("ward answer", "no bed")  # 不行
