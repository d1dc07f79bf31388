#!/usr/bin/env bash
# Starts the mesh and sends 1,000 requests from 25 users at once through it; fails unless every one is answered 200.
set -euo pipefail
cd "$(dirname "$0")/.."

if ! command -v hey > /dev/null; then
  apt-get update -qq
  apt-get install -y -qq --no-install-recommends hey > /dev/null
fi

export PORT=${PORT:-18080} SERVICES_PORT=${SERVICES_PORT:-15051} DATA_DIR
DATA_DIR=$(mktemp -d)
log=$DATA_DIR/mesh.log
npm start > "$log" 2>&1 &
mesh=$!
trap 'kill "$mesh" 2> /dev/null || true; wait "$mesh" 2> /dev/null || true; rm -rf "$DATA_DIR"' EXIT

address=http://127.0.0.1:$PORT
for _ in $(seq 150); do
  if grep -q "ready at $address" "$log"; then break; fi
  if ! kill -0 "$mesh" 2> /dev/null; then
    cat "$log"
    exit 1
  fi
  sleep 0.2
done

report=$(hey -n 1000 -c 25 "$address/api/v1/greeting")
echo "$report"
answered=$(sed -n 's/^ *\[200\][[:space:]]*\([0-9]*\) responses$/\1/p' <<< "$report")
if [ "$answered" != 1000 ]; then
  echo "load test: ${answered:-0} of 1000 requests were answered 200" >&2
  tail -n 50 "$log" >&2
  exit 1
fi
echo 'load test: 1000 of 1000 requests were answered 200'
