"""How django-allauth is bent to this ledger: its words, who may come in, and what is noted of it."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.internal.flows.login import (
    clear_authentication_records,
    get_authentication_records,
    perform_login,
    record_authentication,
)
from allauth.account.models import Login
from allauth.core import context
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialLogin
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.base_user import AbstractBaseUser
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from qrcode.main import QRCode

from pbr_ledger.accounts import services
from pbr_ledger.accounts.ciphers import deciphered, enciphered
from pbr_ledger.accounts.confirmation import confirm_identity
from pbr_ledger.accounts.directory import is_somebody_else, person_stated, stated_by
from pbr_ledger.accounts.models import Person
from pbr_ledger.accounts.visits import begin_visit
from pbr_ledger.clock import DATABASE_CLOCK
from pbr_ledger.observability.security import SIGN_IN_DONE, SIGN_IN_REFUSED, THROTTLED, note

NOT_RECOGNISED = "Enter the e-mail address and password of your account"
NOT_IN_DIRECTORY = (
    "Your directory knows you, but this ledger does not. Ask an administrator of your organisation to invite you."
)
SOMEBODY_ELSE = (
    "Your directory gives you the e-mail address of an account here that is kept for somebody else in your directory. "
    "Ask an administrator of your organisation: they invite you under another address if this one was somebody else’s "
    "before, or release the directory account kept here if your directory was replaced."
)
DIRECTORY_FAILED = "Signing in with your directory did not work. Try again, or sign in with your password."
TOO_MANY = "You have tried too often. Wait five minutes, then try again"
WRONG_CODE = (
    "This code is not right, has run out, or was used before. Enter the one that your app shows now. If that is "
    "refused too, check that your phone sets its clock automatically"
)


class AccountAdapter(DefaultAccountAdapter):
    """Nobody signs up; the answer to a wrong address or password is always the same."""

    error_messages = DefaultAccountAdapter.error_messages | {
        "email_password_mismatch": NOT_RECOGNISED,
        "account_inactive": NOT_RECOGNISED,
        "invalid_login": NOT_RECOGNISED,
        "too_many_login_attempts": TOO_MANY,
        "rate_limited": TOO_MANY,
        "incorrect_code": WRONG_CODE,
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:  # noqa: ARG002 - as allauth calls it
        """Never: people are invited."""
        return False

    def get_login_stages(self) -> list[str]:
        """The password is followed by the second factor, and nothing else."""
        return ["pbr_ledger.accounts.stages.SecondFactorStage"]

    def add_message(self, *args: Any, **kwargs: Any) -> None:
        """Nothing: the pages say what was done in their own words."""

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Nothing: mail goes through jobs."""

    def validation_error(self, code: str, *args: Any) -> ValidationError:
        """The refusal in our words; one for too many attempts, of password or code, is noted."""
        if code == "too_many_login_attempts":
            note(THROTTLED, context.request, step="sign-in")
        return super().validation_error(code, *args)

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        """Notes that a password was refused."""
        person = Person.objects.filter(email=credentials.get("email", "").strip().lower()).first()
        note_refusal(request, person, "password")

    def respond_user_inactive(self, request: HttpRequest, user: AbstractBaseUser) -> HttpResponse:  # noqa: ARG002
        """Back to signing in, as for a stranger."""
        return to_sign_in(request, NOT_RECOGNISED)

    def login(self, request: HttpRequest, user: AbstractBaseUser) -> None:
        """Signs in, in a session of its own, and notes it; keeps as whom a directory knows the person."""
        records = get_authentication_records(request, user)
        keep_directory_account(request, user, records)
        super().login(request, user)
        begin_visit(request)
        confirm_identity(request, records)
        if isinstance(user, Person):
            methods = [record.get("type", record["method"]) for record in records]
            address = self.get_client_ip(request)
            services.record_sign_in(person=user, methods=methods, address=address, clock=DATABASE_CLOCK)
            note(SIGN_IN_DONE, request)


class SecondFactorAdapter(DefaultMFAAdapter):
    """Secrets enciphered, names of our own, and the QR code as a drawing without style or script."""

    error_messages = DefaultMFAAdapter.error_messages | {"incorrect_code": WRONG_CODE}

    def encrypt(self, text: str) -> str:
        """The secret as it is stored."""
        return enciphered(text)

    def decrypt(self, encrypted_text: str) -> str:
        """The secret of what was stored."""
        return deciphered(encrypted_text)

    def _get_site_name(self) -> str:
        return str(settings.MFA_TOTP_ISSUER)

    def build_totp_svg(self, url: str) -> str:
        """The QR code of the address as SVG, dark squares on white, four squares of margin."""
        code = QRCode(border=4)
        code.add_data(url)
        rows = code.get_matrix()
        squares = "".join(f"M{x} {y}h1v1h-1z" for y, row in enumerate(rows) for x, is_dark in enumerate(row) if is_dark)
        size = len(rows)
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {size} {size}" role="img" class="ledger-qr" '
            f'aria-label="QR code for your authenticator app"><path fill="#fff" d="M0 0h{size}v{size}H0z"/>'
            f'<path fill="#0b0c0c" shape-rendering="crispEdges" d="{squares}"/></svg>'
        )


class DirectoryAdapter(DefaultSocialAccountAdapter):
    """Signing in with a council's directory: it says who somebody is; who may come in is said here."""

    def is_open_for_signup(self, request: HttpRequest, sociallogin: SocialLogin) -> bool:  # noqa: ARG002
        """Never: people are invited."""
        return False

    def pre_social_login(self, request: HttpRequest, sociallogin: SocialLogin) -> None:
        """Signs in whom the directory knows by the name that was kept of them; nobody else.

        Whoever comes for the first time is known by an e-mail address that the directory has verified. Always answers
        by itself: allauth's own ways on, with accounts that are made or linked, are never reached.
        """
        stated = stated_by(sociallogin)
        if stated is None:
            raise refused_from_directory(request, None, DIRECTORY_FAILED)
        person = person_stated(stated)
        if person is None:
            raise refused_from_directory(request, None, NOT_IN_DIRECTORY)
        if is_somebody_else(person, stated):
            raise refused_from_directory(request, person, SOMEBODY_ELSE)
        if request.user.is_authenticated and request.user.pk != person.pk:
            context.request.session.flush()
        record_authentication(request, person, "directory", issuer=stated.issuer, subject=stated.subject)
        login = Login(user=person, redirect_url=sociallogin.get_redirect_url(request))
        raise ImmediateHttpResponse(perform_login(request, login))

    def on_authentication_error(self, request: HttpRequest, *_args: Any, **_kwargs: Any) -> None:
        """Back to signing in, whatever went wrong."""
        raise ImmediateHttpResponse(to_sign_in(request, DIRECTORY_FAILED))


def keep_directory_account(request: HttpRequest, user: AbstractBaseUser, records: list[dict[str, Any]]) -> None:
    """Keeps as whom the directory knows the person, if they came from there, once every step of the way is done.

    So nobody can take another's place by their address alone. What counts is how this sign-in began: a way from there
    that was left for a password or a passkey is none. Answers by itself where it was somebody else meanwhile.
    """
    began = [record for record in records if record["method"] != "mfa" or record.get("passwordless")]
    if not began or "subject" not in began[-1] or not isinstance(user, Person):
        return
    issuer, subject = began[-1]["issuer"], began[-1]["subject"]
    try:
        services.keep_directory_account(person=user, issuer=issuer, subject=subject, clock=DATABASE_CLOCK)
    except services.OtherDirectoryAccount as refused:
        raise refused_from_directory(request, user, SOMEBODY_ELSE) from refused
    except services.AlreadyClosed as refused:
        raise refused_from_directory(request, user, NOT_IN_DIRECTORY) from refused


def refused_from_directory(request: HttpRequest, person: Person | None, message: str) -> ImmediateHttpResponse:
    """What to raise for somebody whom the directory sent and who does not come in; it leaves a trace, and no way on."""
    clear_authentication_records(request)
    note_refusal(request, person, "directory")
    return ImmediateHttpResponse(to_sign_in(request, message))


def to_sign_in(request: HttpRequest, message: str) -> HttpResponse:
    """To the sign-in page, which says why."""
    messages.error(request, message)
    return HttpResponseRedirect(reverse("sign-in"))


def note_refusal(request: HttpRequest, person: Person | None, step: str) -> None:
    """Leaves a trace of a refused attempt in the activity log and in the security log."""
    address = AccountAdapter(request).get_client_ip(request)
    services.record_refusal(person=person, step=step, address=address, clock=DATABASE_CLOCK)
    note(SIGN_IN_REFUSED, request, step=step, **({"of_person_id": person.pk} if person else {}))
