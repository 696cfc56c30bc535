"""What a workflow's own table tells beside the repository: a row whose resource is specially protected is withheld."""

from typing import Any, Final

from django.db.models import BooleanField, F, Func, Q

from emr.access import selectors as access
from emr.repository.selectors.rows import literal
from kernel import labels
from kernel.actor import Actor, Kind

_WITHHELD: Final = (
    "EXISTS (SELECT 1 FROM emr_resource told WHERE told.kind = {kind} AND told.id = ({id})::text || %s"
    " AND told.label > {floor} AND NOT {visible})"
)


class _Withheld(Func):
    """Whether a row's published resource is above ordinary care and not open to the actor."""

    def __init__(self, expression: Any, *, kind: str, by: Actor, suffix: str) -> None:
        super().__init__(expression, output_field=BooleanField())
        self.kind, self.by, self.suffix = kind, by, suffix

    def as_sql(self, compiler: Any, connection: Any, **_how: Any) -> tuple[str, list[Any]]:  # type: ignore[override]  # this is no function call
        inner, parameters = compiler.compile(self.source_expressions[0])
        visible, more = access.visible("told", self.by)
        floor = min(self.by.clearance, labels.IDENTITY)
        told = _WITHHELD.format(kind=literal(self.kind), id=inner, floor=floor, visible=visible)
        return told, [*parameters, self.suffix, *more]


def told_to(by: Actor, *, kind: str, id: str, suffix: str = "") -> Q:
    """Condition over a workflow's rows: the resource each has published is for this actor to read.

    The resource is `kind`/the row's column `id` and `suffix`. Which rows are one's own side's is the workflow's rule.
    This one is `access.visible`, asked for what lies above ordinary care: specially protected content shows on no
    page, list, paper or API to a post that could not read the resource itself. A row that has published nothing yet
    is its writer's.
    """
    if by.kind is Kind.SYSTEM:
        return Q()
    return ~Q(_Withheld(F(id), kind=kind, by=by, suffix=suffix))
