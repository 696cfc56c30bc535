"""`{% paper_code "diagnostics.report" subject version %}`: the code and the kind of signature, on page and print."""

from uuid import UUID

from django import template
from django.template import RequestContext

from kernel import countersign, papers

register = template.Library()


@register.inclusion_tag("kernel/paper_code.html", takes_context=True)
def paper_code(context: RequestContext, kind: str, subject: UUID, version: int = 0) -> dict[str, object]:
    """Without a version the newest one. Nothing is shown for papers from before there were seals."""
    seal = papers.of(kind, subject, version) if version else papers.newest(kind, subject)
    if seal is None:
        return {"seal": None}
    # Not the variable: a page may call an exam request so.
    address = context.request.build_absolute_uri(f"{papers.PATH}{seal.token}")
    kind = countersign.kind_of(seal)
    return {"seal": seal, "kind": kind, "address": address, "code": papers.qr(address)}
