#!/usr/bin/env bash
# Builds one descriptor set of all of googleapis (7,243 protos, 83 MB with comments) below .data/googleapis, unless it
# is there, and prints its path. The protos are no devDependency: they would be a third of what `npm ci` installs.
set -euo pipefail
cd "$(dirname "$0")/.."
version=6.0.1
folder=$PWD/.data/googleapis
built=$folder/google-proto-files-$version.binpb
export PATH="$PWD/node_modules/.bin:$PATH"
if [ ! -e "$built" ]; then
  rm -rf "$folder"
  mkdir -p "$folder"
  (cd "$folder" && npm pack --silent "google-proto-files@$version" >/dev/null && tar xzf "google-proto-files-$version.tgz")
  # buf has the well-known types built in, and takes no second copy of a file.
  (cd "$folder/package" && buf build . --exclude-path google/protobuf --as-file-descriptor-set -o ../unfinished.binpb)
  rm -rf "$folder/package" "$folder"/*.tgz
  mv "$folder/unfinished.binpb" "$built"
fi
echo "$built"
