"""Giving, lending and taking roles; resetting a lost second factor, and as whom a directory knows somebody."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from pbr_ledger.accounts import services
from pbr_ledger.accounts.confirmation import identity_confirmed
from pbr_ledger.accounts.forms.people import DirectoryReleaseForm, LostFactorForm, RoleForm
from pbr_ledger.accounts.models import FactorReset, RoleGrant
from pbr_ledger.accounts.pages.people import administrator_of, forbid_oneself, person_for, render_person_form
from pbr_ledger.accounts.queries import directory_account_of
from pbr_ledger.accounts.roles import ROLES
from pbr_ledger.clock import DATABASE_CLOCK
from pbr_ledger.pages import acted

FORM = ("GET", "HEAD", "POST")


@require_http_methods(FORM)
@identity_confirmed
def grant_role(request: HttpRequest, person_id: int) -> HttpResponse:
    """A role to give, or to lend until a day."""
    by = administrator_of(request)
    whom = person_for(by, person_id)
    forbid_oneself(whom, by)
    form = RoleForm(request.POST or None, kind=whom.organisation.kind)
    if form.is_valid() and form.attempt(
        lambda: services.grant_role(person=whom, **form.cleaned_data, by=by, clock=DATABASE_CLOCK)
    ):
        messages.success(request, f"{whom.full_name} is {ROLES[form.cleaned_data['role']].name} from now on.")
        return HttpResponseRedirect(reverse("person", args=[whom.pk]))
    heading = f"Give {whom.full_name} a role"
    return render_person_form(request, whom, form=form, heading=heading, button="Give role")


@require_POST
@identity_confirmed
def revoke_role(request: HttpRequest, person_id: int, grant_id: int) -> HttpResponse:
    """A role less, from now on."""
    by = administrator_of(request)
    whom = person_for(by, person_id)
    grant = get_object_or_404(RoleGrant.objects.select_related("person__organisation"), pk=grant_id, person=whom)
    return acted(
        request,
        lambda: services.revoke_role(grant=grant, by=by, clock=DATABASE_CLOCK),
        done=f"{whom.full_name} is no longer {ROLES[grant.role].name}.",
        then=reverse("person", args=[whom.pk]),
    )


@require_http_methods(FORM)
@identity_confirmed
def lost_factor(request: HttpRequest, person_id: int) -> HttpResponse:
    """Asking for a lost second factor to be reset, with the reason."""
    by = administrator_of(request)
    whom = person_for(by, person_id)
    forbid_oneself(whom, by)
    form = LostFactorForm(request.POST or None)
    if form.is_valid() and form.attempt(
        lambda: services.ask_for_factor_reset(person=whom, **form.cleaned_data, by=by, clock=DATABASE_CLOCK)
    ):
        messages.success(request, "Another administrator has to confirm this within two days.")
        return HttpResponseRedirect(reverse("person", args=[whom.pk]))
    return render_person_form(
        request,
        whom,
        form=form,
        heading=f"Reset the second factor of {whom.full_name}",
        lead="For somebody who has lost their phone or passkey, and their recovery codes with it. You ask, another "
        "administrator confirms; then they set up a new one when they next sign in with their password.",
        button="Ask for the reset",
    )


@require_POST
@identity_confirmed
def confirm_lost_factor(request: HttpRequest, person_id: int, reset_id: int) -> HttpResponse:
    """The second administrator's word."""
    by = administrator_of(request)
    whom = person_for(by, person_id)
    reset = _reset(person_id, reset_id)
    return acted(
        request,
        lambda: services.confirm_factor_reset(reset=reset, by=by, clock=DATABASE_CLOCK),
        done=f"The second factor of {whom.full_name} was reset. They set up a new one when they next sign in.",
        then=reverse("person", args=[whom.pk]),
    )


@require_POST
def withdraw_lost_factor(request: HttpRequest, person_id: int, reset_id: int) -> HttpResponse:
    """No reset after all."""
    by = administrator_of(request)
    whom = person_for(by, person_id)
    reset = _reset(person_id, reset_id)
    return acted(
        request,
        lambda: services.withdraw_factor_reset(reset=reset, by=by, clock=DATABASE_CLOCK),
        done="The reset will not happen.",
        then=reverse("person", args=[whom.pk]),
    )


@require_http_methods(FORM)
@identity_confirmed
def release_directory_account(request: HttpRequest, person_id: int) -> HttpResponse:
    """Forgetting as whom the directory knows somebody, with the reason."""
    by = administrator_of(request)
    whom = person_for(by, person_id)
    forbid_oneself(whom, by)
    account = directory_account_of(whom)
    if account is None:
        raise Http404
    form = DirectoryReleaseForm(request.POST or None)
    if form.is_valid() and form.attempt(
        lambda: services.release_directory_account(account=account, **form.cleaned_data, by=by, clock=DATABASE_CLOCK)
    ):
        messages.success(request, f"The directory account of {whom.full_name} was released.")
        return HttpResponseRedirect(reverse("person", args=[whom.pk]))
    return render_person_form(
        request,
        whom,
        form=form,
        heading=f"Release the directory account of {whom.full_name}",
        lead="For when the directory was replaced, or has made a new account for the same person. They are signed out, "
        "and the account from which they next sign in is kept instead.",
        warning=f"Whoever the directory then sends with the address {whom.email} is taken for {whom.full_name}. If "
        "that address is somebody else’s by now, close the account instead.",
        button="Release directory account",
        is_final=True,
    )


def _reset(person_id: int, reset_id: int) -> FactorReset:
    found: FactorReset = get_object_or_404(
        FactorReset.objects.select_related("person__organisation"), pk=reset_id, person_id=person_id
    )
    return found
