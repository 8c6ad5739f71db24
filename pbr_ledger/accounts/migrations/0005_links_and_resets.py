"""Links by mail that work once, and the reset of a lost second factor by two administrators."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

FUNCTIONS = """
CREATE FUNCTION accounts_link_only_ended() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF OLD.used_at IS NULL AND OLD.withdrawn_at IS NULL THEN
        OLD.used_at := NEW.used_at;
        OLD.withdrawn_at := NEW.withdrawn_at;
    END IF;
    IF NEW IS DISTINCT FROM OLD THEN
        RAISE EXCEPTION 'a link can be used or withdrawn once, and not changed'
            USING ERRCODE = 'restrict_violation', TABLE = TG_TABLE_NAME, CONSTRAINT = TG_NAME;
    END IF;
    RETURN NEW;
END $$;

CREATE FUNCTION accounts_reset_only_decided() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF OLD.confirmed_at IS NULL AND OLD.withdrawn_at IS NULL THEN
        OLD.confirmed_at := NEW.confirmed_at;
        OLD.confirmed_by_id := NEW.confirmed_by_id;
        OLD.withdrawn_at := NEW.withdrawn_at;
        OLD.withdrawn_by_id := NEW.withdrawn_by_id;
    END IF;
    IF NEW IS DISTINCT FROM OLD THEN
        RAISE EXCEPTION 'a reset can be confirmed or withdrawn once, and not changed'
            USING ERRCODE = 'restrict_violation', TABLE = TG_TABLE_NAME, CONSTRAINT = TG_NAME;
    END IF;
    RETURN NEW;
END $$;

REVOKE ALL ON FUNCTION accounts_link_only_ended(), accounts_reset_only_decided() FROM PUBLIC;
"""
NO_FUNCTIONS = "DROP FUNCTION accounts_link_only_ended(), accounts_reset_only_decided();"

TRIGGERS = """
CREATE TRIGGER one_time_link_never_deleted BEFORE DELETE ON accounts_onetimelink
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER one_time_link_never_truncated BEFORE TRUNCATE ON accounts_onetimelink
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER one_time_link_only_ended BEFORE UPDATE ON accounts_onetimelink
    FOR EACH ROW EXECUTE FUNCTION accounts_link_only_ended();
CREATE TRIGGER factor_reset_never_deleted BEFORE DELETE ON accounts_factorreset
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER factor_reset_never_truncated BEFORE TRUNCATE ON accounts_factorreset
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER factor_reset_only_decided BEFORE UPDATE ON accounts_factorreset
    FOR EACH ROW EXECUTE FUNCTION accounts_reset_only_decided();
"""
NO_TRIGGERS = """
DROP TRIGGER one_time_link_never_deleted ON accounts_onetimelink;
DROP TRIGGER one_time_link_never_truncated ON accounts_onetimelink;
DROP TRIGGER one_time_link_only_ended ON accounts_onetimelink;
DROP TRIGGER factor_reset_never_deleted ON accounts_factorreset;
DROP TRIGGER factor_reset_never_truncated ON accounts_factorreset;
DROP TRIGGER factor_reset_only_decided ON accounts_factorreset;
"""

PRIVILEGES = """
REVOKE ALL ON TABLE accounts_onetimelink, accounts_factorreset FROM PUBLIC, pbr_application, pbr_agent;
GRANT SELECT, INSERT ON TABLE accounts_onetimelink, accounts_factorreset TO pbr_application;
GRANT UPDATE (used_at, withdrawn_at) ON TABLE accounts_onetimelink TO pbr_application;
GRANT UPDATE (confirmed_at, confirmed_by_id, withdrawn_at, withdrawn_by_id) ON TABLE accounts_factorreset
    TO pbr_application;
"""
NO_PRIVILEGES = "REVOKE ALL ON TABLE accounts_onetimelink, accounts_factorreset FROM pbr_application;"


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0004_organisation_registrations'),
    ]

    operations = [
        migrations.CreateModel(
            name='FactorReset',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('reason', models.TextField()),
                ('asked_at', models.DateTimeField()),
                ('expires_at', models.DateTimeField()),
                ('confirmed_at', models.DateTimeField(blank=True, null=True)),
                ('withdrawn_at', models.DateTimeField(blank=True, null=True)),
                ('asked_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('confirmed_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='factor_resets', to=settings.AUTH_USER_MODEL)),
                ('withdrawn_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('reason', ''), _negated=True), name='factor_reset_has_a_reason'), models.CheckConstraint(condition=models.Q(('asked_by', models.F('person')), _negated=True), name='factor_reset_asked_by_another'), models.CheckConstraint(condition=models.Q(('expires_at__gt', models.F('asked_at'))), name='factor_reset_expires_later'), models.CheckConstraint(condition=models.Q(('confirmed_by', None), models.Q(models.Q(('confirmed_by', models.F('person')), _negated=True), models.Q(('confirmed_by', models.F('asked_by')), _negated=True)), _connector='OR'), name='factor_reset_confirmed_by_a_third'), models.CheckConstraint(condition=models.Q(models.Q(('confirmed_at', None), ('confirmed_by', None)), models.Q(('confirmed_at__gt', models.F('asked_at')), ('confirmed_at__isnull', False), ('confirmed_at__lt', models.F('expires_at')), ('confirmed_by__isnull', False)), _connector='OR'), name='factor_reset_confirmed_in_time'), models.CheckConstraint(condition=models.Q(models.Q(('withdrawn_at', None), ('withdrawn_by', None)), models.Q(('confirmed_at', None), ('withdrawn_at__isnull', False), ('withdrawn_by__isnull', False)), _connector='OR'), name='factor_reset_confirmed_or_withdrawn'), models.UniqueConstraint(condition=models.Q(('confirmed_at', None), ('withdrawn_at', None)), fields=('person',), name='factor_reset_one_open')],
            },
        ),
        migrations.CreateModel(
            name='OneTimeLink',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('purpose', models.CharField(max_length=20)),
                ('seed', models.UUIDField(unique=True)),
                ('token_hash', models.CharField(max_length=64, unique=True)),
                ('made_at', models.DateTimeField()),
                ('expires_at', models.DateTimeField()),
                ('used_at', models.DateTimeField(blank=True, null=True)),
                ('withdrawn_at', models.DateTimeField(blank=True, null=True)),
                ('made_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='one_time_links', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('purpose__in', ('invitation', 'password_reset'))), name='one_time_link_purpose_known'), models.CheckConstraint(condition=models.Q(('token_hash__regex', '^[0-9a-f]{64}$')), name='one_time_link_hash_is_sha256'), models.CheckConstraint(condition=models.Q(('purpose', 'password_reset'), models.Q(('made_by__isnull', False), models.Q(('made_by', models.F('person')), _negated=True)), _connector='OR'), name='one_time_link_invitation_by_another'), models.CheckConstraint(condition=models.Q(('expires_at__gt', models.F('made_at'))), name='one_time_link_expires_later'), models.CheckConstraint(condition=models.Q(('used_at', None), models.Q(('used_at__gt', models.F('made_at')), ('used_at__lt', models.F('expires_at'))), _connector='OR'), name='one_time_link_used_in_time'), models.CheckConstraint(condition=models.Q(('used_at', None), ('withdrawn_at', None), _connector='OR'), name='one_time_link_used_or_withdrawn'), models.UniqueConstraint(condition=models.Q(('used_at', None), ('withdrawn_at', None)), fields=('person', 'purpose'), name='one_time_link_one_open')],
            },
        ),
        migrations.RunSQL(FUNCTIONS, NO_FUNCTIONS),
        migrations.RunSQL(TRIGGERS, NO_TRIGGERS),
        migrations.RunSQL(PRIVILEGES, NO_PRIVILEGES),
    ]
