"""The cohort app: what is known."""

from django.apps import AppConfig


class CohortConfig(AppConfig):
    """Contracts, their terms, and the facts about their children."""

    name = "cohort"
    label = "cohort"
    verbose_name = "What is known"
