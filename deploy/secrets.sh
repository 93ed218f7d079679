#!/bin/sh
# Makes what docker-compose.yaml takes from files: passwords nobody has thought of, in deploy/secrets.
# What is there stays as it is.
set -eu
cd "$(dirname "$0")"

random() { od -An -N24 -tx1 /dev/urandom | tr -d ' \n'; }

if [ -e secrets ]; then
    echo "deploy/secrets is there already, and stays as it is" >&2
    exit 0
fi
# Nobody else looks into the folder; in containers, whose users are others, the files can be read.
umask 077
new=$(mktemp -d ./secrets.XXXXXX)
password=$(random)
key=$(random)

printf '%s' "$password" >"$new/postgres_password"
cat >"$new/s3.json" <<END
{"identities": [{"name": "volery", "credentials": [{"accessKey": "volery", "secretKey": "$key"}],
  "actions": ["Admin", "Read", "Write", "List", "Tagging"]}]}
END
cat >"$new/volery.toml" <<END
database = "postgresql://volery:$password@postgres:5432/volery"
storage = "s3://volery"

[storage_options.s3]
endpoint = "http://s3:8333"
access_key_id = "volery"
secret_access_key = "$key"
region = "us-east-1"
virtual_hosted_style_request = "false"
END
chmod 644 "$new"/*
mv "$new" secrets
echo "made deploy/secrets" >&2
