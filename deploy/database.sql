-- Once, as a superuser:  psql -v owner_password=… -v app_password=… -v audit_password=… -f database.sql
-- What app and audit may do beyond CONNECT is a migration (kernel.database.operations.ThreeUsers).
CREATE ROLE lianyi_owner LOGIN PASSWORD :'owner_password';
CREATE ROLE lianyi_app LOGIN PASSWORD :'app_password';
CREATE ROLE lianyi_audit LOGIN PASSWORD :'audit_password';
CREATE DATABASE lianyi OWNER lianyi_owner ENCODING 'UTF8' TEMPLATE template0;
\connect lianyi
CREATE EXTENSION IF NOT EXISTS btree_gist;
CREATE EXTENSION IF NOT EXISTS btree_gin;
CREATE EXTENSION IF NOT EXISTS pg_trgm;
REVOKE ALL ON SCHEMA public FROM PUBLIC;
ALTER SCHEMA public OWNER TO lianyi_owner;
