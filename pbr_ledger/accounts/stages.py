"""What follows the password."""

from allauth.mfa.stages import AuthenticateStage
from django.conf import settings
from django.http import HttpRequest

from pbr_ledger.accounts.models import Person
from pbr_ledger.accounts.visits import came_from_directory


class SecondFactorStage(AuthenticateStage):
    """The second factor, of everybody who has one; unless the directory is trusted to have asked for its own."""

    def _should_handle(self, request: HttpRequest) -> bool:
        person = self.login.user
        if settings.OIDC_SECOND_FACTOR and isinstance(person, Person) and came_from_directory(request, person):
            return False
        return bool(super()._should_handle(request))
