"""The payments clerk: who records, for the paying agent, what it has paid."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("accounts", "0002_privileges")]

    operations = [
        migrations.RemoveConstraint(model_name="rolegrant", name="role_grant_role_known"),
        migrations.AddConstraint(
            model_name="rolegrant",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "role__in",
                        [
                            "finance_officer",
                            "lead_accountant",
                            "provider_staff",
                            "payments_clerk",
                            "auditor",
                            "administrator",
                        ],
                    )
                ),
                name="role_grant_role_known",
            ),
        ),
    ]
