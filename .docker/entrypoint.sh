#!/bin/sh
# Starts the server, or whatever else the image is asked to run. Arguments that begin with '-' and a first argument that
# ends in .conf are the server's; directives may also come as INKSTONE_<DIRECTIVE> in the environment.
set -eu

case "${1:-}" in
  '' | -* | *.conf) set -- inkstone-server "$@" ;;
esac
if [ "$1" != inkstone-server ]; then exec "$@"; fi

# isGiven DIRECTIVE ARGUMENT...: is it set on the command line, in the environment or in the mounted file?
isGiven() {
  directive=$1
  shift
  variable=INKSTONE_$(echo "$directive" | tr 'a-z-' 'A-Z_')
  if [ -n "$(printenv "$variable" || true)" ]; then return 0; fi
  for argument in "$@"; do
    case "$argument" in
      "--$directive" | "--$directive "*) return 0 ;;
      *.conf)
        if [ -r "$argument" ] && grep -Eiq "^[[:blank:]]*$directive[[:blank:]]" "$argument"; then return 0; fi
        ;;
    esac
  done
  return 1
}

# Protected mode only answers loopback, and no published port comes from there: inside a container it would lock everyone
# out. What guards the server is then how the port is published, and a password.
if ! isGiven protected-mode "$@"; then export INKSTONE_PROTECTED_MODE=no; fi
if ! isGiven requirepass "$@" && ! isGiven user "$@" && ! isGiven aclfile "$@"; then
  cat >&2 <<'WARNING'
################################################################################
WARNING: no password is set, and protected mode is off by default in a container:
whoever reaches the published port owns the data. Publish it on 127.0.0.1 only,
or set INKSTONE_REQUIREPASS.
################################################################################
WARNING
fi

# Data files are the user's alone, unless the caller has chosen otherwise.
if [ "$(umask)" = 0022 ]; then umask 0077; fi
exec "$@"
