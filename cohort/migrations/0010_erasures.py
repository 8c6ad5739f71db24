"""What stands where an erased contract's children, carers and files stood.

Only the tables' owner writes it, and only to name fewer files that are left. The application reads it; the paying agent
sees nothing.
"""

import django.contrib.postgres.fields
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

SAFELY = "SET search_path = pg_catalog, public, pg_temp"
REFUSED = "USING ERRCODE = 'restrict_violation', TABLE = TG_TABLE_NAME, CONSTRAINT = TG_NAME"

TRIGGERS = f"""
CREATE FUNCTION cohort_erasure_kept() RETURNS trigger LANGUAGE plpgsql {SAFELY} AS $$
BEGIN
    IF NEW.files_left <@ OLD.files_left THEN
        OLD.files_left := NEW.files_left;
    END IF;
    IF NEW IS DISTINCT FROM OLD THEN
        RAISE EXCEPTION 'of an erasure only the files that are left grow fewer' {REFUSED};
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER erasure_kept BEFORE UPDATE ON cohort_erasure
    FOR EACH ROW EXECUTE FUNCTION cohort_erasure_kept();
CREATE TRIGGER erasure_never_deleted BEFORE DELETE ON cohort_erasure
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER erasure_never_truncated BEFORE TRUNCATE ON cohort_erasure
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
REVOKE ALL ON FUNCTION cohort_erasure_kept() FROM PUBLIC;
"""
NO_TRIGGERS = """
DROP TRIGGER erasure_kept ON cohort_erasure;
DROP TRIGGER erasure_never_deleted ON cohort_erasure;
DROP TRIGGER erasure_never_truncated ON cohort_erasure;
DROP FUNCTION cohort_erasure_kept();
"""

PRIVILEGES = """
REVOKE ALL ON TABLE cohort_erasure FROM PUBLIC, pbr_application, pbr_agent;
GRANT SELECT ON TABLE cohort_erasure TO pbr_application;
"""
NO_PRIVILEGES = "REVOKE ALL ON TABLE cohort_erasure FROM pbr_application;"


class Migration(migrations.Migration):
    dependencies = [
        ("cohort", "0009_block_contracts"),
        ("accounts", "0002_privileges"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Erasure",
            fields=[
                (
                    "contract",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="erasure",
                        serialize=False,
                        to="cohort.contract",
                    ),
                ),
                ("ends_on", models.DateField()),
                ("due_on", models.DateField()),
                ("erased_at", models.DateTimeField()),
                ("rows", models.JSONField()),
                ("files", models.PositiveIntegerField()),
                (
                    "files_left",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=32), blank=True, default=list, size=None
                    ),
                ),
                (
                    "ordered_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
        ),
        migrations.RunSQL(TRIGGERS, NO_TRIGGERS),
        migrations.RunSQL(PRIVILEGES, NO_PRIVILEGES),
    ]
