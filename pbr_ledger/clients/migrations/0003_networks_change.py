"""The addresses from which an open client may come can be changed; nothing else of it but its closing."""

from django.db import migrations

HEAD = """
CREATE OR REPLACE FUNCTION clients_client_only_closed() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
"""
NETWORKS = """
    IF OLD.closed_at IS NULL THEN
        OLD.networks := NEW.networks;
    END IF;
"""
REST = """
    IF OLD.closed_at IS NULL AND NEW.closed_at IS NOT NULL THEN
        OLD.closed_at := NEW.closed_at;
        OLD.closed_by_id := NEW.closed_by_id;
    END IF;
    IF NEW IS DISTINCT FROM OLD THEN
        RAISE EXCEPTION 'a client can be closed once, and not changed'
            USING ERRCODE = 'restrict_violation', TABLE = TG_TABLE_NAME, CONSTRAINT = TG_NAME;
    END IF;
    RETURN NEW;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("clients", "0002_privileges")]

    operations = [
        migrations.RunSQL(HEAD + NETWORKS + REST, HEAD + REST),
        migrations.RunSQL(
            "GRANT UPDATE (networks) ON TABLE clients_apiclient TO pbr_application;",
            "REVOKE UPDATE (networks) ON TABLE clients_apiclient FROM pbr_application;",
        ),
    ]
