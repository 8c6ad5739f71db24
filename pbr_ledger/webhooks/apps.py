"""The webhooks app."""

from django.apps import AppConfig


class WebhooksConfig(AppConfig):
    """Endpoints, and what is delivered to them."""

    name = "pbr_ledger.webhooks"
    label = "webhooks"
    verbose_name = "Webhooks"

    def ready(self) -> None:
        """Register the work of delivering, the notice of a disabled endpoint, figures, and a check of settings."""
        from pbr_ledger.jobs.registry import register  # noqa: PLC0415 - apps are not ready before
        from pbr_ledger.lists import register as register_list  # noqa: PLC0415
        from pbr_ledger.observability.figures import register as register_figures  # noqa: PLC0415
        from pbr_ledger.webhooks import checks  # noqa: F401, PLC0415
        from pbr_ledger.webhooks.figures import webhook_figures  # noqa: PLC0415
        from pbr_ledger.webhooks.pages import ENDPOINT_LIST  # noqa: PLC0415
        from pbr_ledger.webhooks.tasks import DELIVER, DISABLED_MAIL  # noqa: PLC0415

        for kind in (DELIVER, DISABLED_MAIL):
            register(kind)
        register_list(ENDPOINT_LIST)
        register_figures(webhook_figures)
