#!/usr/bin/env bash
# Once, on an empty volume: the role that the bridges use, which owns its database and is nothing beyond that.
set -euo pipefail
psql -v ON_ERROR_STOP=1 --no-psqlrc --username postgres --dbname postgres <<'SQL'
\set password `cat /run/secrets/store_password`
CREATE ROLE bridge LOGIN PASSWORD :'password' CONNECTION LIMIT 90;
CREATE DATABASE bridge OWNER bridge;
REVOKE ALL ON DATABASE bridge FROM PUBLIC;
SQL
