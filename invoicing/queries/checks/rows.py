# ruff: noqa: S608 - what is put into these queries is written here, beside them
"""The rows of what is owed against each other, each rule as one question to PostgreSQL over all contracts.

The database refuses to write what these look for. They are asked all the same: a restored or repaired database, or one
whose owner switched a trigger off, has only this to show it.
"""

from collections.abc import Iterator, Mapping
from types import MappingProxyType

from django.db import connection

from cohort.models import Contract
from invoicing.queries.checks.findings import Finding

SIGNED_NET = "CASE invoice.kind WHEN 'invoice' THEN invoice.net ELSE -invoice.net END"
SIGNED_GROSS = "CASE invoice.kind WHEN 'invoice' THEN invoice.gross ELSE -invoice.gross END"
SIGNED_LINE = "CASE invoice.kind WHEN 'invoice' THEN line.net ELSE -line.net END"
DEBIT = "CASE posting.side WHEN 'debit' THEN posting.amount ELSE -posting.amount END"
PAID = "CASE WHEN payment.reverses_id IS NULL THEN allocation.amount ELSE -allocation.amount END"
INVOICE = (
    "contract.reference || ' ' || replace(invoice.kind, '_', ' ') || ' ' || coalesce(invoice.number::text, '(draft)')"
)
ACCOUNT_OF = """
    CASE line.charge WHEN 'carer_fees' THEN '5110' WHEN 'success_fee' THEN '5120' WHEN 'expenses' THEN '5130'
        ELSE '5100' END
"""

QUESTIONS: Mapping[str, str] = MappingProxyType(
    {
        "the debits and credits of its books differ": f"""
            SELECT contract.reference, sum({DEBIT})::text FROM contract
            JOIN invoicing_journalentry entry ON entry.contract_id = contract.id
            JOIN invoicing_posting posting ON posting.entry_id = entry.id
            GROUP BY contract.reference HAVING sum({DEBIT}) <> 0
        """,
        "does not have the legs that it states, in balance": """
            SELECT contract.reference || ' entry ' || entry.number,
                count(posting.id) || ' legs, ' || coalesce(sum(amount) FILTER (WHERE side = 'debit'), 0) || ' and '
                || coalesce(sum(amount) FILTER (WHERE side = 'credit'), 0) || ', not ' || leg_count || ' of ' || total
            FROM contract JOIN invoicing_journalentry entry ON entry.contract_id = contract.id
            LEFT JOIN invoicing_posting posting ON posting.entry_id = entry.id
            GROUP BY contract.reference, entry.id
            HAVING (count(posting.id), sum(amount) FILTER (WHERE side = 'debit'),
                sum(amount) FILTER (WHERE side = 'credit')) IS DISTINCT FROM (leg_count::bigint, total, total)
        """,
        "mixes memorandum accounts with others": """
            SELECT contract.reference || ' entry ' || entry.number, ''
            FROM contract JOIN invoicing_journalentry entry ON entry.contract_id = contract.id
            JOIN invoicing_posting posting ON posting.entry_id = entry.id
            JOIN invoicing_account account ON account.id = posting.account_id
            GROUP BY contract.reference, entry.id HAVING count(DISTINCT account.kind = 'memorandum') > 1
        """,
        "does not mirror the entry that it reverses": """
            SELECT contract.reference || ' entry ' || entry.number, ''
            FROM contract JOIN invoicing_journalentry entry ON entry.contract_id = contract.id
            WHERE entry.reverses_id IS NOT NULL AND (
                SELECT array_agg((account_id, side, amount)::text ORDER BY account_id, side, amount)
                FROM invoicing_posting WHERE entry_id = entry.id
            ) IS DISTINCT FROM (
                SELECT array_agg((account_id, turned, amount)::text ORDER BY account_id, turned, amount)
                FROM (SELECT account_id, CASE side WHEN 'debit' THEN 'credit' ELSE 'debit' END AS turned, amount
                    FROM invoicing_posting WHERE entry_id = entry.reverses_id) mirrored
            )
        """,
        "was posted into a period after it was closed": """
            SELECT contract.reference || ' entry ' || entry.number, max(closed.financial_year || ' P' || closed.number)
            FROM contract JOIN invoicing_journalentry entry ON entry.contract_id = contract.id
            JOIN invoicing_closedperiod closed ON closed.council_id = contract.council_id
            WHERE closed.closed_at < entry.recorded_at AND invoicing_period_of(entry.effective_on)
                <= closed.financial_year * 12 + closed.number
            GROUP BY contract.reference, entry.id
        """,
        "the numbers of its journal entries have a gap": """
            SELECT contract.reference, count(*) || ' entries to number ' || max(number)
            FROM contract JOIN invoicing_journalentry entry ON entry.contract_id = contract.id
            GROUP BY contract.reference HAVING count(*) <> max(number) OR min(number) <> 1
        """,
        "the numbers of its invoices have a gap": """
            SELECT contract.reference, count(number) || ' invoices to number ' || max(number)
            FROM contract JOIN invoicing_invoice invoice ON invoice.contract_id = contract.id
            WHERE number IS NOT NULL
            GROUP BY contract.reference HAVING count(*) <> max(number) OR min(number) <> 1
        """,
        "its running columns are not what its rows come to": f"""
            SELECT contract.reference, 'kept ' || coalesce(kept::text, 'nowhere') || ', counted ' || counted::text
            FROM contract CROSS JOIN LATERAL (SELECT coalesce(sum({DEBIT}) FILTER (WHERE code <> '5190'), 0.00) AS net,
                    coalesce(sum({DEBIT}) FILTER (WHERE code = '5100'), 0.00) AS fee
                FROM invoicing_journalentry entry JOIN invoicing_posting posting ON posting.entry_id = entry.id
                JOIN invoicing_account account ON account.id = posting.account_id
                WHERE entry.contract_id = contract.id AND entry.kind = 'reclassification') moved
            CROSS JOIN LATERAL (SELECT
                (SELECT coalesce(max(number), 0) FROM invoicing_invoice WHERE contract_id = contract.id) AS invoices,
                (SELECT coalesce(max(number), 0) FROM invoicing_journalentry
                    WHERE contract_id = contract.id) AS entries,
                (SELECT moved.net + coalesce(sum({SIGNED_NET}), 0.00) FROM invoicing_invoice invoice
                    WHERE contract_id = contract.id AND approved_by_id IS NOT NULL) AS approved,
                (SELECT moved.fee + coalesce(sum({SIGNED_LINE}), 0.00) FROM invoicing_invoiceline line
                    JOIN invoicing_invoice invoice ON invoice.id = line.invoice_id
                    WHERE contract_id = contract.id AND approved_by_id IS NOT NULL
                    AND charge IN ('fixed_fee', 'prior_periods')) AS fixed_fee
            ) counted
            LEFT JOIN (SELECT contract_id, last_invoice_number, last_entry_number, approved, fixed_fee_approved
                FROM invoicing_contractbalance) kept ON kept.contract_id = contract.id
            WHERE (coalesce(last_invoice_number, 0), coalesce(last_entry_number, 0), coalesce(kept.approved, 0),
                coalesce(fixed_fee_approved, 0)) <> (invoices, entries, counted.approved, fixed_fee)
        """,
        "more is approved than its limit allows": """
            SELECT contract.reference, 'fixed fee ' || fixed_fee_approved || ' of ' || fixed_fee_cap || ', in all '
                || approved || ' of ' || maximum
            FROM contract JOIN invoicing_contractbalance ON contract_id = contract.id
            WHERE fixed_fee_approved > fixed_fee_cap OR approved > maximum
        """,
        "a limit of its is above what any terms or variation say": """
            SELECT contract.reference, 'cap ' || fixed_fee_cap || ', maximum ' || maximum
            FROM contract JOIN invoicing_contractbalance balance ON contract_id = contract.id
            WHERE fixed_fee_cap > (SELECT max(phase2_fee + phase3_fee) FROM cohort_termsversion
                    WHERE contract_id = contract.id)
                OR maximum > greatest(
                    (SELECT max(maximum_value) FROM cohort_termsversion WHERE contract_id = contract.id),
                    (SELECT max(maximum_value) FROM invoicing_contractvariation WHERE contract_id = contract.id))
        """,
        "its books do not show what is approved and paid": f"""
            SELECT contract.reference, 'account ' || account.code || ' stands at ' || booked || ', should at ' || due
            FROM contract CROSS JOIN invoicing_account account
            CROSS JOIN LATERAL (SELECT coalesce(sum({DEBIT}), 0.00) AS booked FROM invoicing_posting posting
                JOIN invoicing_journalentry entry ON entry.id = posting.entry_id
                WHERE entry.contract_id = contract.id AND posting.account_id = account.id
                    AND entry.kind <> 'reclassification') books
            CROSS JOIN LATERAL (SELECT CASE WHEN account.code LIKE '51%%' THEN (
                    SELECT coalesce(sum(CASE WHEN account.code <> '5190' THEN {SIGNED_LINE}
                        WHEN invoice.kind = 'invoice' THEN line.vat ELSE -line.vat END), 0.00)
                    FROM invoicing_invoiceline line JOIN invoicing_invoice invoice ON invoice.id = line.invoice_id
                    WHERE invoice.contract_id = contract.id AND approved_by_id IS NOT NULL
                        AND account.code IN ('5190', {ACCOUNT_OF}))
                WHEN account.code = '2300' THEN 0.00
                ELSE (SELECT coalesce(sum(CASE WHEN (kind = 'payment') = (reverses_id IS NULL) THEN amount
                        ELSE -amount END), 0.00) FROM invoicing_payment WHERE contract_id = contract.id)
                    * CASE account.code WHEN '2200' THEN -1 ELSE 1 END
                    - CASE account.code WHEN '2200' THEN 0 ELSE (SELECT coalesce(sum({SIGNED_GROSS}), 0.00)
                        FROM invoicing_invoice invoice
                        WHERE contract_id = contract.id AND approved_by_id IS NOT NULL) END
                END AS due) rows
            WHERE account.kind <> 'memorandum' AND booked <> due
        """,
        "its lines do not come to its amounts": f"""
            SELECT {INVOICE}, coalesce(sum(line.net), 0) || ' and ' || coalesce(sum(line.vat), 0) || ' of VAT'
            FROM contract JOIN invoicing_invoice invoice ON invoice.contract_id = contract.id
            LEFT JOIN invoicing_invoiceline line ON line.invoice_id = invoice.id
            GROUP BY contract.reference, invoice.id
            HAVING (sum(line.net), sum(line.vat)) IS DISTINCT FROM (invoice.net, invoice.vat)
        """,
        "is not of its statement's total": f"""
            SELECT {INVOICE}, (statement.document::json ->> 'total')
            FROM contract JOIN invoicing_invoice invoice ON invoice.contract_id = contract.id
            JOIN savings_closedstatement statement ON statement.id = invoice.statement_id
            WHERE {SIGNED_NET} <> (statement.document::json ->> 'total')::numeric
        """,
        "says something else is settled than its payments and set-offs": f"""
            SELECT {INVOICE}, settled || ', not ' || invoicing_settled(invoice.id)
            FROM contract JOIN invoicing_invoice invoice ON invoice.contract_id = contract.id
            WHERE settled <> invoicing_settled(invoice.id)
        """,
        "its status does not fit what is settled of it": f"""
            SELECT {INVOICE}, status || ' with ' || settled || ' of ' || gross
            FROM contract JOIN invoicing_invoice invoice ON invoice.contract_id = contract.id
            WHERE (status = 'paid') <> (settled = gross)
                OR (status = 'part_paid') <> (settled > 0 AND settled < gross)
        """,
        "is not allocated whole": """
            SELECT contract.reference || ' ' || payment.kind || ' ' || remittance_reference,
                coalesce(sum(allocation.amount), 0) || ' of ' || payment.amount
            FROM contract JOIN invoicing_payment payment ON payment.contract_id = contract.id
            LEFT JOIN invoicing_paymentallocation allocation ON allocation.payment_id = payment.id
            GROUP BY contract.reference, payment.id
            HAVING sum(allocation.amount) IS DISTINCT FROM payment.amount
        """,
        "does not carry what it reverses": """
            SELECT contract.reference || ' set-off ' || reversal.id, reversal.amount || ' of ' || original.amount
            FROM contract JOIN invoicing_setoff reversal ON reversal.contract_id = contract.id
            JOIN invoicing_setoff original ON original.id = reversal.reverses_id
            WHERE original.reverses_id IS NOT NULL
                OR (reversal.contract_id, reversal.credit_note_id, reversal.invoice_id, reversal.amount)
                <> (original.contract_id, original.credit_note_id, original.invoice_id, original.amount)
        """,
        "two of its placements overlap": """
            SELECT contract.reference || ' child ' || child.reference, a.fact_id || ' and ' || b.fact_id
            FROM contract JOIN cohort_child child ON child.contract_id = contract.id
            JOIN cohort_placementversion a ON a.child_id = child.id
            JOIN cohort_placementversion b ON b.child_id = child.id AND b.id > a.id
            WHERE a.superseded_at IS NULL AND b.superseded_at IS NULL AND NOT a.retracted AND NOT b.retracted
                AND daterange(a.start, a.until) && daterange(b.start, b.until)
        """,
        "an agreement is not to the figures that were closed": """
            SELECT contract.reference || ' ' || to_char(statement.month_start, 'YYYY-MM'), agreement.side
            FROM contract JOIN savings_closedstatement statement ON statement.contract_id = contract.id
            JOIN savings_agreement agreement ON agreement.proposal_id = statement.proposal_id
            WHERE agreement.digest <> statement.digest
        """,
        "was closed without the agreement of both sides": """
            SELECT contract.reference || ' ' || to_char(statement.month_start, 'YYYY-MM'), ''
            FROM contract JOIN savings_closedstatement statement ON statement.contract_id = contract.id
            WHERE (SELECT array_agg(side ORDER BY side) FROM savings_agreement
                WHERE proposal_id = statement.proposal_id) IS DISTINCT FROM
                CASE WHEN unanswered_because = '' THEN '{council,provider}' ELSE '{council}' END::varchar[]
        """,
        "its hash is not that of its content": f"""
            SELECT contract.reference || ' ' || to_char(statement.month_start, 'YYYY-MM') || ' ' || report.name, ''
            FROM contract JOIN savings_closedstatement statement ON statement.contract_id = contract.id
            JOIN savings_statementreport report ON report.statement_id = statement.id
            WHERE report.sha256 <> encode(sha256(report.content), 'hex')
            UNION ALL SELECT {INVOICE} || ' ' || document.name, ''
            FROM contract JOIN invoicing_invoice invoice ON invoice.contract_id = contract.id
            JOIN invoicing_invoicedocument document ON document.invoice_id = invoice.id
            WHERE document.sha256 <> encode(sha256(document.content), 'hex')
        """,
    }
)
"""What is wrong, and the query that finds where: rows of the place, and of what was found there."""


def row_findings(contract: Contract | None) -> Iterator[Finding]:
    """Every row of the contract, or of any, that does not agree with the others."""
    of_which = "" if contract is None else "WHERE id = %s"
    parameters = [] if contract is None else [contract.pk]
    with connection.cursor() as cursor:
        for message, question in QUESTIONS.items():
            cursor.execute(
                f"WITH contract AS (SELECT * FROM cohort_contract {of_which}) {question} ORDER BY 1, 2", parameters
            )
            for place, found in cursor.fetchall():
                yield Finding(place, f"{message} ({found})" if found else message)
