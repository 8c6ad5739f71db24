-- The roles, and their passwords from the secrets: run by the service `roles` of docker-compose.yml at every start, and by
-- the unit pbr-ledger-roles. A changed secret is a changed password the next time.
--
--     psql --file deploy/roles.sql --set secrets=/run/secrets

\if :{?secrets}
\else
  \set secrets /run/secrets
\endif
\ir ../pbr_ledger/provision/roles.sql
-- No server log shall hold what follows.
SET log_statement = 'none';
SET log_min_error_statement = 'panic';
SET log_min_duration_statement = -1;
SET log_min_duration_sample = -1;
SET log_transaction_sample_rate = 0;
\set owner_password `cat :'secrets'/owner_password`
\set application_password `cat :'secrets'/application_password`
\set agent_password `cat :'secrets'/agent_password`
\set backup_password `cat :'secrets'/backup_password`
-- PostgreSQL would take an empty one, and let nobody in with it.
SELECT '' IN (:'owner_password', :'application_password', :'agent_password', :'backup_password') AS one_is_missing \gset
\if :one_is_missing
  DO $$BEGIN RAISE EXCEPTION 'A password is missing among the secrets; none was changed.'; END$$;
\endif
ALTER ROLE pbr_owner PASSWORD :'owner_password';
ALTER ROLE pbr_application PASSWORD :'application_password';
ALTER ROLE pbr_agent PASSWORD :'agent_password';
ALTER ROLE pbr_backup PASSWORD :'backup_password';
