"""What the access room answers to: changes of the label table that two people agreed on."""

from django.utils.translation import gettext_lazy as _

from consortium import services as consortium
from emr.access.services import labelling

consortium.change_kind(
    labelling.ADD,
    apply=labelling.add_rule,
    describe=labelling.told,
    label=_("Protect more data specially"),
)
consortium.change_kind(
    labelling.END,
    apply=labelling.end_rule,
    describe=labelling.told,
    label=_("End a line of the label table"),
)
