"""When a carer fee falls due is a term (docs/contract.md 7.4).

The column has a default in the database, so that the release before can still record terms: it knows only `placed`.
Privileges are those of the table, and rows that stand keep their reading, which is the default.
"""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ("cohort", "0005_particulars"),
    ]

    operations = [
        migrations.AddField(
            model_name="termsversion",
            name="carer_fee_trigger",
            field=models.CharField(db_default="placed", max_length=20),
        ),
        migrations.AddConstraint(
            model_name="termsversion",
            constraint=models.CheckConstraint(
                condition=models.Q(carer_fee_trigger__in=("placed", "approved")),
                name="termsversion_carer_fee_trigger_known",
            ),
        ),
    ]
