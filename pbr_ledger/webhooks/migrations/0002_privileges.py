"""What the application may do with endpoints and deliveries: nothing is deleted, no message and no attempt changes.

The paying agent's role may do nothing here: its people and programs keep their endpoints by way of the application.
"""

from django.db import migrations

FUNCTION = """
CREATE FUNCTION webhooks_closed_stays_closed() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF OLD.state = 'closed' OR (NEW.id, NEW.organisation_id, NEW.created_by_id, NEW.created_at)
        IS DISTINCT FROM (OLD.id, OLD.organisation_id, OLD.created_by_id, OLD.created_at) THEN
        RAISE EXCEPTION 'a closed endpoint stays as it is, and none moves to another organisation'
            USING ERRCODE = 'restrict_violation', TABLE = TG_TABLE_NAME, CONSTRAINT = TG_NAME;
    END IF;
    RETURN NEW;
END $$;

CREATE FUNCTION webhooks_message_stays() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF (NEW.id, NEW.endpoint_id, NEW.message_id, NEW.kind, NEW.at, NEW.about, NEW.data, NEW.created_at)
        IS DISTINCT FROM
        (OLD.id, OLD.endpoint_id, OLD.message_id, OLD.kind, OLD.at, OLD.about, OLD.data, OLD.created_at)
        OR NEW.round < OLD.round THEN
        RAISE EXCEPTION 'a message never changes, and its rounds are counted upwards'
            USING ERRCODE = 'restrict_violation', TABLE = TG_TABLE_NAME, CONSTRAINT = TG_NAME;
    END IF;
    RETURN NEW;
END $$;

CREATE FUNCTION webhooks_secret_only_ends() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF (NEW.id, NEW.endpoint_id, NEW.enciphered, NEW.made_by_id, NEW.made_at)
        IS DISTINCT FROM (OLD.id, OLD.endpoint_id, OLD.enciphered, OLD.made_by_id, OLD.made_at)
        OR NEW.ends_at IS NULL OR NEW.ends_at > OLD.ends_at THEN
        RAISE EXCEPTION 'a secret is never changed; it is only given an end, or an earlier one'
            USING ERRCODE = 'restrict_violation', TABLE = TG_TABLE_NAME, CONSTRAINT = TG_NAME;
    END IF;
    RETURN NEW;
END $$;

REVOKE ALL ON FUNCTION webhooks_closed_stays_closed(), webhooks_message_stays(), webhooks_secret_only_ends() FROM PUBLIC;
"""
NO_FUNCTION = """
DROP FUNCTION webhooks_closed_stays_closed();
DROP FUNCTION webhooks_message_stays();
DROP FUNCTION webhooks_secret_only_ends();
"""

SHORT = {
    "webhooks_endpoint": "endpoint",
    "webhooks_endpointsecret": "endpoint_secret",
    "webhooks_delivery": "delivery",
    "webhooks_attempt": "attempt",
}
ON_UPDATE = {
    "webhooks_endpoint": ("endpoint_closed_stays_closed", "webhooks_closed_stays_closed"),
    "webhooks_endpointsecret": ("endpoint_secret_only_ends", "webhooks_secret_only_ends"),
    "webhooks_delivery": ("delivery_message_stays", "webhooks_message_stays"),
    "webhooks_attempt": ("attempt_never_changed", "refuse_change"),
}
TRIGGERS = "".join(
    f"""
CREATE TRIGGER {ON_UPDATE[table][0]} BEFORE UPDATE ON {table}
    FOR EACH ROW EXECUTE FUNCTION {ON_UPDATE[table][1]}();
CREATE TRIGGER {short}_never_deleted BEFORE DELETE ON {table}
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER {short}_never_truncated BEFORE TRUNCATE ON {table}
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
"""
    for table, short in SHORT.items()
)
NO_TRIGGERS = "".join(
    f"""
DROP TRIGGER {ON_UPDATE[table][0]} ON {table};
DROP TRIGGER {short}_never_deleted ON {table};
DROP TRIGGER {short}_never_truncated ON {table};
"""
    for table, short in SHORT.items()
)

OURS = ", ".join(SHORT)
PRIVILEGES = f"""
REVOKE ALL ON TABLE {OURS} FROM PUBLIC, pbr_application, pbr_agent;
GRANT SELECT, INSERT ON TABLE {OURS} TO pbr_application;
GRANT UPDATE (url, description, events, state, moved_at, verified_at, disabled_at, disabled_because, closed_at,
    closed_by_id) ON TABLE webhooks_endpoint TO pbr_application;
GRANT UPDATE (ends_at) ON TABLE webhooks_endpointsecret TO pbr_application;
GRANT UPDATE (state, round, due_at, ended_at) ON TABLE webhooks_delivery TO pbr_application;
"""
NO_PRIVILEGES = f"REVOKE ALL ON TABLE {OURS} FROM pbr_application;"


class Migration(migrations.Migration):
    dependencies = [("webhooks", "0001_initial"), ("accounts", "0002_privileges"), ("audit", "0002_append_only")]

    operations = [
        migrations.RunSQL(FUNCTION, NO_FUNCTION),
        migrations.RunSQL(TRIGGERS, NO_TRIGGERS),
        migrations.RunSQL(PRIVILEGES, NO_PRIVILEGES),
    ]
