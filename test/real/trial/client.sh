# The clients of the trial, in a pod: two that write, one that reads, and one that asks each server by its own name. Each
# notes a line for each question in a file of /tmp: KIND WHO NUMBER BEGUN ENDED CODE WORDS. They end when /tmp/stop is
# there; /tmp/stopped says that all have ended.
#
# Of the environment: PGPASSWORD, PGUSER, RUN, by which the rows of this history are known, and APART, the seconds between
# two questions of one client.
set -uf

# A connection that leads nowhere is given up, as a client with sensible settings does.
wait='connect_timeout=3 keepalives_idle=2 keepalives_interval=1 keepalives_count=3 tcp_user_timeout=5000'
# Who answers.
who="pg_is_in_recovery(), current_setting('cluster_name'), (select system_identifier from pg_control_system()), host(inet_server_addr())"

now() { date +%s%3N; }

ask() { psql "host=$1 dbname=postgres $wait" -XAtq -F ' ' -c "$2" 2>&1; }

row() { echo "insert into written values ('$RUN', '$1', $2) returning $who"; }

# Writes by a new connection for each row.
fresh() {
  number=0
  while [ ! -e /tmp/stop ]; do
    number=$((number + 1)) begun=$(now)
    said=$(ask products-db-write "$(row fresh $number)")
    code=$?
    echo write fresh $number $begun $(now) $code $said
    sleep "$APART"
  done
}

# Writes by a connection that is kept as long as it holds.
kept() {
  trap '' PIPE
  number=0
  while [ ! -e /tmp/stop ]; do
    rm -f /tmp/in /tmp/out
    mkfifo /tmp/in /tmp/out
    psql "host=products-db-write dbname=postgres $wait" -XAtq -F ' ' -v ON_ERROR_STOP=1 </tmp/in >/tmp/out 2>&1 &
    exec 3>/tmp/in 4</tmp/out
    code=0
    while [ $code = 0 ] && [ ! -e /tmp/stop ]; do
      number=$((number + 1)) begun=$(now) said='' code=1
      printf '%s;\n\\echo .\n' "$(row kept $number)" >&3 2>/dev/null
      while read -r line <&4; do
        if [ "$line" = . ]; then code=0; break; fi
        said="$said $line"
      done
      echo write kept $number $begun $(now) $code $said
      sleep "$APART"
    done
    exec 3>&- 4<&-
    wait $!
  done
}

readers() {
  number=0
  while [ ! -e /tmp/stop ]; do
    number=$((number + 1)) begun=$(now)
    said=$(ask products-db-read "select $who")
    code=$?
    echo read products-db-read $number $begun $(now) $code $said
    sleep "$APART"
  done
}

# Past all Services: who believes that it leads?
probes() {
  number=0
  while [ ! -e /tmp/stop ]; do
    number=$((number + 1)) begun=$(now)
    said=$(ask "$1.products-db" "select $who")
    code=$?
    echo probe $1 $number $begun $(now) $code $said
    sleep 0.7
  done
}

fresh >/tmp/log.fresh 2>/tmp/trouble.fresh &
kept >/tmp/log.kept 2>/tmp/trouble.kept &
readers >/tmp/log.readers 2>/tmp/trouble.readers &
probes products-db-0 >/tmp/log.0 2>/tmp/trouble.0 &
probes products-db-1 >/tmp/log.1 2>/tmp/trouble.1 &
wait
touch /tmp/stopped
exec sleep infinity
