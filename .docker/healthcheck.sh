#!/bin/bash
# Healthy is a server that answers: still loading its log or asking for a password counts, silence does not. The port is
# that of --port, else of INKSTONE_PORT, else 6379; a port chosen in a mounted file must be repeated in INKSTONE_PORT.
# An address there (tcp://...) is what Kubernetes sets beside a service called inkstone, and no port of ours.
set -u
port=${INKSTONE_PORT:-6379}
case "$port" in *://*) port=6379 ;; esac
mapfile -d '' -t words </proc/1/cmdline
for ((i = 0; i + 1 < ${#words[@]}; ++i)); do
  if [ "${words[i]}" = --port ]; then port=${words[i + 1]}; fi
done
exec 3<>"/dev/tcp/127.0.0.1/$port" || exit 1
printf 'PING\r\n' >&3
IFS= read -r -t 3 reply <&3 || exit 1
case "$reply" in
  +PONG* | -LOADING* | -NOAUTH* | -BUSY* | "-ERR max number of clients"*) exit 0 ;;
  *) echo "unexpected reply: $reply" >&2 && exit 1 ;;
esac
