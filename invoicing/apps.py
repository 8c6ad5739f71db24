"""The room of what is owed."""

from django.apps import AppConfig


class InvoicingConfig(AppConfig):
    """Makes the room's kinds of job known when Django starts."""

    name = "invoicing"
    verbose_name = "Invoices and the ledger"

    def ready(self) -> None:
        """Register the work that follows a closing and an issue, that of every night, and the room's pages."""
        from invoicing.figures import invoicing_figures  # noqa: PLC0415 - apps are not ready before
        from invoicing.happenings import HAPPENINGS  # noqa: PLC0415
        from invoicing.needs import needs_of_invoicing  # noqa: PLC0415
        from invoicing.pages.activity import LIST as ACTIVITY_LIST  # noqa: PLC0415
        from invoicing.pages.found import found_in_invoicing  # noqa: PLC0415
        from invoicing.pages.invoices import LIST as INVOICE_LIST  # noqa: PLC0415
        from invoicing.pages.payables import LIST as PAYABLE_LIST  # noqa: PLC0415
        from invoicing.pages.readings import settled_by_invoicing  # noqa: PLC0415
        from invoicing.services.announcements import INVOICES, LIMITS, PAYABLES, PAYMENTS  # noqa: PLC0415
        from invoicing.tasks import (  # noqa: PLC0415
            CHECK_LEDGER,
            DRAFT_INVOICE,
            INVOICE_PDF,
            INVOICE_XML,
            NIGHTLY_CHECK,
        )
        from pbr_ledger.jobs.daily import register_daily  # noqa: PLC0415
        from pbr_ledger.jobs.registry import register  # noqa: PLC0415
        from pbr_ledger.landing import Landing  # noqa: PLC0415
        from pbr_ledger.landing import register as register_landing  # noqa: PLC0415
        from pbr_ledger.lists import register as register_list  # noqa: PLC0415
        from pbr_ledger.needs import register as register_needs  # noqa: PLC0415
        from pbr_ledger.notices.registry import register_kind  # noqa: PLC0415
        from pbr_ledger.observability.figures import register as register_figures  # noqa: PLC0415
        from pbr_ledger.observability.security import register_reads  # noqa: PLC0415
        from pbr_ledger.readings import register as register_readings  # noqa: PLC0415
        from pbr_ledger.search import register as register_search  # noqa: PLC0415
        from pbr_ledger.sections import Section  # noqa: PLC0415
        from pbr_ledger.sections import register as register_section  # noqa: PLC0415
        from pbr_ledger.webhooks.events import register as register_events  # noqa: PLC0415

        for kind in (DRAFT_INVOICE, INVOICE_PDF, INVOICE_XML, CHECK_LEDGER):
            register(kind)
        for page in (INVOICE_LIST, ACTIVITY_LIST, PAYABLE_LIST):
            register_list(page)
        for notice in (INVOICES, PAYABLES, PAYMENTS, LIMITS):
            register_kind(notice)
        register_section(Section("invoices", "Invoices", "invoices", place=70, letter="i"))
        register_section(Section("payments", "Payments", "payments", place=80, letter="p"))
        register_section(
            Section("ledger", "Ledger", "ledger", place=90, letter="l", permissions=frozenset({"read_books"}))
        )
        register_section(Section("reports", "Reports", "reports", place=92, letter="f"))
        register_section(
            Section("activity", "Activity", "activity", place=110, letter="a", permissions=frozenset({"read_activity"}))
        )
        register_needs(needs_of_invoicing)
        register_search(found_in_invoicing)
        register_readings(settled_by_invoicing)
        register_landing(
            Landing(
                "record_payment",
                "payables",
                place=10,
                name="Payables",
                beside=(("What was recorded", "payables-recorded"),),
            )
        )
        register_daily(NIGHTLY_CHECK)
        register_figures(invoicing_figures)
        register_reads("activity")
        register_events(HAPPENINGS)
