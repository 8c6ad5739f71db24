"""The paying agent's wall: views without a child, a carer or an outcome, the only things that its role may read.

The views work as their owner, so the role needs no right to any table. They hold totals of issued invoices, never
drafts, lines by kind of charge, reasons that others wrote, or titles; each row names the three parties.
"""

from django.db import migrations, models

PARTIES = "contract.council_id, contract.provider_id, contract.agent_id"
OF_INVOICE = """
    JOIN invoicing_invoice invoice ON invoice.id = {}.invoice_id AND invoice.number IS NOT NULL
    JOIN cohort_contract contract ON contract.id = invoice.contract_id
"""

VIEWS = {
    "agent_contract": f"""
SELECT contract.id, {PARTIES}, contract.reference,
    council.reference AS council_reference, council.name AS council_name,
    provider.reference AS provider_reference, provider.name AS provider_name,
    agent.reference AS agent_reference, agent.name AS agent_name
FROM cohort_contract contract
JOIN accounts_organisation council ON council.id = contract.council_id
JOIN accounts_organisation provider ON provider.id = contract.provider_id
JOIN accounts_organisation agent ON agent.id = contract.agent_id
""",
    "agent_invoice": f"""
SELECT invoice.id, {PARTIES}, invoice.contract_id, contract.reference AS contract_reference, invoice.kind,
    invoice.status, invoice.number, invoice.provider_reference AS provider_number,
    to_char(statement.month_start, 'YYYY-MM') AS month, invoice.issued_on, invoice.due_on,
    invoice.net, invoice.vat, invoice.gross, invoice.settled, invoice.gross - invoice.settled AS outstanding,
    coalesce(invoice.particulars #>> '{{provider,name}}', '') AS payee_name,
    coalesce(invoice.particulars #>> '{{provider,address}}', '') AS payee_address,
    coalesce(invoice.particulars #>> '{{provider,vat_number}}', '') AS payee_vat_number,
    coalesce(invoice.particulars #>> '{{council,name}}', '') AS buyer_name,
    coalesce(invoice.particulars ->> 'order_reference', '') AS order_reference,
    coalesce(invoice.particulars ->> 'bank_reference', '') AS bank_reference,
    greatest(invoice.drafted_at, (SELECT max(at) FROM invoicing_invoiceaction WHERE invoice_id = invoice.id))
        AS changed_at
FROM invoicing_invoice invoice
JOIN cohort_contract contract ON contract.id = invoice.contract_id
JOIN savings_closedstatement statement ON statement.id = invoice.statement_id
WHERE invoice.number IS NOT NULL
""",
    "agent_invoice_vat": f"""
SELECT min(line.id) AS id, {PARTIES}, line.invoice_id, line.vat_treatment AS treatment, line.vat_rate AS rate,
    sum(line.net) AS net, sum(line.vat) AS vat
FROM invoicing_invoiceline line {OF_INVOICE.format("line")}
GROUP BY {PARTIES}, line.invoice_id, line.vat_treatment, line.vat_rate
""",
    "agent_invoice_correction": f"""
SELECT correction.id, {PARTIES}, correction.from_invoice_id AS invoice_id, correction.to_invoice_id AS corrects_id
FROM invoicing_invoice_corrects correction
JOIN invoicing_invoice invoice ON invoice.id = correction.from_invoice_id AND invoice.number IS NOT NULL
JOIN invoicing_invoice corrected ON corrected.id = correction.to_invoice_id AND corrected.number IS NOT NULL
JOIN cohort_contract contract ON contract.id = invoice.contract_id
""",
    "agent_invoice_document": f"""
SELECT document.id, {PARTIES}, document.invoice_id, document.name, document.media_type, document.sha256,
    document.content
FROM invoicing_invoicedocument document {OF_INVOICE.format("document")}
""",
    "agent_payment": f"""
SELECT payment.id, {PARTIES}, payment.contract_id, payment.kind, payment.paid_on, payment.amount,
    payment.remittance_reference, payment.recorded_at, payment.reverses_id, reversal.id AS reversed_by_id, payment.reason
FROM invoicing_payment payment
JOIN cohort_contract contract ON contract.id = payment.contract_id
LEFT JOIN invoicing_payment reversal ON reversal.reverses_id = payment.id
""",
    "agent_allocation": f"""
SELECT allocation.id, {PARTIES}, allocation.payment_id, allocation.invoice_id, allocation.amount
FROM invoicing_paymentallocation allocation
JOIN invoicing_payment payment ON payment.id = allocation.payment_id
JOIN cohort_contract contract ON contract.id = payment.contract_id
""",
    "agent_set_off": f"""
SELECT made.id, {PARTIES}, made.contract_id, made.credit_note_id, made.invoice_id, made.amount, made.recorded_at,
    made.reverses_id, reversal.id AS reversed_by_id, made.reason
FROM invoicing_setoff made
JOIN cohort_contract contract ON contract.id = made.contract_id
LEFT JOIN invoicing_setoff reversal ON reversal.reverses_id = made.id
""",
    "agent_event": f"""
SELECT event.id, {PARTIES}, event.kind, event.at, event.contract_id, event.invoice_id, event.payment_id
FROM invoicing_event event
JOIN cohort_contract contract ON contract.id = event.contract_id
WHERE event.statement_id IS NULL
""",
}


def made(name, query):
    return f"""
CREATE VIEW {name} WITH (security_barrier) AS {query};
REVOKE ALL ON TABLE {name} FROM PUBLIC, pbr_application, pbr_agent;
GRANT SELECT ON TABLE {name} TO pbr_application, pbr_agent;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0004_organisation_registrations"),
        ("cohort", "0002_append_only"),
        ("invoicing", "0010_events"),
        ("savings", "0002_append_only"),
    ]

    operations = [
        *(migrations.RunSQL(made(name, query), f"DROP VIEW {name};") for name, query in VIEWS.items()),
        migrations.CreateModel(
            name='AgentAllocation',
            fields=[
                ('id', models.BigIntegerField(primary_key=True, serialize=False)),
                ('council_id', models.BigIntegerField()),
                ('provider_id', models.BigIntegerField()),
                ('agent_id', models.BigIntegerField()),
                ('invoice_id', models.BigIntegerField()),
                ('amount', models.DecimalField(decimal_places=2, max_digits=14)),
            ],
            options={
                'db_table': 'agent_allocation',
                'managed': False,
            },
        ),
        migrations.CreateModel(
            name='AgentContract',
            fields=[
                ('id', models.BigIntegerField(primary_key=True, serialize=False)),
                ('council_id', models.BigIntegerField()),
                ('provider_id', models.BigIntegerField()),
                ('agent_id', models.BigIntegerField()),
                ('reference', models.CharField(max_length=100)),
                ('council_reference', models.CharField(max_length=50)),
                ('council_name', models.CharField(max_length=200)),
                ('provider_reference', models.CharField(max_length=50)),
                ('provider_name', models.CharField(max_length=200)),
                ('agent_reference', models.CharField(max_length=50)),
                ('agent_name', models.CharField(max_length=200)),
            ],
            options={
                'db_table': 'agent_contract',
                'managed': False,
            },
        ),
        migrations.CreateModel(
            name='AgentCorrection',
            fields=[
                ('id', models.BigIntegerField(primary_key=True, serialize=False)),
                ('council_id', models.BigIntegerField()),
                ('provider_id', models.BigIntegerField()),
                ('agent_id', models.BigIntegerField()),
                ('corrects_id', models.BigIntegerField()),
            ],
            options={
                'db_table': 'agent_invoice_correction',
                'managed': False,
            },
        ),
        migrations.CreateModel(
            name='AgentDocument',
            fields=[
                ('id', models.BigIntegerField(primary_key=True, serialize=False)),
                ('council_id', models.BigIntegerField()),
                ('provider_id', models.BigIntegerField()),
                ('agent_id', models.BigIntegerField()),
                ('name', models.CharField(max_length=50)),
                ('media_type', models.CharField(max_length=100)),
                ('sha256', models.CharField(max_length=64)),
                ('content', models.BinaryField()),
            ],
            options={
                'db_table': 'agent_invoice_document',
                'managed': False,
            },
        ),
        migrations.CreateModel(
            name='AgentEvent',
            fields=[
                ('id', models.BigIntegerField(primary_key=True, serialize=False)),
                ('council_id', models.BigIntegerField()),
                ('provider_id', models.BigIntegerField()),
                ('agent_id', models.BigIntegerField()),
                ('kind', models.CharField(max_length=40)),
                ('at', models.DateTimeField()),
                ('contract_id', models.BigIntegerField()),
                ('invoice_id', models.BigIntegerField(null=True)),
                ('payment_id', models.BigIntegerField(null=True)),
            ],
            options={
                'db_table': 'agent_event',
                'managed': False,
            },
        ),
        migrations.CreateModel(
            name='AgentInvoice',
            fields=[
                ('id', models.BigIntegerField(primary_key=True, serialize=False)),
                ('council_id', models.BigIntegerField()),
                ('provider_id', models.BigIntegerField()),
                ('agent_id', models.BigIntegerField()),
                ('contract_id', models.BigIntegerField()),
                ('contract_reference', models.CharField(max_length=100)),
                ('kind', models.CharField(max_length=15)),
                ('status', models.CharField(max_length=20)),
                ('number', models.PositiveIntegerField()),
                ('provider_number', models.CharField(max_length=50)),
                ('month', models.CharField(max_length=7)),
                ('issued_on', models.DateField()),
                ('due_on', models.DateField()),
                ('net', models.DecimalField(decimal_places=2, max_digits=14)),
                ('vat', models.DecimalField(decimal_places=2, max_digits=14)),
                ('gross', models.DecimalField(decimal_places=2, max_digits=14)),
                ('settled', models.DecimalField(decimal_places=2, max_digits=14)),
                ('outstanding', models.DecimalField(decimal_places=2, max_digits=14)),
                ('payee_name', models.TextField()),
                ('payee_address', models.TextField()),
                ('payee_vat_number', models.TextField()),
                ('buyer_name', models.TextField()),
                ('order_reference', models.TextField()),
                ('bank_reference', models.TextField()),
                ('changed_at', models.DateTimeField()),
            ],
            options={
                'db_table': 'agent_invoice',
                'managed': False,
            },
        ),
        migrations.CreateModel(
            name='AgentPayment',
            fields=[
                ('id', models.BigIntegerField(primary_key=True, serialize=False)),
                ('council_id', models.BigIntegerField()),
                ('provider_id', models.BigIntegerField()),
                ('agent_id', models.BigIntegerField()),
                ('contract_id', models.BigIntegerField()),
                ('kind', models.CharField(max_length=10)),
                ('paid_on', models.DateField()),
                ('amount', models.DecimalField(decimal_places=2, max_digits=14)),
                ('remittance_reference', models.CharField(max_length=100)),
                ('recorded_at', models.DateTimeField()),
                ('reverses_id', models.BigIntegerField(null=True)),
                ('reversed_by_id', models.BigIntegerField(null=True)),
                ('reason', models.TextField()),
            ],
            options={
                'db_table': 'agent_payment',
                'managed': False,
            },
        ),
        migrations.CreateModel(
            name='AgentSetOff',
            fields=[
                ('id', models.BigIntegerField(primary_key=True, serialize=False)),
                ('council_id', models.BigIntegerField()),
                ('provider_id', models.BigIntegerField()),
                ('agent_id', models.BigIntegerField()),
                ('contract_id', models.BigIntegerField()),
                ('credit_note_id', models.BigIntegerField()),
                ('invoice_id', models.BigIntegerField()),
                ('amount', models.DecimalField(decimal_places=2, max_digits=14)),
                ('recorded_at', models.DateTimeField()),
                ('reverses_id', models.BigIntegerField(null=True)),
                ('reversed_by_id', models.BigIntegerField(null=True)),
                ('reason', models.TextField()),
            ],
            options={
                'db_table': 'agent_set_off',
                'managed': False,
            },
        ),
        migrations.CreateModel(
            name='AgentVat',
            fields=[
                ('id', models.BigIntegerField(primary_key=True, serialize=False)),
                ('council_id', models.BigIntegerField()),
                ('provider_id', models.BigIntegerField()),
                ('agent_id', models.BigIntegerField()),
                ('treatment', models.CharField(max_length=10)),
                ('rate', models.DecimalField(decimal_places=4, max_digits=5)),
                ('net', models.DecimalField(decimal_places=2, max_digits=14)),
                ('vat', models.DecimalField(decimal_places=2, max_digits=14)),
            ],
            options={
                'db_table': 'agent_invoice_vat',
                'managed': False,
            },
        ),
    ]
