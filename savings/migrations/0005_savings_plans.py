"""What the council's financial plan counts on, in versions that are only added to; the agent sees nothing of them."""

import django.contrib.postgres.fields
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

TRIGGERS = """
CREATE TRIGGER savingsplan_never_changed BEFORE UPDATE ON savings_savingsplan
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER savingsplan_never_deleted BEFORE DELETE ON savings_savingsplan
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER savingsplan_never_truncated BEFORE TRUNCATE ON savings_savingsplan
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
"""
NO_TRIGGERS = """
DROP TRIGGER savingsplan_never_changed ON savings_savingsplan;
DROP TRIGGER savingsplan_never_deleted ON savings_savingsplan;
DROP TRIGGER savingsplan_never_truncated ON savings_savingsplan;
"""

PRIVILEGES = """
REVOKE ALL ON TABLE savings_savingsplan FROM PUBLIC, pbr_application, pbr_agent;
GRANT SELECT, INSERT ON TABLE savings_savingsplan TO pbr_application;
"""
NO_PRIVILEGES = "REVOKE ALL ON TABLE savings_savingsplan FROM pbr_application;"


class Migration(migrations.Migration):
    dependencies = [
        ("cohort", "0010_erasures"),
        ("savings", "0004_scenarios_kept"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='SavingsPlan',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('financial_year', models.PositiveSmallIntegerField()),
                ('amounts', django.contrib.postgres.fields.ArrayField(base_field=models.DecimalField(decimal_places=2, max_digits=12), size=None)),
                ('source', models.CharField(max_length=200)),
                ('recorded_at', models.DateTimeField()),
                ('contract', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='savings_plans', to='cohort.contract')),
                ('recorded_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('amounts__len', 12)), name='savings_plan_of_twelve_periods'), models.CheckConstraint(condition=models.Q(('source', ''), _negated=True), name='savings_plan_says_its_source')],
            },
        ),
        migrations.RunSQL(TRIGGERS, NO_TRIGGERS),
        migrations.RunSQL(PRIVILEGES, NO_PRIVILEGES),
    ]
