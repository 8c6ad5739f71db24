"""The VAT and company numbers of organisations, and where they receive electronic invoices."""

from django.db import migrations, models

PRIVILEGES = """
GRANT UPDATE (vat_number, company_number, electronic_scheme, electronic_identifier) ON TABLE accounts_organisation
    TO pbr_application;
"""
NO_PRIVILEGES = """
REVOKE UPDATE (vat_number, company_number, electronic_scheme, electronic_identifier) ON TABLE accounts_organisation
    FROM pbr_application;
"""
ELECTRONIC_SCHEMES = (
    "0002", "0007", "0009", "0037", "0060", "0088", "0096", "0097", "0106", "0130", "0135", "0142", "0147", "0151",
    "0154", "0158", "0170", "0177", "0183", "0184", "0188", "0190", "0191", "0192", "0193", "0194", "0195", "0196",
    "0198", "0199", "0200", "0201", "0202", "0203", "0204", "0205", "0208", "0209", "0210", "0211", "0212", "0213",
    "0215", "0216", "0217", "0218", "0219", "0220", "0221", "0225", "0230", "0235", "0240", "0242", "0244", "0245",
    "0246", "0248", "9910", "9913", "9914", "9915", "9918", "9919", "9920", "9922", "9923", "9924", "9925", "9926",
    "9927", "9928", "9929", "9930", "9931", "9932", "9933", "9934", "9935", "9936", "9937", "9938", "9939", "9940",
    "9941", "9942", "9943", "9944", "9945", "9946", "9947", "9948", "9949", "9950", "9951", "9952", "9953", "9957",
    "9959", "AN", "AQ", "AS", "AU", "EM",
)


class Migration(migrations.Migration):

    dependencies = [("accounts", "0003_payments_clerk")]

    operations = [
        migrations.AddField(
            model_name="organisation",
            name="company_number",
            field=models.CharField(blank=True, default="", max_length=8),
        ),
        migrations.AddField(
            model_name="organisation",
            name="electronic_identifier",
            field=models.CharField(blank=True, default="", max_length=50),
        ),
        migrations.AddField(
            model_name="organisation",
            name="electronic_scheme",
            field=models.CharField(blank=True, default="", max_length=4),
        ),
        migrations.AddField(
            model_name="organisation",
            name="vat_number",
            field=models.CharField(blank=True, default="", max_length=14),
        ),
        migrations.AddConstraint(
            model_name="organisation",
            constraint=models.CheckConstraint(condition=models.Q(("vat_number", ""), ("vat_number__regex", "^GB([0-9]{9}([0-9]{3})?|GD[0-4][0-9]{2}|HA[5-9][0-9]{2})$"), _connector="OR"), name="organisation_vat_number_british"),
        ),
        migrations.AddConstraint(
            model_name="organisation",
            constraint=models.CheckConstraint(condition=models.Q(("company_number", ""), ("company_number__regex", "^([0-9]{8}|[A-Z]{2}[0-9]{6})$"), _connector="OR"), name="organisation_company_number_british"),
        ),
        migrations.AddConstraint(
            model_name="organisation",
            constraint=models.CheckConstraint(condition=models.Q(models.Q(("electronic_identifier", ""), ("electronic_scheme", "")), models.Q(("electronic_scheme__in", ELECTRONIC_SCHEMES), models.Q(("electronic_identifier", ""), _negated=True)), _connector="OR"), name="organisation_electronic_address_whole"),
        ),
        migrations.RunSQL(PRIVILEGES, NO_PRIVILEGES),
    ]
