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
has err 'generate=N continues a text; `lngraph eval run --data t.txt` judges one$'

# ---- continuing a text: the numbers follow one another, which the last byte alone tells ----
bytes() { od -An -v -tu1 | tr -s ' \n' ' '; }
model >m.yaml
expect 0 run -q -t 1 m.yaml -o run --force -s train.epochs=120 -s 'train.optimizer.lr=0.05'
has out '^bits_per_byte *0\.'
seq='100 101 102 103 104 105 106 107 '
expect 0 predict run --generate=8 --prompt=c --temperature=0
claim 'eight bytes' [ "$(bytes <out)" = " $seq" ]
expect 0 predict run --generate=8 --prompt='a very long text, of which the window has the end: c' --temperature=0 -t 2
claim 'eight bytes after a long text' [ "$(bytes <out)" = " $seq" ]
expect 0 predict run --generate=3 --temperature=0 # after the end of a line, 10
claim 'three bytes after nothing' [ "$(bytes <out)" = " 11 12 13 " ]
expect 0 predict run --generate=300 --prompt=c --temperature=5 --seed=7
cp out seven
claim '300 bytes' [ "$(wc -c <seven)" -eq 300 ]
claim 'in parts' [ "$("$LNGRAPH" predict run --generate=20 --prompt=c --temperature=5 --seed=7 | bytes)" = "$(head -c 20 seven | bytes)" ]
expect 0 predict run --generate=300 --prompt=c --temperature=5 --seed=7 -t 2 -o there.txt
claim 'the same seed' cmp -s seven there.txt
expect 0 predict run --generate=300 --prompt=c --temperature=5
claim 'another seed' [ "$(cksum <seven)" != "$(cksum <out)" ]
cp out one
expect 0 predict run --generate=300 --prompt=c --temperature=5 --seed=1
claim 'the seed of the run, which is 1' cmp -s one out
lacks err 'looks ahead'
# a model that reads the byte which it is to say
sed 's/^graph:$/&/; s/^  - dense: {units: 256}/  - concat(it, concat(it[1:], it[:1], axis=0))\n&/' m.yaml >ahead.yaml
expect 0 run -q -t 1 ahead.yaml -o ahead -s train.epochs=1
expect 0 predict ahead --generate=8 --prompt=c
has err 'warning: the model looks ahead'
has err 'attention needs `causal: true`'
# probabilities instead of logits: the same bytes
sed 's/^  - dense: {units: 256}/&\n  - softmax/; s/^train: .*/train: {loss: "-mean(sum(xlogy(one_hot(next, depth=256), out), axes=[1]))", optimizer: adam(lr=0.05), batch: 8, epochs: 120}/; /bits_per_byte/d' m.yaml >p.yaml
expect 0 run -q -t 1 p.yaml -o soft
expect 0 predict soft --generate=8 --prompt=c --temperature=0
claim 'eight bytes by probabilities' [ "$(bytes <out)" = " $seq" ]

expect 2 predict run --prompt=c
has err 'prompt goes with --generate'
expect 2 predict run --generate=8 --json
has err 'json has no effect with --generate'
expect 2 predict run --generate=8 --temperature=-1
has err 'temperature takes a number from 0 to 1000, not `-1`'
expect 2 predict run --generate=0
has err 'generate takes an integer from 1 to'
expect 3 predict run t.txt --generate=8
has err 'generate continues --prompt, and takes no file$'
sed 's/^  - dense: {units: 256}/&\n  - it[-1]/; s/^train: .*/train: {loss: "softmax_cross_entropy(out, next[3])", optimizer: adam, steps: 1}/; /bits_per_byte/d' m.yaml >last.yaml
expect 0 run -q -t 1 last.yaml -o last
expect 3 predict last --generate=8
has err 'error\[shape\]: the output is \[256\], but --generate needs \[4, 256\]: 256 logits for each byte$'
sed 's/^  - text$/  - (text + next) \/\/ 2/' m.yaml >both.yaml
expect 0 run -q -t 1 both.yaml -o both -s train.steps=1
expect 3 predict both --generate=8
has err 'generate needs a model whose output depends on `text` alone$'
printf 'a,y\n1,2\n3,4\n' >table.csv
cat >table.yaml <<'YAML'
lngraph: 1
name: table
data:
  source: {format: csv, fields: {a: [1], y: [1]}, train: {file: table.csv}}
  dir: .
in: a[1], y[1]
graph:
  - a
  - dense: {units: 1}
train: {loss: 'mse(out, y)', optimizer: adam, steps: 1}
YAML
expect 0 run -q -t 1 table.yaml -o table
expect 3 predict table --generate=8
has err 'generate is for language models, whose data have `format: text`, not csv$'
finish
