#!/bin/sh
# Starts the server, or whatever else the image is asked to run. Arguments that begin with '-' and a first argument that
# ends in .conf are the server's; redis-server and valkey-server mean it, too. Directives may also come as
# INKSTONE_<DIRECTIVE> in the environment.
set -eu

case "${1:-}" in
  redis-server | valkey-server) shift && set -- inkstone-server "$@" ;;
  '' | -* | *.conf) set -- inkstone-server "$@" ;;
esac
if [ "$1" != inkstone-server ]; then exec "$@"; fi

# Protected mode only answers loopback, and no published port comes from there: inside a container it would lock everyone
# out. What guards the server is then how the port is published, and a password; the server warns when there is none. This
# is only a default: whatever file, variable or argument has the directive overrules it, and CONFIG REWRITE never writes it.
export INKSTONE_IMAGE_DEFAULTS="${INKSTONE_IMAGE_DEFAULTS-protected-mode no}"

# Data files are the user's alone, unless the caller has chosen otherwise.
if [ "$(umask)" = 0022 ]; then umask 0077; fi
exec "$@"
