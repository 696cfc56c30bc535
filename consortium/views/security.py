"""The security manager's console: people and their posts, what each role may do, what is taken from it.

Nothing here changes a right by itself: every form asks for a change that a second person approves.
"""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from consortium import selectors, services
from consortium.choices import Role
from consortium.forms.account import FindForm
from consortium.forms.manager import AskForm, ClearForm, NarrowForm, PostForm
from kernel.web.forms import keeps_input
from kernel.web.http import StaffRequest

page = require_http_methods(["GET", "HEAD", "POST"])


def _told(request: StaffRequest) -> None:
    messages.success(request, _("Proposed. It counts once a second person has approved it."))


@page
def security(request: StaffRequest) -> HttpResponse:
    """Who holds which post, and what waits."""
    form = FindForm(request.POST or None)
    role = request.GET.get("role", "")
    found, more = selectors.post_rows(by=request.actor, role=role, **form.wanted)
    context = {"form": form, "posts": found, "more": more, "role": role, "roles": selectors.role_links(role)}
    people, _more = selectors.accounts(by=request.actor, text=form.wanted["text"] or "-")
    waiting, _more = selectors.changes(by=request.actor)
    told = {"people": people, "waiting": waiting[:8], "counts": selectors.work(by=request.actor).counts}
    return render(request, "consortium/security.html", {**form.wanted, **context, **told})


def _person(request: StaffRequest, staff_id: UUID) -> dict[str, Any]:
    person = selectors.account(by=request.actor, staff_id=staff_id)
    return {
        "account": person,
        "posts": selectors.posts_of_person(by=request.actor, staff_id=staff_id),
        "proposals": selectors.proposals_about(by=request.actor, subject=staff_id),
    }


@page
@keeps_input("consortium/posts_of.html", PostForm, context=_person)
def posts_of(request: StaffRequest, staff_id: UUID) -> HttpResponse:
    """The posts of one person; propose another one."""
    if request.method != "POST":
        return render(request, "consortium/posts_of.html", {"form": PostForm(), **_person(request, staff_id)})
    payload, reason = PostForm.valid(request).proposal(staff_id)
    services.propose(by=request.actor, kind="post.give", subject=staff_id, payload=payload, reason=reason)
    _told(request)
    return redirect("consortium:posts_of", staff_id)


def _post(request: StaffRequest, post_id: UUID) -> dict[str, Any]:
    return {"post": selectors.shown_post(by=request.actor, post_id=post_id)}


@page
@keeps_input("consortium/post_end.html", AskForm, context=_post)
def end_post(request: StaffRequest, post_id: UUID) -> HttpResponse:
    """Propose that a post ends."""
    shown = _post(request, post_id)
    if request.method != "POST":
        return render(request, "consortium/post_end.html", {"form": AskForm(), **shown})
    ask = AskForm.valid(request).ask(kind="post.end", subject=shown["post"].staff_id)
    services.propose(by=request.actor, payload={"post": str(post_id)}, **ask)
    _told(request)
    return redirect("consortium:posts_of", shown["post"].staff_id)


@page
@keeps_input("consortium/post_clear.html", ClearForm, context=_post)
def clear_post(request: StaffRequest, post_id: UUID) -> HttpResponse:
    """Propose that a post reads up to another level."""
    shown = _post(request, post_id)
    if request.method != "POST":
        return render(request, "consortium/post_clear.html", {"form": ClearForm.of(shown["post"]), **shown})
    payload, reason = ClearForm.valid(request).proposal(shown["post"])
    staff_id = shown["post"].staff_id
    services.propose(by=request.actor, kind="post.clear", subject=staff_id, payload=payload, reason=reason)
    _told(request)
    return redirect("consortium:posts_of", staff_id)


@require_POST
def reset_factor(request: StaffRequest, staff_id: UUID) -> HttpResponse:
    """Remove somebody's authenticator, face to face."""
    services.reset_factor(by=request.actor, staff_id=staff_id)
    messages.success(request, _("The second factor is reset. The next sign-in binds a new one."))
    return redirect("consortium:posts_of", staff_id)


def _role(request: StaffRequest, role: str) -> dict[str, Any]:
    return {
        "role": role,
        "label": selectors.role_label(role),
        "roles": selectors.role_links(role)[1:],
        "allowed": selectors.ceiling(by=request.actor, role=role),
        "narrowed": selectors.narrowings(by=request.actor, role=role),
    }


@require_GET
def roles(request: StaffRequest) -> HttpResponse:
    """What each role may do by the policy tables in code, and what is taken from it."""
    shown = _role(request, request.GET.get("role") or Role.BRANCH_DOCTOR.value)
    return render(request, "consortium/roles.html", shown)


@require_GET
def narrowings(request: StaffRequest) -> HttpResponse:
    """Everything that is taken from somebody today."""
    return render(request, "consortium/narrowings.html", {"narrowed": selectors.narrowings(by=request.actor)})


@page
@keeps_input("consortium/narrow.html", NarrowForm)
def narrow(request: StaffRequest) -> HttpResponse:
    """Propose to take something from a role somewhere."""
    selectors.may_narrow(by=request.actor)
    if request.method != "POST":
        form = NarrowForm(initial={"role": request.GET.get("role", "")})
        return render(request, "consortium/narrow.html", {"form": form})
    payload, reason = NarrowForm.valid(request).proposal()
    services.propose(by=request.actor, kind="narrowing.set", subject=None, payload=payload, reason=reason)
    _told(request)
    return redirect("consortium:narrowings")


def _narrowing(request: StaffRequest, narrowing_id: UUID) -> dict[str, Any]:
    return {"one": selectors.narrowed(by=request.actor, narrowing_id=narrowing_id)}


@page
@keeps_input("consortium/narrowing_end.html", AskForm, context=_narrowing)
def end_narrowing(request: StaffRequest, narrowing_id: UUID) -> HttpResponse:
    """Propose that a narrowing ends."""
    shown = _narrowing(request, narrowing_id)
    if request.method != "POST":
        return render(request, "consortium/narrowing_end.html", {"form": AskForm(), **shown})
    ask = AskForm.valid(request).ask(kind="narrowing.end", subject=narrowing_id)
    services.propose(by=request.actor, payload={"narrowing": str(narrowing_id)}, **ask)
    _told(request)
    return redirect("consortium:narrowings")
