"""The room of savings: nights, months, fees, statements and their agreement."""

from django.apps import AppConfig


class SavingsConfig(AppConfig):
    """Makes the room's kinds of job known when Django starts."""

    name = "savings"
    verbose_name = "Savings and statements"

    def ready(self) -> None:
        """Register the work that follows a closing, and the room's pages."""
        from pbr_ledger.effects import register as register_effects  # noqa: PLC0415
        from pbr_ledger.jobs.registry import register  # noqa: PLC0415 - apps are not ready before
        from pbr_ledger.lists import register as register_list  # noqa: PLC0415
        from pbr_ledger.needs import register as register_need  # noqa: PLC0415
        from pbr_ledger.notices.registry import register_kind, register_part  # noqa: PLC0415
        from pbr_ledger.observability.figures import register as register_figures  # noqa: PLC0415
        from pbr_ledger.observability.security import register_reads  # noqa: PLC0415
        from pbr_ledger.sections import Section  # noqa: PLC0415
        from pbr_ledger.sections import register as register_section  # noqa: PLC0415
        from savings.figures import savings_figures  # noqa: PLC0415
        from savings.pages.cohort import LIST as COHORT  # noqa: PLC0415
        from savings.pages.cohort_needs import cohort_needs  # noqa: PLC0415
        from savings.pages.effects import closed_months_words  # noqa: PLC0415
        from savings.pages.expenses import LIST as EXPENSES  # noqa: PLC0415
        from savings.pages.needs import statements_waiting  # noqa: PLC0415
        from savings.pages.summary import AHEAD, NEEDS  # noqa: PLC0415
        from savings.reads import CHILD_ROUTES  # noqa: PLC0415
        from savings.services import DOCUMENTS, STATEMENTS  # noqa: PLC0415
        from savings.tasks import RECONCILIATION_REPORT, RECONCILIATION_WORKBOOK  # noqa: PLC0415

        for kind in (RECONCILIATION_REPORT, RECONCILIATION_WORKBOOK):
            register(kind)
        for notice in (STATEMENTS, DOCUMENTS):
            register_kind(notice)
        for part in (NEEDS, AHEAD):
            register_part(part)
        for page in (COHORT, EXPENSES):
            register_list(page)
        register_figures(savings_figures)
        register_reads(*CHILD_ROUTES)
        register_section(Section("overview", "Overview", "contract", place=10, letter="o"))
        register_need(cohort_needs)
        register_section(Section("cohort", "Cohort", "cohort", place=20, letter="c"))
        register_section(Section("statements", "Statements", "statements", place=60, letter="s"))
        register_need(statements_waiting)
        register_section(Section("carers", "Carers", "carers", place=40, letter="r"))
        register_section(Section("expenses", "Expenses", "expenses", place=50, letter="e"))
        register_section(Section("what-if", "What if", "what-if", place=95, letter="w"))
        register_effects(closed_months_words)
