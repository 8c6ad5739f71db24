"""The accounts app."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """Organisations, people and roles."""

    name = "pbr_ledger.accounts"
    label = "accounts"
    verbose_name = "People and organisations"

    def ready(self) -> None:
        """Register the mails as kinds of job, and where those start who keep people."""
        from pbr_ledger.accounts.pages.people import LIST  # noqa: PLC0415
        from pbr_ledger.accounts.tasks import LINK_MAIL, RESET_MAIL  # noqa: PLC0415 - apps are not ready before
        from pbr_ledger.jobs.registry import register  # noqa: PLC0415
        from pbr_ledger.landing import Landing  # noqa: PLC0415
        from pbr_ledger.landing import register as register_landing  # noqa: PLC0415
        from pbr_ledger.lists import register as register_list  # noqa: PLC0415

        register_list(LIST)
        for kind in (LINK_MAIL, RESET_MAIL):
            register(kind)
        register_landing(Landing("manage_people", "people", place=20))
