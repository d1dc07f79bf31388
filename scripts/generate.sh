#!/usr/bin/env bash
# Regenerates gateway/gen from proto/: TypeScript for the messages that the gateway itself uses, and a descriptor
# set of everything that is built in (google/api, google/rpc, grpc health and reflection).
set -euo pipefail
cd "$(dirname "$0")/.."
out=${1:-gateway/gen}
export PATH="$PWD/node_modules/.bin:$PATH"
rm -rf "$out"
mkdir -p "$out"
template='{"version":"v2","plugins":[{"local":"protoc-gen-es","out":"'$out'","opt":["target=ts","import_extension=ts","erasable_syntax=true"]}]}'
buf generate proto --template "$template" \
  --path proto/google/api/annotations.proto --path proto/google/api/http.proto --path proto/google/api/httpbody.proto \
  --path proto/google/rpc/status.proto --path proto/google/rpc/error_details.proto --path proto/grpc/reflection/v1
buf build proto --path proto/google --path proto/grpc --exclude-source-info --as-file-descriptor-set -o "$out/builtin.binpb"
