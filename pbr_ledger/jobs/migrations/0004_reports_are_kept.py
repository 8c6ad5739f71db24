"""What a job reported is only ever added; the application may also read which migrations were applied."""

from django.db import migrations

TRIGGERS = """
CREATE TRIGGER job_report_never_changed BEFORE UPDATE OR DELETE ON jobs_jobreport
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER job_report_never_truncated BEFORE TRUNCATE ON jobs_jobreport
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
"""
NO_TRIGGERS = """
DROP TRIGGER job_report_never_changed ON jobs_jobreport;
DROP TRIGGER job_report_never_truncated ON jobs_jobreport;
"""
PRIVILEGES = """
REVOKE ALL ON TABLE jobs_jobreport FROM PUBLIC, pbr_application, pbr_agent;
GRANT SELECT, INSERT ON TABLE jobs_jobreport TO pbr_application;
GRANT SELECT ON TABLE django_migrations TO pbr_application;
"""
NO_PRIVILEGES = """
REVOKE ALL ON TABLE jobs_jobreport FROM pbr_application;
REVOKE ALL ON TABLE django_migrations FROM pbr_application;
"""


class Migration(migrations.Migration):
    dependencies = [("jobs", "0003_jobreport"), ("accounts", "0002_privileges")]

    operations = [
        migrations.RunSQL(TRIGGERS, NO_TRIGGERS),
        migrations.RunSQL(PRIVILEGES, NO_PRIVILEGES),
    ]
