"""Rows on their way in: added and taken away by the application, never changed; the paying agent sees nothing."""

from django.db import migrations

PRIVILEGES = """
REVOKE ALL ON TABLE cohort_pendingimport FROM PUBLIC, pbr_application, pbr_agent;
GRANT SELECT, INSERT, DELETE ON TABLE cohort_pendingimport TO pbr_application;
"""
NO_PRIVILEGES = "REVOKE ALL ON TABLE cohort_pendingimport FROM pbr_application;"


class Migration(migrations.Migration):
    dependencies = [("cohort", "0007_imports"), ("accounts", "0002_privileges")]

    operations = [migrations.RunSQL(PRIVILEGES, NO_PRIVILEGES)]
