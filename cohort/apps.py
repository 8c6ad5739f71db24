"""The cohort app: what is known."""

from django.apps import AppConfig


class CohortConfig(AppConfig):
    """Contracts, their terms, and the facts about their children."""

    name = "cohort"
    label = "cohort"
    verbose_name = "What is known"

    def ready(self) -> None:
        """Register the room's pages."""
        from pbr_ledger.sections import Section, register  # noqa: PLC0415 - apps are not ready before

        register(Section("terms", "Terms", "terms", place=100))
