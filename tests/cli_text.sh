#!/bin/sh
# A text as windows of bytes: how many there are of each part, that no byte is predicted twice, and what a damaged or short file says.
. "$top_srcdir/tests/shell/common"

model() { # DATA-LINE...
    cat <<'YAML'
lngraph: 1
name: t
data:
  source:
    format: text
    fields: {text: [4], next: [4]}
    train: {file: t.txt}
YAML
    [ $# = 0 ] || printf '%s\n' "$@"
    cat <<'YAML'
  dir: .
in: text[4], next[4]
graph:
  - text
  - embedding: {count: 256, units: 4}
  - dense: {units: 256}
train: {loss: 'sequence_cross_entropy(out, next)', optimizer: adam(lr=0.01), batch: 8, epochs: 1}
report:
  metrics:
    - sum(to_float(text))
    - sum(to_float(next))
    - sum(next[:3] != text[1:])
    - bits_per_byte(out, next)
YAML
}
counts() { has run/report.json "\"train\": $1,"; has run/report.json "\"validation\": $2,"; has run/report.json "\"test\": $3\$"; }
runs() {
    rm -rf run
    expect 0 run -q -t 1 m.yaml -o run
}

# the bytes 1 to 200, and 0: 50 windows, of which the last ends with 200, and its targets with 0
i=0
while [ $i -lt 201 ]; do
    i=$((i + 1))
    printf "\\$(printf %03o $((i % 201)))"
done >t.txt
model '  validation: {last: 0.2}' '  test: {last: 0.1}' >m.yaml
runs
counts 35 10 5
has out '^sum *282.0000 *642.0000 *762.0000$'   # the means of 16 i + 10 over the windows
has out '^sum_2 *286.0000 *646.0000 *725.8000$' # 4 more, but for the last byte: 201 fewer in one of 5
has out '^sum_3 *0.0000 *0.0000 *0.0000$'
expect 0 eval run --data t.txt
has out '^examples *50$'

# compressed, the same
mkdir z
gzip -c t.txt >z/t.txt.gz
cp out plain
expect 0 run -q -t 1 m.yaml -o again --data z
grep '^[a-z]' out | grep -v 'trained\|saved' >zipped
expect 0 run -q -t 1 m.yaml -o again --force
grep '^[a-z]' out | grep -v 'trained\|saved' | cmp -s - zipped || bad 'a compressed text gives other results'

# bytes at the end that fill no window are not read; any bytes are
head -c 8 t.txt >short
expect 0 eval run --data short
has out '^examples *1$'
head -c 5 /dev/zero >zeros
expect 0 eval run --data zeros
has out '^sum *0.0000$'

# ---- what is wrong ----
head -c 4 t.txt >short
expect 3 eval run --data short
has err 'short: error\[data\]: a text of 4 bytes, but a window and the byte after it are 5$'
: >empty
expect 3 eval run --data empty
has err 'empty: error\[data\]: a text of 0 bytes'
head -c 60 z/t.txt.gz >cut.gz
expect 3 eval run --data cut.gz
has err 'the file ends inside its gzip data'
expect 4 eval run --data none.txt
expect 3 predict run t.txt
has err 'a text is judged by `lngraph eval run --data t.txt`'
finish
