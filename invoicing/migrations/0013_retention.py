"""The one way to destroy anything: what names or describes children and carers, of one contract, when its time is over.

`retention_erase` refuses a contract whose six years have not passed by the database's own clock, or that is erased
already. It works with the privileges of whoever calls it, and switches triggers off, which only the tables' owner can:
the application's role may neither call it nor do anything in it (docs/adr/0024-erasing-without-breaking-the-chain.md).
"""

from django.db import migrations

SAFELY = "SET search_path = pg_catalog, public, pg_temp"
KEPT_YEARS = 6
ERASED = "(erased)"

KINDS = ["claim", "placement", "child", "household", "extracost", "expense"]


def of(table, column="contract_id"):
    """The keys of this contract's rows in a table."""
    return f"(SELECT id FROM public.{table} WHERE {column} = $1)"


def versions_of(kind):
    return f"fact_id IN {of(f'cohort_{kind}')}"


EVIDENCE = " OR ".join(f"{kind}_id IN {of(f'cohort_{kind}')}" for kind in ("claim", "household", "placement", "expense"))
NOTICES = "(SELECT notice.id FROM public.notices_notice notice, public.cohort_contract contract WHERE contract.id = $1 AND notice.about = contract.reference)"

DESTROYED = {
    "cohort_evidencewithdrawal": f"evidence_id IN (SELECT id FROM public.cohort_evidence WHERE {EVIDENCE})",
    "cohort_evidence": EVIDENCE,
    "cohort_claimnote": f"claim_id IN {of('cohort_claim')}",
    "cohort_baselineagreement": f"child_id IN {of('cohort_child')}",
    "cohort_baselineproposal": f"child_id IN {of('cohort_child')}",
    "cohort_baselinerate": f"version_id IN (SELECT id FROM public.cohort_childversion WHERE {versions_of('child')})",
    "cohort_placementrate": (
        f"version_id IN (SELECT id FROM public.cohort_placementversion WHERE {versions_of('placement')})"
    ),
    **{f"cohort_{kind}version": versions_of(kind) for kind in KINDS},
    **{f"cohort_{kind}": "contract_id = $1" for kind in KINDS},
    "cohort_pendingimport": "contract_id = $1",
    "savings_scenarioversion": f"scenario_id IN {of('savings_keptscenario')}",
    "savings_keptscenario": "contract_id = $1",
    "savings_statementreport": f"statement_id IN {of('savings_closedstatement')}",
    "notices_noticecopy": f"notice_id IN {NOTICES}",
    "notices_notice_organisations": f"notice_id IN {NOTICES}",
    "notices_notice": f"id IN {NOTICES}",
}
"""Tables whose rows go, with which of them are a contract's."""

REDUCED = {
    "savings_proposal": ("document = retention_totals(document)", "contract_id = $1"),
    "savings_dispute": (
        f"about = '{ERASED}', reason = '{ERASED}'",
        f"proposal_id IN {of('savings_proposal')}",
    ),
    "savings_closedstatement": (
        (
            "document = retention_totals(document), expenses = '{}', "
            f"skipped_months_because = CASE skipped_months_because WHEN '' THEN '' ELSE '{ERASED}' END, "
            f"unanswered_because = CASE unanswered_because WHEN '' THEN '' ELSE '{ERASED}' END"
        ),
        "contract_id = $1",
    ),
    "invoicing_invoiceaction": (
        f"reason = '{ERASED}'",
        f"reason <> '' AND invoice_id IN {of('invoicing_invoice')}",
    ),
    "invoicing_parkedstatement": (
        f"reason = '{ERASED}'",
        f"reason <> '' AND statement_id IN {of('savings_closedstatement')}",
    ),
    "jobs_job": (
        f"progress = '', error = CASE error WHEN '' THEN '' ELSE '{ERASED}' END",
        "(progress <> '' OR error <> '') AND retention_is_of(subject, $1)",
    ),
    "jobs_jobreport": (
        "lines = retention_lines_left(lines, $1)",
        "lines <> retention_lines_left(lines, $1)",
    ),
}
"""Tables whose rows stay with less in them: what becomes of them, and which are a contract's."""

AUDIT_KEPT = {
    "contract.created": None,
    "contract.corrected": None,
    "terms.recorded": None,
    "invoicing_terms.recorded": None,
    "variation.recorded": None,
    "baselines.loaded": None,
    "facts.imported": ["facts", "proposals", "rows"],
    "statement.proposed": None,
    "statement.agreed": None,
    "statement.disputed": [],
    "statement.dispute_withdrawn": None,
    "statement.lapsed": [],
    "statement.closed": ["digest", "total"],
    "statement.parked": None,
    "statement.released": ["findings"],
    "statement.reclassified": None,
    "invoice.drafted": None,
    "invoice.issued": None,
    "invoice.approved": None,
    "invoice.held": [],
    "invoice.released": [],
    "credit_note.drafted": None,
    "credit_note.issued": None,
    "credit_note.approved": None,
    "credit_note.held": [],
    "credit_note.released": [],
    "credit_note.set_off": None,
    "credit_note.set_off_reversed": None,
    "payment.recorded": None,
    "payment.reversed": None,
    "repayment.recorded": None,
    "repayment.reversed": None,
    "entry.reversed": None,
    "year_end.accrued": None,
}
"""Events that keep their subject: with all they say, or with these parts of it. All others keep neither."""

TOUCHED = [*DESTROYED, *REDUCED, "audit_auditevent"]


def quoted(text):
    return "'" + text.replace("'", "''") + "'"


def keys(kept):
    return "NULL::text[]" if kept is None else f"ARRAY[{', '.join(map(quoted, kept))}]::text[]"


WHEN = f"""
CREATE FUNCTION retention_today() RETURNS date LANGUAGE sql VOLATILE {SAFELY}
    RETURN (clock_timestamp() AT TIME ZONE 'Europe/London')::date;

CREATE FUNCTION retention_ends_on(of_contract bigint) RETURNS date LANGUAGE sql STABLE {SAFELY}
    RETURN greatest(
        (SELECT max(phase3_until) FROM public.cohort_termsversion WHERE contract_id = of_contract),
        (SELECT max((closed_at AT TIME ZONE 'Europe/London')::date) + 1 FROM public.savings_closedstatement
            WHERE contract_id = of_contract),
        (SELECT max(greatest(effective_on, (recorded_at AT TIME ZONE 'Europe/London')::date)) + 1
            FROM public.invoicing_journalentry WHERE contract_id = of_contract)
    );
"""

LEFT = f"""
CREATE FUNCTION retention_totals(document text) RETURNS text LANGUAGE sql IMMUTABLE {SAFELY}
    RETURN json_build_object(
        'month', document::json -> 'month',
        'as_known_on', document::json -> 'as_known_on',
        'savings_stated', (
            SELECT coalesce(sum((line ->> 'saving')::numeric), 0.00)::text FROM (
                SELECT json_array_elements(document::json -> 'lines') AS line
                UNION ALL SELECT json_array_elements(document::json -> 'adjustments')
            ) lines
        ),
        'savings_in_month', document::json -> 'savings_in_month',
        'savings_to_date', document::json -> 'savings_to_date',
        'schedule_to_date', document::json -> 'schedule_to_date',
        'fixed_fee_by_month', document::json -> 'fixed_fee_by_month',
        'run_rate', document::json -> 'run_rate',
        'charges', document::json -> 'charges',
        'total', document::json -> 'total',
        'charged_to_date', document::json -> 'charged_to_date',
        'headroom', document::json -> 'headroom'
    )::text;

CREATE FUNCTION retention_is_of(said text, of_contract bigint) RETURNS boolean LANGUAGE sql STABLE {SAFELY}
    RETURN coalesce((
        SELECT id = of_contract FROM public.cohort_contract
        WHERE said = reference OR starts_with(said, reference || ' ') OR starts_with(said, reference || ':')
        ORDER BY length(reference) DESC LIMIT 1
    ), false);

CREATE FUNCTION retention_lines_left(lines text, of_contract bigint) RETURNS text LANGUAGE sql STABLE {SAFELY}
    RETURN coalesce((
        SELECT string_agg(CASE WHEN public.retention_is_of(line, of_contract) THEN '{ERASED}' ELSE line END, E'\\n'
            ORDER BY place)
        FROM regexp_split_to_table(lines, E'\\n') WITH ORDINALITY AS each (line, place)
    ), '');
"""

ERASE = f"""
CREATE FUNCTION retention_erase(of_contract bigint, kept_years integer, orderer bigint) RETURNS void
    LANGUAGE plpgsql SECURITY INVOKER {SAFELY} AS $$
DECLARE
    ends date;
    counts jsonb := '{{}}';
    names text[];
    touched text;
    step record;
    changed bigint;
BEGIN
    PERFORM FROM public.cohort_contract WHERE id = of_contract FOR UPDATE;
    ends := public.retention_ends_on(of_contract);
    IF kept_years < {KEPT_YEARS} OR ends IS NULL
        OR (ends + make_interval(years => kept_years))::date > public.retention_today()
    THEN
        RAISE EXCEPTION 'the time for which this contract is kept is not over' USING
            ERRCODE = 'restrict_violation', TABLE = 'cohort_contract', CONSTRAINT = 'retention_time_is_over';
    END IF;
    IF EXISTS (SELECT FROM public.cohort_erasure WHERE contract_id = of_contract) THEN
        RAISE EXCEPTION 'this contract is erased already' USING
            ERRCODE = 'restrict_violation', TABLE = 'cohort_erasure', CONSTRAINT = 'retention_only_once';
    END IF;

    FOREACH touched IN ARRAY ARRAY[{', '.join(map(quoted, TOUCHED))}] LOOP
        IF EXISTS (SELECT FROM pg_trigger WHERE tgrelid = ('public.' || touched)::regclass
            AND NOT tgisinternal AND tgenabled <> 'O')
        THEN
            RAISE EXCEPTION 'a trigger on % is switched off already: look why before anything is destroyed', touched;
        END IF;
        EXECUTE format('ALTER TABLE public.%I DISABLE TRIGGER USER', touched);
    END LOOP;

    EXECUTE $q$ SELECT coalesce(array_agg(kept_as), '{{}}') FROM public.cohort_evidence WHERE {EVIDENCE} $q$
        INTO names USING of_contract;
    FOR step IN SELECT * FROM (VALUES
        {', '.join(f"({place}, {quoted(table)}, {quoted(which)})" for place, (table, which) in enumerate(DESTROYED.items()))}
    ) steps (place, of_table, which) ORDER BY place LOOP
        EXECUTE format('DELETE FROM public.%I WHERE ', step.of_table) || step.which USING of_contract;
        GET DIAGNOSTICS changed = ROW_COUNT;
        counts := counts || jsonb_build_object(step.of_table, changed);
    END LOOP;
    FOR step IN SELECT * FROM (VALUES
        {', '.join(f"({quoted(table)}, {quoted(what)}, {quoted(which)})" for table, (what, which) in REDUCED.items())}
    ) steps (of_table, what, which) LOOP
        EXECUTE format('UPDATE public.%I SET %s WHERE ', step.of_table, step.what) || step.which USING of_contract;
        GET DIAGNOSTICS changed = ROW_COUNT;
        counts := counts || jsonb_build_object(step.of_table, changed);
    END LOOP;

    WITH streams AS (
        SELECT stream.name, stream.length FROM public.cohort_contract contract, public.audit_auditstream stream
        WHERE contract.id = of_contract AND (stream.name = 'contract:' || contract.reference OR stream.name IN (
            SELECT 'scenarios of ' || organisation.id || ' beside ' || contract.reference
            FROM public.accounts_organisation organisation
        ))
        FOR UPDATE OF stream
    ), left_over AS (
        SELECT event.id, streams.length + 1 AS erased_by,
            CASE WHEN kept.action IS NULL THEN '' ELSE event.subject END AS subject,
            CASE WHEN kept.action IS NULL THEN '{{}}' WHEN kept.keys IS NULL THEN event.detail ELSE coalesce((
                SELECT '{{' || string_agg(to_json(key)::text || ':' || value::text, ',' ORDER BY key COLLATE "C") || '}}'
                FROM jsonb_each(event.detail::jsonb) WHERE key = ANY (kept.keys)
            ), '{{}}') END AS detail
        FROM streams JOIN public.audit_auditevent event ON event.stream = streams.name
        LEFT JOIN (VALUES
            {', '.join(f"({quoted(action)}, {keys(kept)})" for action, kept in AUDIT_KEPT.items())}
        ) kept (action, keys) ON kept.action = event.action
    )
    UPDATE public.audit_auditevent event
        SET subject = left_over.subject, detail = left_over.detail, erased_by = left_over.erased_by
        FROM left_over
        WHERE left_over.id = event.id
            AND (event.subject, event.detail) IS DISTINCT FROM (left_over.subject, left_over.detail);
    GET DIAGNOSTICS changed = ROW_COUNT;
    counts := counts || jsonb_build_object('audit_auditevent', changed);

    SET CONSTRAINTS ALL IMMEDIATE;
    FOREACH touched IN ARRAY ARRAY[{', '.join(map(quoted, TOUCHED))}] LOOP
        EXECUTE format('ALTER TABLE public.%I ENABLE TRIGGER USER', touched);
        -- The planner keeps samples of what stood there, and looks at no empty table again.
        IF current_setting('server_version_num')::integer >= 180000 THEN
            EXECUTE 'SELECT pg_clear_attribute_stats(''public'', $1, attname, false) FROM pg_attribute '
                'WHERE attrelid = (''public.'' || $1)::regclass AND attnum > 0 AND NOT attisdropped' USING touched;
        END IF;
        EXECUTE format('ANALYZE public.%I', touched);
    END LOOP;
    INSERT INTO public.cohort_erasure
        (contract_id, ends_on, due_on, erased_at, ordered_by_id, rows, files, files_left)
        VALUES (of_contract, ends, (ends + make_interval(years => kept_years))::date, clock_timestamp(), orderer,
            counts, cardinality(names), names);
END $$;

REVOKE ALL ON FUNCTION retention_today(), retention_ends_on(bigint), retention_totals(text),
    retention_is_of(text, bigint), retention_lines_left(text, bigint), retention_erase(bigint, integer, bigint)
    FROM PUBLIC;
"""
NONE_OF_IT = """
DROP FUNCTION retention_erase(bigint, integer, bigint);
DROP FUNCTION retention_lines_left(text, bigint);
DROP FUNCTION retention_is_of(text, bigint);
DROP FUNCTION retention_totals(text);
DROP FUNCTION retention_ends_on(bigint);
DROP FUNCTION retention_today();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("invoicing", "0012_events_go_out"),
        ("savings", "0004_scenarios_kept"),
        ("cohort", "0010_erasures"),
        ("audit", "0003_erasures"),
        ("jobs", "0004_reports_are_kept"),
        ("notices", "0002_privileges"),
    ]

    operations = [migrations.RunSQL(WHEN + LEFT + ERASE, NONE_OF_IT)]
