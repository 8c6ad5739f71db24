"""The clients app."""

from django.apps import AppConfig


class ClientsConfig(AppConfig):
    """Programs that use the API: who they act for, what they may do, and what they were answered."""

    name = "pbr_ledger.clients"
    label = "clients"
    verbose_name = "API clients"

    def ready(self) -> None:
        """Tell the schema how clients show who they are, and register the list of clients."""
        import pbr_ledger.clients.api.schema  # noqa: F401, PLC0415 - apps are not ready before
        from pbr_ledger.clients.pages import LIST  # noqa: PLC0415
        from pbr_ledger.lists import register  # noqa: PLC0415

        register(LIST)
