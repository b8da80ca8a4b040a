#!/usr/bin/env bash
# Run once by the postgres image, when the database is made: the user that Vigil works under. It owns nothing.
set -euo pipefail
psql -v ON_ERROR_STOP=1 --username "$POSTGRES_USER" --dbname "$POSTGRES_DB" <<'SQL'
\getenv password VIGIL_DB_PASSWORD
create role vigil_app login password :'password';
SQL
