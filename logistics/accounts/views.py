"""The door, one's own profile, the role matrix and the access explainer."""
from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import authenticate, login, logout, update_session_auth_hash
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.db.models import Model
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from logistics.accounts import lockout, services
from logistics.accounts.demo_people import demo_people, demo_person
from logistics.accounts.forms import DelegationForm, ExplainForm, PasswordForm, SignInForm, TokenForm
from logistics.accounts.models import ApiToken, Delegation, Person, SignInEvent
from logistics.accounts.sessions import open_session
from logistics.core.access import ROLES, access_of, roles_with
from logistics.core.errors import NotAllowed
from logistics.core.pages import add_errors, form_groups
from logistics.core.resources import RESOURCES, resource_of
from logistics.core.views import YEAR
from logistics.core.workflow import WORKFLOWS, perform

BACKEND = "logistics.accounts.backends.PersonBackend"


# the door ---------------------------------------------------------------------------------------------------------
def safe_next(request: HttpRequest) -> str:
    """Where to go after signing in: a page of this site, else home."""
    target = request.POST.get("next") or request.GET.get("next", "")
    if url_has_allowed_host_and_scheme(target, allowed_hosts={request.get_host()}, require_https=request.is_secure()):
        return target
    return reverse(settings.LOGIN_REDIRECT_URL)


@never_cache
@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    """Number, e-mail or phone with a password."""
    if request.method != "POST":
        return redirect(safe_next(request)) if request.user.is_authenticated else _sign_in_page(request, SignInForm())
    lockout.slow_down_crowds(request)
    form = SignInForm(request.POST)
    if not form.is_valid():
        return _sign_in_page(request, form, 422)
    name = form.cleaned_data["username"]
    person = authenticate(request, username=name, password=form.cleaned_data["password"])
    if person is None:
        form.add_error(None, _("The name or the password is wrong, or the account is closed."))
        return _sign_in_page(request, form, 422)
    return _enter(request, person, method="password", key=lockout.door_key(request, name), shared=form.cleaned_data["shared"])


def _sign_in_page(request: HttpRequest, form: SignInForm, status: int = 200) -> HttpResponse:
    context = {"form": form, "next": request.POST.get("next") or request.GET.get("next", ""), "page": {"title": _("Sign in")}}
    if settings.DEMO:
        context |= {"demo_people": demo_people(), "demo_url": reverse("demo")}
    return render(request, "accounts/sign_in.html", context, status=status)


@never_cache
@require_POST
def demo_sign_in(request: HttpRequest) -> HttpResponse:
    """Enter as a person of the demo, without a password; only where demo mode is on and only as one of the list."""
    person = demo_person(request.POST.get("demo", "")) if settings.DEMO else None
    if person is None:
        raise Http404
    return _enter(request, person, method="demo", key="", shared=False)


def _enter(request: HttpRequest, person: Any, *, method: str, key: str, shared: bool) -> HttpResponse:
    """A new session, the sign-in written down, language and theme as the person likes them."""
    login(request, person, backend=BACKEND)
    open_session(request, shared=shared)
    lockout.record(request, person=person, key=key, result=SignInEvent.Result.OK, method=method)
    if person.status == Person.Status.INVITED:
        perform(person, "arrive", by=None)
    response = redirect(safe_next(request))
    if person.language:
        _remember(response, settings.LANGUAGE_COOKIE_NAME, person.language)
    _remember(response, "theme", person.theme)
    return response


def _remember(response: HttpResponse, cookie: str, value: str) -> None:
    response.set_cookie(cookie, value, max_age=YEAR, samesite="Lax", secure=settings.HTTPS, httponly=True)


@never_cache
@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    logout(request)
    return redirect(settings.LOGIN_URL)


# oneself ----------------------------------------------------------------------------------------------------------
@never_cache
@login_required
@require_GET
def profile(request: HttpRequest) -> HttpResponse:
    """Who one is, what one may do where, who acts for whom, and the last sign-ins."""
    person: Any = request.user
    may_delegate = resource_of(Delegation).may(person, "add")
    delegations = Delegation.objects.visible_to(person).not_over().select_related("from_person", "to_person")
    return render(request, "accounts/profile.html", {
        "page": {"title": _("My profile")}, "roles": services.held_roles(person),
        "languages": settings.LANGUAGES, "themes": Person.Theme.choices,
        "given": [row for row in delegations if row.from_person_id == person.pk],
        "held": [row for row in delegations if row.to_person_id == person.pk],
        "delegation_form": DelegationForm(person=person) if may_delegate else None,
        "may_tokens": services.may_issue_token(person),
        "sign_ins": SignInEvent.objects.filter(person=person).order_by("-at", "-id")[:8],
    })


@never_cache
@login_required
@require_GET
def my_tokens(request: HttpRequest) -> HttpResponse:
    """The tokens by which programs enter as oneself."""
    person: Any = request.user
    _token_maker(person)
    rows = list(ApiToken.objects.filter(owner=person))
    for row in rows:
        row.scope_words = [services.scope_label(scope) for scope in row.scopes]  # type: ignore[attr-defined]
    page = {"title": _("My access tokens"), "crumbs": [{"label": _("My profile"), "url": reverse("profile")}],
            "holding": sum(row.holds for row in rows)}
    return render(request, "accounts/tokens.html", {"page": page, "rows": rows})


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def new_token(request: HttpRequest) -> HttpResponse:
    """Make a token; its secret is shown once, in the answer."""
    person: Any = request.user
    _token_maker(person)
    form = TokenForm(request.POST or None, person=person)
    if request.method == "POST" and form.is_valid():
        data = {**form.cleaned_data}
        data["scopes"] += data.pop("single")
        try:
            token, secret = services.issue_token(owner=data.pop("owner", None) or person, **data, by=person)
        except ValidationError as error:
            add_errors(form, error)
        else:
            crumbs = [{"label": _("My access tokens"), "url": reverse("my-tokens")}]
            page = {"title": _("The token is made"), "crumbs": crumbs}
            return render(request, "accounts/token_made.html", {"page": page, "token": token, "secret": secret})
    page = {
        "title": _("New token"), "intro": _("A program or a device enters with it instead of a person."), "form": form,
        "groups": form_groups(form), "submit_label": _("Make the token"), "cancel_url": reverse("my-tokens"),
        "crumbs": [{"label": _("My access tokens"), "url": reverse("my-tokens")}],
    }
    return render(request, "core/form.html", {"page": page}, status=422 if form.errors else 200)


def _token_maker(person: Any) -> None:
    if not services.may_issue_token(person):
        raise NotAllowed(_("Only teachers and staff make access tokens."))


@never_cache
@login_required
@sensitive_post_parameters("old", "new")
@require_http_methods(["GET", "HEAD", "POST"])
def change_password(request: HttpRequest) -> HttpResponse:
    """A new password; all other sessions end, this one goes on."""
    person: Any = request.user
    form = PasswordForm(request.POST or None, person=person)
    if request.method == "POST":
        lockout.slow_down_crowds(request)
        if form.is_valid():
            services.change_password(person=person, password=form.cleaned_data["new"])
            update_session_auth_hash(request, person)
            messages.success(request, _("The password is changed. You are signed out everywhere else."))
            return redirect("profile")
    page = {"title": _("Change password"), "form": form, "submit_label": _("Change password"), "cancel_url": reverse("profile")}
    return render(request, "core/form.html", {"page": page}, status=422 if form.errors else 200)


@login_required
@require_POST
def sign_out_everywhere(request: HttpRequest) -> HttpResponse:
    """End every session of oneself but this one."""
    person: Any = request.user
    services.sign_out_everywhere(person=person)
    update_session_auth_hash(request, person)
    messages.success(request, _("You are signed out everywhere else."))
    return redirect("profile")


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def start_password(request: HttpRequest, pk: int) -> HttpResponse:
    """A password that the office hands over in person, shown once."""
    by: Any = request.user
    person = get_object_or_404(Person.objects.visible_to(by), pk=pk)
    if not services.may_set_password(person, by):
        raise NotAllowed(_("Only the school office may set a start password, and only for people whose roles it could grant."))
    password = services.set_start_password(person=person, by=by) if request.method == "POST" else ""
    page = {"title": _("Set a start password")}
    return render(request, "accounts/start_password.html", {"page": page, "person": person, "password": password})


# who may what -----------------------------------------------------------------------------------------------------
@login_required
@require_GET
def matrix(request: HttpRequest) -> HttpResponse:
    """Every role by where it is held: names in the cells, roles that nobody holds marked."""
    if not access_of(request.user).has("accounts.rolegrant:view"):
        raise NotAllowed(_("You may not read who holds which role."), _labels("accounts.rolegrant:view"))
    if not access_of(request.user).area("accounts.rolegrant:view").everywhere:
        raise NotAllowed(_("The role matrix shows the whole school."), _labels("accounts.rolegrant:view"))
    rows = services.role_matrix()
    may_grant = access_of(request.user).has("accounts.rolegrant:add")
    page = {"title": _("Role matrix"), "gaps": sum(row.gap for row in rows), "may_grant": may_grant}
    return render(request, "accounts/matrix.html", {"page": page, "rows": rows})


@login_required
@require_GET
def explain(request: HttpRequest) -> HttpResponse:
    """Person, record and act: the clauses that allow, or those that refuse."""
    reader: Any = request.user
    if not access_of(reader).has("accounts.person:explain"):
        raise NotAllowed(_("You may not ask for the access of others."), _labels("accounts.person:explain"))
    kinds = sorted(((declared.kind, str(declared.label).capitalize()) for declared in RESOURCES), key=lambda pair: pair[1])
    form = ExplainForm(request.GET if "kind" in request.GET else None, person=reader, kinds=kinds, acts=_acts(request.GET.get("kind", "")))
    context: dict[str, Any] = {"page": {"title": _("Why can somebody see this?")}, "form": form}
    if form.is_bound and form.is_valid():
        data = form.cleaned_data
        record = _record_numbered(reader, data["kind"], data["number"])
        if record is None:
            form.add_error("number", _("There is no such record. Write its number or code."))
        else:
            person, act = data["person_asked"], data["act"] or "view"
            answer = services.explain(person, act, record)
            context |= {"answer": answer, "record": record, "person": person, "act": dict(_acts(data["kind"]))[act]}
    return render(request, "accounts/explain.html", context, status=422 if form.errors else 200)


def _acts(kind: str) -> list[tuple[str, str]]:
    """What can be asked for a kind of record: seeing, changing, and its moves."""
    flow = WORKFLOWS.get(kind)
    moves = [(move.name, str(move.label)) for move in flow if move.by_people] if flow else []
    return [("view", _("See")), ("change", _("Change")), ("export", _("Export")), *moves]


def _record_numbered(reader: Any, kind: str, number: str) -> Model | None:
    """A record by its number or code; whoever reads access for the whole school may ask about every record."""
    model = RESOURCES[kind].model
    everywhere = access_of(reader).area("accounts.person:explain").everywhere
    rows = model._default_manager.all() if everywhere else RESOURCES[kind].rows(reader)
    names = {field.name for field in model._meta.concrete_fields}
    for name in ("number", "code"):
        if name in names:
            found = rows.filter(**{f"{name}__iexact": number.strip()}).first()
            if found:
                return found
    return rows.filter(pk=number).first() if number.isdigit() and len(number) < 18 else None


def _labels(permission: str) -> list[str]:
    return [str(ROLES[code].label) for code in sorted(roles_with(permission)) if code in ROLES]
