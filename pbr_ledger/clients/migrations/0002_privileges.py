"""What the application may do with clients, their tokens and the answers kept for them. The paying agent: nothing.

Of django-oauth-toolkit's tables it uses two: applications, which it adds, and access tokens, which come and go. It
looks into the others: deleting a token asks for those, and for the right to let go of it, though there are none.
"""

from django.db import migrations

TRIGGERS = """
CREATE FUNCTION clients_client_only_closed() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
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
REVOKE ALL ON FUNCTION clients_client_only_closed() FROM PUBLIC;

CREATE TRIGGER api_client_only_closed BEFORE UPDATE ON clients_apiclient
    FOR EACH ROW EXECUTE FUNCTION clients_client_only_closed();
CREATE TRIGGER api_client_never_deleted BEFORE DELETE ON clients_apiclient
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER api_client_never_truncated BEFORE TRUNCATE ON clients_apiclient
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER kept_answer_never_changed BEFORE UPDATE ON clients_keptanswer
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER kept_answer_never_deleted BEFORE DELETE ON clients_keptanswer
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER kept_answer_never_truncated BEFORE TRUNCATE ON clients_keptanswer
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
"""
NO_TRIGGERS = """
DROP TRIGGER api_client_only_closed ON clients_apiclient;
DROP TRIGGER api_client_never_deleted ON clients_apiclient;
DROP TRIGGER api_client_never_truncated ON clients_apiclient;
DROP TRIGGER kept_answer_never_changed ON clients_keptanswer;
DROP TRIGGER kept_answer_never_deleted ON clients_keptanswer;
DROP TRIGGER kept_answer_never_truncated ON clients_keptanswer;
DROP FUNCTION clients_client_only_closed();
"""

OURS = "clients_apiclient, clients_keptanswer, clients_requestcount"
THEIRS = """oauth2_provider_application, oauth2_provider_accesstoken, oauth2_provider_refreshtoken, oauth2_provider_grant,
    oauth2_provider_idtoken, oauth2_provider_devicegrant"""
PRIVILEGES = f"""
REVOKE ALL ON TABLE {OURS}, {THEIRS} FROM PUBLIC, pbr_application, pbr_agent;
GRANT SELECT ON TABLE {OURS}, {THEIRS} TO pbr_application;
GRANT INSERT ON TABLE {OURS}, oauth2_provider_application, oauth2_provider_accesstoken TO pbr_application;
GRANT UPDATE (closed_at, closed_by_id) ON TABLE clients_apiclient TO pbr_application;
GRANT UPDATE, DELETE ON TABLE clients_requestcount TO pbr_application;
GRANT UPDATE (access_token_id) ON TABLE oauth2_provider_refreshtoken TO pbr_application;
GRANT DELETE ON TABLE oauth2_provider_accesstoken TO pbr_application;
"""
NO_PRIVILEGES = f"REVOKE ALL ON TABLE {OURS}, {THEIRS} FROM pbr_application;"


class Migration(migrations.Migration):
    dependencies = [
        ("clients", "0001_initial"),
        ("accounts", "0002_privileges"),
        ("oauth2_provider", "0022_refreshtoken_token_family_index"),
    ]

    operations = [migrations.RunSQL(TRIGGERS, NO_TRIGGERS), migrations.RunSQL(PRIVILEGES, NO_PRIVILEGES)]
