# The office of the demonstration, for deploy/run: its keys, its certificate and its charter, made once
# and kept. Uses data, bin, demo_input and holders of deploy/run.

# --- Keys and certificates -----------------------------------------------------------------------

# cli ARGUMENT...: quietly; says what went wrong, if anything.
cli() {
  local said
  said=$("$bin/safeconduct" "$@" --json 2>&1) || sc_fail "safeconduct $1 $2: $said"
}
cli_value() {  # NAME ARGUMENT...: one text out of what it prints
  local name=$1 json
  shift
  json=$("$bin/safeconduct" "$@" --json) || sc_fail "safeconduct $1 $2 failed."
  sed -n "s/.*\"$name\":\"\{0,1\}\([^\",}]*\).*/\1/p" <<<"$json"
}

make_keys() {
  local name
  for name in root-{1,2,3} "${holders[@]%% *}" log witness-{1,2}; do
    [[ -e $data/demo/$name.key ]] || cli identity new --out "$data/demo/$name.key"
  done
}

make_certificates() {
  local ca=$data/demo/ca tls=$data/demo/tls
  local ec=(-newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes)
  if [[ ! -e $ca.pem ]]; then
    openssl req -x509 "${ec[@]}" -keyout "$ca.key" -out "$ca.pem.new" -days 3650 \
      -subj "/CN=Safeconduct demo CA" -addext "keyUsage=critical,keyCertSign,cRLSign" 2>/dev/null ||
      sc_fail "openssl could not make the demo's certificate authority."
    mv "$ca.pem.new" "$ca.pem"
  fi
  # A new certificate a month before the old one ends.
  openssl x509 -in "$tls.pem" -noout -checkend $((30 * 86400)) >/dev/null 2>&1 && return
  printf '%s\n' "subjectAltName=DNS:localhost,IP:127.0.0.1,IP:::1" "extendedKeyUsage=serverAuth" \
    >"$tls.ext"
  {
    openssl req "${ec[@]}" -keyout "$tls.key" -out "$tls.csr" -subj "/CN=localhost" &&
      openssl x509 -req -in "$tls.csr" -CA "$ca.pem" -CAkey "$ca.key" -days 365 \
        -out "$tls.pem.new" -extfile "$tls.ext"
  } 2>/dev/null || sc_fail "openssl could not make the demo's certificate."
  rm -f "$tls.csr" "$tls.ext"
  mv "$tls.pem.new" "$tls.pem"
}

# --- The charter ---------------------------------------------------------------------------------

charter_inputs() {  # a digest of what a charter is made from
  { printf '%s\n' "${holders[@]}"
    cat "$demo_input/channel.json" "$demo_input"/texts-*.json "$data/web/manifest.txt"; } |
    sha256sum | cut -d' ' -f1
}

newest_charter() {  # the number of the newest signed charter, or 0
  local number=0
  while [[ -e $data/demo/charter-$((number + 1)).note ]]; do number=$((number + 1)); done
  echo "$number"
}

witness_vkey() {
  cli_value witness_vkey identity show --identity "$data/demo/$1.key" --name "$1.demo.localhost"
}
vkey() { cli_value vkey identity show --identity "$data/demo/$1.key" --name "$2"; }

# Whether the newest charter will do: made from the same, and valid for another month.
charter_is_fresh() {
  [[ $(cat "$data/demo/charter-inputs" 2>/dev/null) == "$(charter_inputs)" ]] || return 1
  local expires
  expires=$(cli_value expires charter show "$data/demo/charter-$1.note") || return 1
  (($(date -d "$expires" +%s) > $(date +%s) + 30 * 86400))
}

# make_charter NUMBER: drafts it and has two of the three root keys sign it. In a folder of its own
# until it is whole, so that what is cut off leaves nothing behind.
make_charter() {
  local number=$1 new=$data/demo/new draft holder label role organisation root file language
  rm -rf "$new"
  mkdir "$new"
  draft=$new/charter-$number.json
  if ((number == 1)); then
    local roots=()
    for root in root-{1,2,3}; do roots+=(--root "$(vkey "$root" "$root.demo.localhost")"); done
    cli charter new --origin charter.demo.localhost "${roots[@]}" --threshold 2 \
      --log "$(vkey log log.demo.localhost)" --log-interval 10 \
      --witness "$(witness_vkey witness-1)" --witness "$(witness_vkey witness-2)" \
      --witness-threshold 2 --out "$draft" \
      --trust-out "$new/trust.txt"
    [[ ! -e $data/demo/trust.txt ]] || cmp -s "$new/trust.txt" "$data/demo/trust.txt" ||
      sc_fail "$data/demo/trust.txt is not of these keys. Remove $data to begin anew."
  else
    cp "$data/demo/trust.txt" "$new/trust.txt"
    cli charter new --next "$data/demo/charter-$((number - 1)).note" --trust "$new/trust.txt" \
      --out "$draft"
  fi
  for holder in "${holders[@]}"; do
    read -r label role organisation <<<"$holder"
    "$bin/safeconduct" identity show --identity "$data/demo/$label.key" --json >"$new/$label.public"
    cli charter add-holder "$draft" --label "$label" --organisation "$organisation" --role "$role" \
      --keys "$new/$label.public" --replace
  done
  cli charter add-channel "$draft" "$demo_input/channel.json" --replace
  for file in "$demo_input"/texts-*.json; do
    language=${file##*/texts-}
    cli charter add-text "$draft" "$file" --language "${language%.json}"
  done
  cli charter add-web "$draft" "$data/web/manifest.txt"
  for root in root-1 root-2; do
    cli charter sign "$draft" --identity "$data/demo/$root.key" --trust "$new/trust.txt"
  done
  cli charter verify "$new/charter-$number.note" --trust "$new/trust.txt"
  mv "$new/trust.txt" "$data/demo/trust.txt"
  charter_inputs >"$data/demo/charter-inputs"
  mv "$draft" "$new/charter-$number.note" "$data/demo/"
  rm -rf "$new"
}

make_charters() {
  local newest
  newest=$(newest_charter)
  if ((newest == 0)) || ! charter_is_fresh "$newest"; then
    make_charter $((newest + 1))
    say "Made version $((newest + 1)) of the charter, signed by root-1 and root-2."
  else
    say "The charter of an earlier run is used: version $newest."
  fi
}

publish_charters() {
  local newest present number texts=() file
  for file in "$demo_input"/texts-*.json; do texts+=(--text "$file"); done
  newest=$(newest_charter)
  present=$("$bin/safeconduct" charter show --json 2>/dev/null |
    sed -n 's/.*"version":\([0-9]*\).*/\1/p') || present=''
  for ((number = ${present:-0} + 1; number <= newest; ++number)); do
    ((number == newest)) || texts=()
    cli charter publish "$data/demo/charter-$number.note" "${texts[@]}"
  done
  [[ $(cli_value version charter show) == "$newest" ]] ||
    sc_fail "the gateway does not have version $newest of the charter. Remove $data to begin anew."
}
