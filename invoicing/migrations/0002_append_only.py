"""What is owed is only ever added to: by trigger, and by what the application's role may do. The agent sees nothing.

The chart of accounts comes with the installation; the application reads it.
"""

from django.db import migrations

ADDED_ONLY = [
    "invoicing_journalentry",
    "invoicing_posting",
    "invoicing_closedperiod",
    "invoicing_invoiceline",
    "invoicing_invoice_corrects",
    "invoicing_invoiceaction",
    "invoicing_invoicingterms",
    "invoicing_payment",
    "invoicing_paymentallocation",
    "invoicing_setoff",
    "invoicing_contractvariation",
]
CHANGED_BY_RULES = ["invoicing_invoice", "invoicing_contractbalance", "invoicing_parkedstatement"]
KEPT_TABLES = ["invoicing_account", *CHANGED_BY_RULES, *ADDED_ONLY]

ACCOUNTS = [
    ("5100", "Placements: fixed fee", "expense", "CYPFS placements"),
    ("5110", "Placements: carer fees", "expense", "CYPFS placements"),
    ("5120", "Placements: success fee", "expense", "CYPFS placements"),
    ("5130", "Placements: expenses", "expense", "CYPFS placements"),
    ("5190", "VAT on placements services", "expense", "CYPFS placements"),
    ("2100", "Payable to provider", "liability", ""),
    ("2200", "Paid by agent", "liability", ""),
    ("2300", "Accruals", "liability", ""),
    ("9100", "Savings made", "memorandum", ""),
    ("9190", "Savings made, contra", "memorandum", ""),
    ("9200", "Schedule", "memorandum", ""),
    ("9290", "Schedule, contra", "memorandum", ""),
    ("9300", "Unearned fee", "memorandum", ""),
    ("9390", "Unearned fee, contra", "memorandum", ""),
]


def install_chart(apps, schema_editor):
    account = apps.get_model("invoicing", "Account")
    account.objects.using(schema_editor.connection.alias).bulk_create(
        account(code=code, name=name, kind=kind, cost_code=cost_code) for code, name, kind, cost_code in ACCOUNTS
    )


def remove_chart(apps, schema_editor):
    apps.get_model("invoicing", "Account").objects.using(schema_editor.connection.alias).all().delete()


def never(table):
    """Refuse DELETE and TRUNCATE, whoever asks."""
    short = table.removeprefix("invoicing_")
    return f"""
CREATE TRIGGER {short}_never_deleted BEFORE DELETE ON {table}
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER {short}_never_truncated BEFORE TRUNCATE ON {table}
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
"""


def not_never(table):
    short = table.removeprefix("invoicing_")
    return f"DROP TRIGGER {short}_never_deleted ON {table};\nDROP TRIGGER {short}_never_truncated ON {table};\n"


def never_changed(table):
    short = table.removeprefix("invoicing_")
    return (
        f"CREATE TRIGGER {short}_never_changed BEFORE UPDATE ON {table} "
        "FOR EACH ROW EXECUTE FUNCTION refuse_change();"
    )


def not_never_changed(table):
    return f"DROP TRIGGER {table.removeprefix('invoicing_')}_never_changed ON {table};"


PRIVILEGES = f"""
REVOKE ALL ON TABLE {', '.join(KEPT_TABLES)} FROM PUBLIC, pbr_application, pbr_agent;
GRANT SELECT ON TABLE {', '.join(KEPT_TABLES)} TO pbr_application;
GRANT INSERT ON TABLE {', '.join([*CHANGED_BY_RULES, *ADDED_ONLY])} TO pbr_application;
GRANT UPDATE (
    status, settled, approved_by_id, number, provider_reference, issued_on, due_on, issued_by_id, particulars
) ON TABLE invoicing_invoice TO pbr_application;
GRANT UPDATE (
    last_invoice_number, last_entry_number, fixed_fee_cap, fixed_fee_approved, maximum, approved
) ON TABLE invoicing_contractbalance TO pbr_application;
GRANT UPDATE (released_at, released_by_id, reason) ON TABLE invoicing_parkedstatement TO pbr_application;
"""
NO_PRIVILEGES = f"REVOKE ALL ON TABLE {', '.join(KEPT_TABLES)} FROM pbr_application;"


class Migration(migrations.Migration):
    dependencies = [("invoicing", "0001_initial"), ("savings", "0002_append_only")]

    operations = [
        migrations.RunPython(install_chart, remove_chart),
        # RunPython's rows leave deferred checks behind, and no trigger is made while one is pending.
        migrations.RunSQL("SET CONSTRAINTS ALL IMMEDIATE; SET CONSTRAINTS ALL DEFERRED;", migrations.RunSQL.noop),
        *(migrations.RunSQL(never(table), not_never(table)) for table in KEPT_TABLES),
        *(migrations.RunSQL(never_changed(table), not_never_changed(table)) for table in ADDED_ONLY),
        migrations.RunSQL(PRIVILEGES, NO_PRIVILEGES),
    ]
