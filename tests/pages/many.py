"""Three hundred of what there was one of: rows copied by the tables' owner, past the services, for counting queries."""

from django.db import connections

from cohort.models import Contract

COPIES = 299


def copied(contract: Contract) -> None:
    """The contract's only invoice, its statement, its payment and their entries, three hundred times.

    Only the owner of the tables can, with the triggers off; what does not add up then matters to no count of queries.
    """
    one = f"contract_id = {contract.pk}"
    month = "(a.month_start + n * interval '1 month')::date"
    _copy("savings_proposal", f"a.{one}", month_start=month)
    _copy(
        "savings_closedstatement",
        f"a.{one} AND p.{one} AND p.id <> a.proposal_id",
        join="savings_proposal p",
        month_start="p.month_start",
        proposal_id="p.id",
    )
    _copy(
        "invoicing_invoice",
        f"a.{one} AND s.{one} AND s.id <> a.statement_id",
        join="savings_closedstatement s",
        statement_id="s.id",
        number="a.number + row_number() OVER (ORDER BY s.id)",
    )
    _copy("invoicing_payment", f"a.{one}", remittance_reference="a.remittance_reference || ' ' || n")
    _copy(
        "invoicing_paymentallocation",
        f"p.{one} AND p.id <> a.payment_id AND a.payment_id IN (SELECT id FROM invoicing_payment WHERE {one})",
        join="invoicing_payment p",
        payment_id="p.id",
    )
    for key in ("invoice 1", "payment "):
        _copy(
            "invoicing_journalentry",
            f"a.{one} AND a.key LIKE '{key}%%'",
            number=f"a.number * 1000 + n + {len(key)} * 100000",
            key="a.key || ' copy ' || n",
        )
    _copy(
        "invoicing_posting",
        f"e.{one} AND o.{one} AND a.entry_id = o.id AND e.key LIKE o.key || ' copy %%'",
        join="invoicing_journalentry e, invoicing_journalentry o",
        entry_id="e.id",
    )


def _copy(table: str, where: str, *, join: str = "", **changed: str) -> None:
    """Copy the rows `a` of the table, the changed columns by their SQL; with `join`, one copy for each joined row."""
    with connections["owner"].cursor() as cursor:
        cursor.execute("SELECT column_name FROM information_schema.columns WHERE table_name = %s", [table])
        kept = [name for (name,) in cursor.fetchall() if name != "id" and name not in changed]
        other = join or f"generate_series(1, {COPIES}) n"
        columns = ", ".join([*kept, *changed])
        values = ", ".join([*(f"a.{name}" for name in kept), *changed.values()])
        cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        cursor.execute(f"INSERT INTO {table} ({columns}) SELECT {values} FROM {table} a, {other} WHERE {where}", [])
        cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")
