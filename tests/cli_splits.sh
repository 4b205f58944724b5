#!/bin/sh
# Splits of a table, from the description to the figures: what they go by, that nothing is learned from what they take out, duplicates.
. "$top_srcdir/tests/shell/common"

table() { # PLAN: of the last of 100 rows
    awk -v plan="$1" 'BEGIN {
    print "x,label,customer,since,split,plan"
    for (i = 0; i < 100; i++)
        printf "%d,%s,c%d,%d-01-01,%s,%s\n", i, i % 10 ? "no" : "yes", i / 4, 1900 + i * 37 % 100,
               i % 5 < 3 ? "train" : i % 5 == 3 ? "val" : "test", i == 99 ? plan : i % 2 ? "a" : "b"
}' >t.csv
}
model() { # DATA-LINE...
    cat <<'YAML'
lngraph: 1
name: s
data:
  source:
    format: csv
    fields:
      x: {scale: minmax}
      label: {class: true, count: 2}
      plan: {category: true, count: 2, unknown: other}
    train: {file: t.csv}
YAML
    printf '%s\n' "$@"
    cat <<'YAML'
  dir: .
in: x[1], label, plan
graph:
  - concat(x, one_hot(plan, depth=3))
  - dense: {units: 2, activation: softmax}
train:
  loss: cross_entropy(out, label)
  optimizer: sgd(lr=0.1)
  epochs: 1
  batch: 16
YAML
}
# runs LINE...: trains; the learned range of x is that of the training examples alone
runs() {
    rm -rf run
    model "$@" >m.yaml
    expect 0 run -q -t 1 m.yaml -o run
}
counts() { has run/report.json "\"train\": $1,"; has run/report.json "\"validation\": $2,"; has run/report.json "\"test\": $3\$"; }
learned() { has run/model.yaml "subtract: \[$1\], divide: \[$2\]"; }

table late
runs '  validation: {last: 0.1}'
counts 90 10 0
learned 0 89
has run/model.yaml 'names: \["a", "b"\]' # the plan of the last example is not among them
table a
runs '  validation: {first: 0.1}' '  test: {last: 0.2}'
counts 70 10 20
learned 10 69
runs '  validation: {count: 30}'
counts 70 30 0
runs '  validation: {column: split}'
counts 60 20 20
learned 0 97
runs '  validation: {part: 0.1, time: since}' # 1999 is row 27, ..., 1990 is row 70: 99 and 0 stay
counts 90 10 0
learned 0 99
runs '  validation: {folds: 4, fold: 3}' '  test: {first: 0.2}'
counts 60 20 20
learned 20 59
runs '  validation: {part: 0.2, group: customer}' '  test: {part: 0.2, group: customer}'
counts 60 20 20

# ---- a run is evaluated on the same parts, and the seed makes others ----
sed -n '/^  "splits"/,/^  }/p' run/report.json >first
expect 0 eval --json run
sed -n '/^  "splits"/,/^  }/p' out >again
claim 'there are losses' [ -s again ]
claim 'eval has the same parts' cmp -s first again
runs '  validation: {part: 0.9, stratify: label, seed: 5}'
grep subtract run/model.yaml >first
expect 0 run -q -t 1 m.yaml -o other --seed 2
grep subtract other/model.yaml >again
claim 'the split keeps its seed' cmp -s first again
has other/report.json '"train": 10,'
runs '  validation: {count: 40, shuffle: true}'
grep subtract run/model.yaml >first
expect 0 run -q -t 1 m.yaml -o other2 --seed 2
grep subtract other2/model.yaml >again
claim 'or follows that of the run' sh -c '! cmp -s first again'

# ---- files of their own ----
head -n 41 t.csv >t1.csv && mv t1.csv t.csv # rows 0 to 39
{ head -n 1 t.csv && sed -n '3,6p' t.csv && echo '200,yes,c,2000-01-01,train,c'; } >v.csv
runs '    validation: {file: v.csv}'
counts 40 5 0
learned 0 39
has run/report.json '"validation": 4,' # duplicates
has out '4 of 5 validation examples equal a training example\.'
has run/report.html '4 of 5 validation examples equal a training example\.'
has run/report.html '0 of 40 training examples repeat another one\.'

# ---- classes ----
sed -n '1p;3,11p;2p' t.csv >few.csv && mv few.csv t.csv # one yes among ten, at the end
runs '  validation: {count: 2, stratify: label}'
has err 'warning: the validation examples have none of class yes (`label`)'
has err 'warning: the training examples have only one of class yes (`label`)'
finish
