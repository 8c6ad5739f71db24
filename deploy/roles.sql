-- Run by the service `roles` of docker-compose.yml at every start: the roles, and their passwords from the secrets.
-- A changed secret is a changed password the next time.

\ir roles/roles.sql
\set owner_password `cat /run/secrets/owner_password`
\set application_password `cat /run/secrets/application_password`
\set agent_password `cat /run/secrets/agent_password`
\set backup_password `cat /run/secrets/backup_password`
-- No server log shall hold them.
SET log_statement = 'none';
SET log_min_error_statement = 'panic';
SET log_min_duration_statement = -1;
ALTER ROLE pbr_owner PASSWORD :'owner_password';
ALTER ROLE pbr_application PASSWORD :'application_password';
ALTER ROLE pbr_agent PASSWORD :'agent_password';
ALTER ROLE pbr_backup PASSWORD :'backup_password';
