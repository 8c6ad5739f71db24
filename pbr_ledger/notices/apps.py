"""The notices app."""

from django.apps import AppConfig


class NoticesConfig(AppConfig):
    """What happened and what needs somebody, by mail."""

    name = "pbr_ledger.notices"
    label = "notices"
    verbose_name = "Notices"

    def ready(self) -> None:
        """Register the work of telling people, and the daily summary."""
        from pbr_ledger.jobs.daily import register_daily  # noqa: PLC0415 - apps are not ready before
        from pbr_ledger.jobs.registry import register  # noqa: PLC0415
        from pbr_ledger.notices.tasks import DAILY_SUMMARY, MAIL_NOTICE, MAIL_SUMMARY, TELL  # noqa: PLC0415

        for kind in (TELL, MAIL_NOTICE, MAIL_SUMMARY):
            register(kind)
        register_daily(DAILY_SUMMARY)
