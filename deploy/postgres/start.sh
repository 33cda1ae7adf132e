#!/usr/bin/env bash
# PostgreSQL refuses a key that others may read, and a mounted secret keeps the owner that it has outside. So the server
# starts with a copy of its own, in memory, which no one else can read. Then the image goes on as ever.
set -euo pipefail
install -m 0600 /run/secrets/database_key /run/postgresql-tls/key.pem
exec docker-entrypoint.sh postgres -c config_file=/etc/postgresql/postgresql.conf
