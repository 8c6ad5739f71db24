"""The council's own codes for the accounts, in versions that are only added to; the agent sees nothing of them."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

TRIGGERS = """
CREATE TRIGGER financecodes_never_changed BEFORE UPDATE ON invoicing_financecodes
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER financecodes_never_deleted BEFORE DELETE ON invoicing_financecodes
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER financecodes_never_truncated BEFORE TRUNCATE ON invoicing_financecodes
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
"""
NO_TRIGGERS = """
DROP TRIGGER financecodes_never_changed ON invoicing_financecodes;
DROP TRIGGER financecodes_never_deleted ON invoicing_financecodes;
DROP TRIGGER financecodes_never_truncated ON invoicing_financecodes;
"""

PRIVILEGES = """
REVOKE ALL ON TABLE invoicing_financecodes FROM PUBLIC, pbr_application, pbr_agent;
GRANT SELECT, INSERT ON TABLE invoicing_financecodes TO pbr_application;
"""
NO_PRIVILEGES = "REVOKE ALL ON TABLE invoicing_financecodes FROM pbr_application;"


class Migration(migrations.Migration):
    dependencies = [
        ("cohort", "0010_erasures"),
        ("invoicing", "0013_retention"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='FinanceCodes',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('recorded_at', models.DateTimeField()),
                ('codes', models.JSONField()),
                ('contract', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='finance_codes', to='cohort.contract')),
                ('recorded_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.RunSQL(TRIGGERS, NO_TRIGGERS),
        migrations.RunSQL(PRIVILEGES, NO_PRIVILEGES),
    ]
