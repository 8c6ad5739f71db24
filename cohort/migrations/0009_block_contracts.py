"""Whether a placement's bed is under a block contract: told beside savings, and asked for by no figure.

The column has a default in the database, so that the release before can still record placements. Privileges are those
of the table; versions that stand say no.
"""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ("cohort", "0008_imports_kept_apart"),
    ]

    operations = [
        migrations.AddField(
            model_name="placementversion",
            name="block_contract",
            field=models.BooleanField(default=False, db_default=False),
        ),
        migrations.AddConstraint(
            model_name="placementversion",
            constraint=models.CheckConstraint(
                condition=models.Q(("retracted", False), ("block_contract", False), _connector="OR"),
                name="placementversion_block_contract_unless_retracted",
            ),
        ),
    ]
