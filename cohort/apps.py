"""The cohort app: what is known."""

from django.apps import AppConfig


class CohortConfig(AppConfig):
    """Contracts, their terms, and the facts about their children."""

    name = "cohort"
    label = "cohort"
    verbose_name = "What is known"

    def ready(self) -> None:
        """Register the room's pages, and what waits for people there."""
        from cohort.pages.claims import LIST  # noqa: PLC0415
        from cohort.pages.found import found_in_cohort  # noqa: PLC0415 - apps are not ready before
        from cohort.pages.needs import baseline_needs, claim_needs  # noqa: PLC0415 - apps are not ready before
        from cohort.reads import CHILD_ROUTES  # noqa: PLC0415
        from cohort.services.announcements import CLAIMS  # noqa: PLC0415
        from pbr_ledger.lists import register as register_list  # noqa: PLC0415
        from pbr_ledger.needs import register as register_needs  # noqa: PLC0415
        from pbr_ledger.notices.registry import register_kind  # noqa: PLC0415
        from pbr_ledger.observability.security import register_reads  # noqa: PLC0415
        from pbr_ledger.search import register as register_search  # noqa: PLC0415
        from pbr_ledger.sections import Section  # noqa: PLC0415
        from pbr_ledger.sections import register as register_section  # noqa: PLC0415

        register_list(LIST)
        register_reads(*CHILD_ROUTES, "search")
        register_kind(CLAIMS)
        register_search(found_in_cohort)
        register_section(Section("claims", "Claims", "claims", place=30, letter="m"))
        register_section(Section("terms", "Terms", "terms", place=100, letter="t"))
        for reader in (claim_needs, baseline_needs):
            register_needs(reader)
