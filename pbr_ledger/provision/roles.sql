-- The ledger's roles and its database, for a PostgreSQL server of your own (15 or newer).
-- Run once as a superuser; running it again changes nothing:
--
--     psql -v database=pbr_ledger -f pbr_ledger/provision/roles.sql
--
-- Then give each role a password (psql: \password pbr_owner, and so on) and set DATABASE_OWNER_URL, DATABASE_URL and
-- DATABASE_AGENT_URL (docs/settings.md). The role names are fixed: migrations grant to them by name.
-- To run the tests on that server, also: ALTER ROLE pbr_owner CREATEDB.

\set ON_ERROR_STOP on
\if :{?database}
\else
  \set database pbr_ledger
\endif

-- Owns every table and runs the migrations; the web server and the workers never connect as this role.
SELECT 'CREATE ROLE pbr_owner LOGIN' WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'pbr_owner') \gexec
-- What the ledger works as: it may do to each table what that table's migration grants, and no more.
SELECT 'CREATE ROLE pbr_application LOGIN' WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'pbr_application') \gexec
-- What the paying agent's reads work as: views without any child, and nothing else.
SELECT 'CREATE ROLE pbr_agent LOGIN' WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'pbr_agent') \gexec
-- What backups are taken as: it reads everything and changes nothing.
SELECT 'CREATE ROLE pbr_backup LOGIN' WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'pbr_backup') \gexec
GRANT pg_read_all_data TO pbr_backup;

-- Text stands in the order of its code points, whatever locale the server was made with: a ledger that is restored on
-- another machine lists the same names in the same order. Before PostgreSQL 17 the system's C.UTF-8 knows the letters.
SELECT current_setting('server_version_num')::integer >= 170000 AS has_builtin \gset
\if :has_builtin
  \set locale 'LOCALE_PROVIDER builtin BUILTIN_LOCALE ''C.UTF-8'' LOCALE ''C'''
\else
  \set locale 'LOCALE_PROVIDER libc LC_COLLATE ''C'' LC_CTYPE ''C.UTF-8'''
\endif
SELECT format('CREATE DATABASE %I OWNER pbr_owner ENCODING ''UTF8'' TEMPLATE template0 %s', :'database', :'locale')
WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = :'database') \gexec
REVOKE ALL ON DATABASE :"database" FROM PUBLIC;
GRANT CONNECT ON DATABASE :"database" TO pbr_application, pbr_agent, pbr_backup;
