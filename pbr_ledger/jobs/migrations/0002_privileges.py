"""The application asks for jobs and moves them on; it never deletes one. The paying agent sees none."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("jobs", "0001_initial")]

    operations = [
        migrations.RunSQL(
            sql="""
                REVOKE ALL ON TABLE jobs_job FROM PUBLIC, pbr_application, pbr_agent;
                GRANT SELECT, INSERT, UPDATE ON TABLE jobs_job TO pbr_application;
            """,
            reverse_sql="REVOKE ALL ON TABLE jobs_job FROM pbr_application;",
        )
    ]
