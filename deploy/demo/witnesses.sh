# The witnesses of the demonstration, for deploy/run: two more gateways, as other organisations would
# run them. They watch the logs of the first one, and cosign them as long as these only grow. Uses data,
# port and bin of deploy/run.

witness_pids=()

# Demonstrations of before there were witnesses have none.
has_witnesses() { grep -q '^witness ' "$data/demo/trust.txt"; }

write_witness_config() {  # 1 or 2
  local folder=$data/witness-$1
  mkdir -p "$folder"
  cat >"$folder/gateway.toml" <<EOF
# Made by deploy/run at each start.
public_origins = ["https://localhost:$((port + 1 + $1))"]

[listen]
public_address = "127.0.0.1"
public_port = $((port + 1 + $1))
tls_certificate = "../demo/tls.pem"
tls_key = "../demo/tls.key"
private_port = 0

[charter]
trust_file = "../demo/trust.txt"

[transparency_log]
key_file = "../demo/witness-$1.key"

[witness]
name = "witness-$1.demo.localhost"
state_folder = "cosigned"

[[witness.logs]]
key = "$(vkey log log.demo.localhost)"

[[witness.logs]]
key = "$(vkey log charter.demo.localhost)"

[storage]
path = "store"

[log]
file = "gateway.log"
EOF
}

start_witnesses() {
  local number folder line said
  demand_ports $((port + 2)) $((port + 3))
  for number in 1 2; do
    folder=$data/witness-$number
    write_witness_config "$number"
    rm -f "$folder/pipe"
    mkfifo "$folder/pipe"
    "$bin/safeconduct-gateway" serve --config "$folder/gateway.toml" >"$folder/pipe" \
      2>"$folder/gateway.said" &
    witness_pids+=($!)
    exec {said}<"$folder/pipe"  # kept open: it may say more at its end
    rm -f "$folder/pipe"
    while IFS= read -r -t 120 -u "$said" line; do
      [[ $line != "serving on https://"* ]] || break
    done
    [[ ${line:-} == "serving on https://"* ]] ||
      sc_fail "witness-$number does not start: $(cat "$folder/gateway.said")"
  done
}

stop_witnesses() {
  local each
  for each in "${witness_pids[@]}"; do kill -TERM "$each" 2>/dev/null || true; done
  witness_pids=()
}
