#!/bin/sh
# Starts the server, or whatever else the image is asked to run. Arguments that begin with '-' and a first argument that
# ends in .conf are the server's; directives may also come as INKSTONE_<DIRECTIVE> in the environment.
set -eu

case "${1:-}" in
  '' | -* | *.conf) set -- inkstone-server "$@" ;;
esac
if [ "$1" != inkstone-server ]; then exec "$@"; fi

# Is it set on the command line, in the environment or in the mounted file?
protectedModeIsGiven() {
  if [ -n "${INKSTONE_PROTECTED_MODE:-}" ]; then return 0; fi
  for argument in "$@"; do
    case "$argument" in
      --protected-mode | "--protected-mode "*) return 0 ;;
      *)
        if [ -f "$argument" ] && grep -Eisq '^[[:blank:]]*protected-mode[[:blank:]]' "$argument"; then return 0; fi
        ;;
    esac
  done
  return 1
}

# Protected mode only answers loopback, and no published port comes from there: inside a container it would lock everyone
# out. What guards the server is then how the port is published, and a password; the server warns when there is none.
if ! protectedModeIsGiven "$@"; then export INKSTONE_PROTECTED_MODE=no; fi

# Data files are the user's alone, unless the caller has chosen otherwise.
if [ "$(umask)" = 0022 ]; then umask 0077; fi
exec "$@"
