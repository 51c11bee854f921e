# The SMS relay of the demonstration and a telephone line for it, for deploy/run. Uses data, port, bin and
# demo_input of deploy/run.

sms_pids=()

write_relay_config() {
  local folder=$data/sms
  mkdir -p "$folder"
  # What an integrator and the relay share, to sign what they tell each other.
  [[ -s $folder/line.secret ]] || (umask 077; openssl rand -hex 32 >"$folder/line.secret")
  cat >"$folder/relay.toml" <<EOF
# Made by deploy/run at each start. Every key: safeconduct-sms-relay check-config --keys
[gateway]
url = "https://localhost:$port"
ca_file = "../demo/ca.pem"
trust_file = "../demo/trust.txt"

[relay]
key_file = "../demo/relay.key"
state_folder = "state"

[listen]
address = "127.0.0.1"
port = $((port + 4))
private_port = 0

[[channels]]
id = "conduct"
to = ["8844"]

[[interfaces]]
name = "line"
kind = "webhook"
path = "/sms"
secret_file = "line.secret"

[send]
kind = "http"
url = "http://127.0.0.1:$((port + 5))/"
content_type = "application/json"
body = '{"to":"{to}","text":"{text}","token":"{token}"}'

[log]
file = "relay.log"
EOF
}

# start_sms_program NAME LINE COMMAND...: until it says a line that begins so.
start_sms_program() {
  local name=$1 wanted=$2 folder=$data/sms line='' said
  shift 2
  rm -f "$folder/pipe"
  mkfifo "$folder/pipe"
  "$@" >"$folder/pipe" 2>"$folder/$name.said" &
  sms_pids+=($!)
  exec {said}<"$folder/pipe"  # kept open: it may say more at its end
  rm -f "$folder/pipe"
  while IFS= read -r -t 120 -u "$said" line; do
    [[ $line != "$wanted"* ]] || return 0
  done
  sc_fail "the $name does not start: $(cat "$folder/$name.said")"
}

start_sms() {
  local folder=$data/sms
  demand_ports $((port + 4)) $((port + 5))
  write_relay_config
  : >"$folder/telephones.txt"
  start_sms_program telephone serving "$sc_root/tests/node_modules/.bin/node" --disable-warning=ExperimentalWarning \
    "$demo_input/telephone.mts" serve $((port + 5)) "http://127.0.0.1:$((port + 4))" "$folder/line.secret" \
    "$folder/telephones.txt"
  start_sms_program relay "serving on http" "$bin/safeconduct-sms-relay" serve --config "$folder/relay.toml"
}

stop_sms() {
  local each
  for each in "${sms_pids[@]}"; do kill -TERM "$each" 2>/dev/null || true; done
  for each in "${sms_pids[@]}"; do wait "$each" 2>/dev/null || true; done
  sms_pids=()
}

# await_sms WHAT COMMAND...: until it succeeds; what comes by SMS goes through several programs.
await_sms() {
  local what=$1 tries
  shift
  for ((tries = 0; tries < 120; ++tries)); do
    ! "$@" || return 0
    sleep 0.5
  done
  sc_fail "$what. The relay's log ends: $(tail -n 5 "$data/sms/relay.log" 2>/dev/null)"
}

sms_cases() {  # of the first page, which is enough to see a new one
  "$bin/safeconduct" case list --identity "$data/demo/intake.key" --json | tr '{' '\n' |
    sed -n '/"by_sms":true/s/.*"report_id":"\([0-9a-f]\{32\}\)".*/\1/p'
}
find_sms_case() {  # BEFORE: those that were there; sets sms_case
  sms_case=$(sms_cases | awk -v before="$1" 'BEGIN { n = split(before, ids); while (n) known[ids[n--]] } !($0 in known)')
  [[ -n $sms_case ]]
}
telephones_show() { grep -qF "$1" "$data/sms/telephones.txt"; }
answer_arrived() {
  "$bin/safeconduct" case show "$sms_case" --identity "$data/demo/intake.key" 2>/dev/null |
    grep -q 'reached the telephone'
}

demonstrate_sms() {
  local intake=$data/demo/intake.key before text
  # Another person each time: who wrote before has a conversation already.
  printf -v sms_number '+2547%08d' $((RANDOM * RANDOM % 100000000))
  text='Soldiers come to the barracks fence at night and ask girls to meet them.'

  heading "10. Somebody has only a telephone"
  say "An SMS can be read by the network, and by whoever holds the telephone. The relay seals it as it comes,"
  say "on the telephone's side: the gateway sees neither a number nor a word."
  before=$(sms_cases)
  printf '\n  %s$ %s%s\n\n' "$bold" "telephone send $sms_number '$text'" "$plain"
  telephone send "$sms_number" "$text" 2>&1 | sed "s/^/  $dim|$plain /" || sc_fail "the relay did not take it."
  await_sms "the SMS did not become a case" find_sms_case "$before"
  say ""
  say "It is a case like any other. The officer is told how this reporter reads, and what an answer costs."
  step "$bin/safeconduct" case open "$sms_case" --identity "$intake"
  step "$bin/safeconduct" case reply "$sms_case" --identity "$intake" --text "$demo_input/sms-answer.txt"
  await_sms "the answer did not come to the telephone" telephones_show "where it happened"
  await_sms "the relay did not say that the answer arrived" answer_arrived
  say ""
  say "What the telephone shows: the relay's own word that the message came, then the answer. And the case says"
  say "that it arrived."
  step cat "$data/sms/telephones.txt"
  step "$bin/safeconduct" case show "$sms_case" --identity "$intake"
}
