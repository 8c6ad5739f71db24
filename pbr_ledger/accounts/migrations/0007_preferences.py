"""What people prefer for themselves: filters that they keep, and whether single keys do something.

A kept filter is renamed or deleted by whoever keeps it; what it asks for never changes. The paying agent: nothing.
"""

import django.db.models.deletion
import django.db.models.functions.text
from django.conf import settings
from django.db import migrations, models

PRIVILEGES = """
REVOKE ALL ON TABLE accounts_keptfilter FROM PUBLIC, pbr_application, pbr_agent;
GRANT SELECT, INSERT, DELETE ON TABLE accounts_keptfilter TO pbr_application;
GRANT UPDATE (name) ON TABLE accounts_keptfilter TO pbr_application;
"""
NO_PRIVILEGES = """
REVOKE ALL ON TABLE accounts_keptfilter FROM pbr_application;
"""


class Migration(migrations.Migration):
    dependencies = [("accounts", "0006_signing_in")]

    operations = [
        migrations.AddField(
            model_name="person",
            name="shortcuts",
            field=models.BooleanField(db_default=True, default=True),
        ),
        migrations.CreateModel(
            name="KeptFilter",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("listing", models.CharField(max_length=40)),
                ("name", models.CharField(max_length=60)),
                ("query", models.CharField(max_length=1000)),
                ("kept_at", models.DateTimeField()),
                ("person", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="kept_filters", to=settings.AUTH_USER_MODEL)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(models.F("person"), models.F("listing"), django.db.models.functions.text.Lower("name"), name="kept_filter_name_once_a_list"),
                    models.CheckConstraint(condition=models.Q(models.Q(("name", ""), _negated=True), models.Q(("listing", ""), _negated=True)), name="kept_filter_named"),
                    models.CheckConstraint(condition=models.Q(("query__regex", "^[a-z_]+=[A-Za-z0-9_.~%+-]+(&[a-z_]+=[A-Za-z0-9_.~%+-]+)*$")), name="kept_filter_is_a_query"),
                ],
            },
        ),
        migrations.RunSQL(PRIVILEGES, NO_PRIVILEGES),
    ]
