#!/bin/sh
# What builders find as $CARGO: answers, and no building inside a build.
set -u

manifest_of() {
  # the manifest of the package in or above a directory
  directory=$1
  while :; do
    if [ -f "$directory/Cargo.toml" ]; then
      printf '%s' "${directory%/}/Cargo.toml"
      return 0
    fi
    [ "$directory" = / ] && return 1
    directory=$(dirname "$directory")
  done
}

release() {
  "${RUSTC:-rustc}" -V | cut -d ' ' -f 2
}

offline_metadata() {
  # one package, no dependencies: what a build script can know of itself
  manifest=${1:-${CARGO_MANIFEST_PATH:-$(manifest_of "$PWD")}}
  root=$(dirname "$manifest")
  printf '{"packages":[{"name":"%s","version":"%s","id":"path+file://%s#%s@%s","license":null,"license_file":null,"description":null,"source":null,"dependencies":[],"targets":[],"features":{},"manifest_path":"%s","metadata":null,"publish":null,"authors":[],"categories":[],"keywords":[],"readme":null,"repository":null,"homepage":null,"documentation":null,"edition":"2021","links":null,"default_run":null,"rust_version":null}],' \
    "${CARGO_PKG_NAME:-}" "${CARGO_PKG_VERSION:-}" "$root" "${CARGO_PKG_NAME:-}" "${CARGO_PKG_VERSION:-}" "$manifest"
  printf '"workspace_members":["path+file://%s#%s@%s"],"workspace_default_members":["path+file://%s#%s@%s"],"resolve":null,"target_directory":"/build/target","version":1,"workspace_root":"%s","metadata":null}\n' \
    "$root" "${CARGO_PKG_NAME:-}" "${CARGO_PKG_VERSION:-}" "$root" "${CARGO_PKG_NAME:-}" "${CARGO_PKG_VERSION:-}" "$root"
}

command=
given_manifest=
message_format=json
while [ $# -gt 0 ]; do
  case $1 in
    -V | --version)
      printf 'cargo %s\n' "$(release)"
      exit 0
      ;;
    --manifest-path)
      given_manifest=$2
      shift
      ;;
    --manifest-path=*) given_manifest=${1#*=} ;;
    --message-format)
      message_format=$2
      shift
      ;;
    --message-format=*) message_format=${1#*=} ;;
    --workspace) ;;
    -*) ;;
    *) [ -n "$command" ] || command=$1 ;;
  esac
  shift
done

case $command in
  version) printf 'cargo %s\n' "$(release)" ;;
  locate-project)
    manifest=${given_manifest:-$(manifest_of "$PWD")} || {
      printf 'error: could not find `Cargo.toml` in `%s` or any parent directory\n' "$PWD" >&2
      exit 101
    }
    if [ "$message_format" = plain ]; then
      printf '%s\n' "$manifest"
    else
      printf '{"root":"%s"}\n' "$manifest"
    fi
    ;;
  metadata) offline_metadata "$given_manifest" ;;
  *)
    printf 'error: `cargo %s` cannot run inside a build of kiln: a unit sees only what it declares\n' "$command" >&2
    exit 101
    ;;
esac
