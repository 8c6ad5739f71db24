"""The documents of an invoice bind: stored once, of an issued invoice, under their true hash, and never changed.

The paying agent sees nothing in the database.
"""

from django.db import migrations

SAFELY = "SET search_path = pg_catalog, public, pg_temp"
REFUSED = "USING ERRCODE = 'restrict_violation', TABLE = TG_TABLE_NAME, CONSTRAINT = TG_NAME"

IS_OF_ISSUED = f"""
CREATE FUNCTION invoicing_document_is_of_issued() RETURNS trigger LANGUAGE plpgsql {SAFELY} AS $$
BEGIN
    IF EXISTS (SELECT FROM public.invoicing_invoice WHERE id = NEW.invoice_id AND status = 'draft') THEN
        RAISE EXCEPTION 'a draft has no document' {REFUSED};
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER document_is_of_issued BEFORE INSERT ON invoicing_invoicedocument
    FOR EACH ROW EXECUTE FUNCTION invoicing_document_is_of_issued();
REVOKE ALL ON FUNCTION invoicing_document_is_of_issued() FROM PUBLIC;
"""
IS_OF_ANY = """
DROP TRIGGER document_is_of_issued ON invoicing_invoicedocument;
DROP FUNCTION invoicing_document_is_of_issued();
"""

HASH = """
ALTER TABLE invoicing_invoicedocument ADD CONSTRAINT invoice_document_hash_is_of_its_content
    CHECK (sha256 = encode(sha256(content), 'hex'));
"""
NO_HASH = "ALTER TABLE invoicing_invoicedocument DROP CONSTRAINT invoice_document_hash_is_of_its_content;"

NEVER_CHANGED = """
CREATE TRIGGER invoicedocument_never_deleted BEFORE DELETE ON invoicing_invoicedocument
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER invoicedocument_never_truncated BEFORE TRUNCATE ON invoicing_invoicedocument
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER invoicedocument_never_changed BEFORE UPDATE ON invoicing_invoicedocument
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
"""
CHANGED = """
DROP TRIGGER invoicedocument_never_deleted ON invoicing_invoicedocument;
DROP TRIGGER invoicedocument_never_truncated ON invoicing_invoicedocument;
DROP TRIGGER invoicedocument_never_changed ON invoicing_invoicedocument;
"""

PRIVILEGES = """
REVOKE ALL ON TABLE invoicing_invoicedocument FROM PUBLIC, pbr_application, pbr_agent;
GRANT SELECT, INSERT ON TABLE invoicing_invoicedocument TO pbr_application;
"""
NO_PRIVILEGES = "REVOKE ALL ON TABLE invoicing_invoicedocument FROM pbr_application;"


class Migration(migrations.Migration):
    dependencies = [("invoicing", "0005_invoice_documents")]

    operations = [
        migrations.RunSQL(IS_OF_ISSUED, IS_OF_ANY),
        migrations.RunSQL(HASH, NO_HASH),
        migrations.RunSQL(NEVER_CHANGED, CHANGED),
        migrations.RunSQL(PRIVILEGES, NO_PRIVILEGES),
    ]
