#!/bin/sh
# Replaces the application on one node after the other, and stops at the first one that does not come back.
#
#   rolling-update.sh app-0.2.0.jar app-3.internal app-2.internal app-1.internal
#
# Needs ssh to each node, as a user who may use sudo there, with curl; and jq here.
set -eu

jar=$1
shift
endpoint=http://127.0.0.1:8081/actuator/omnipaxos
seconds=${SECONDS_TO_WAIT:-120}
# More than an election timeout: only then does a node that was restarted grant the leader its lease.
between=${SECONDS_BETWEEN:-5}

in_step() {
  # Its log is that of a leader that it knows, and it has a vote.
  answer=$(ssh "$1" "curl -fsS -m 5 $endpoint" </dev/null 2>/dev/null) && [ -n "$answer" ] || return 1
  printf '%s' "$answer" |
    jq -e '.phase == "ACCEPT" and .leader != null and .withoutVote == null' >/dev/null 2>&1
}

await_in_step() {
  waited=0
  until in_step "$1"; do
    if [ "$waited" -ge "$seconds" ]; then
      echo "$1 is not in step with a leader after ${seconds} s; the update stops here" >&2
      exit 1
    fi
    sleep 1
    waited=$((waited + 1))
  done
  echo "$1 is in step"
}

for node in "$@"; do
  # One that is down already, and the next one, would be two.
  await_in_step "$node"
done

for node in "$@"; do
  scp -q "$jar" "$node:/tmp/app.jar.new"
  ssh "$node" 'sudo systemctl stop omnipaxos-app &&
    sudo install -m 0644 /tmp/app.jar.new /opt/omnipaxos-app/app.jar &&
    rm /tmp/app.jar.new &&
    sudo systemctl start omnipaxos-app' </dev/null
  await_in_step "$node"
  sleep "$between"
done
