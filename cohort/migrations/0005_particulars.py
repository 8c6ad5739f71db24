"""A contract's title and decision can be corrected; its reference and its parties stay as they were made."""

from django.db import migrations

COLUMNS = "title, decision_reference, decision_on"
PRIVILEGES = f"GRANT UPDATE ({COLUMNS}) ON TABLE cohort_contract TO pbr_application;"
NO_PRIVILEGES = f"REVOKE UPDATE ({COLUMNS}) ON TABLE cohort_contract FROM pbr_application;"


class Migration(migrations.Migration):
    dependencies = [("cohort", "0004_kept")]

    operations = [migrations.RunSQL(PRIVILEGES, NO_PRIVILEGES)]
