#!/bin/sh
# Windows of series, from the description to predictions: how many there are of each part, and that a series alone gives the same predictions.
. "$top_srcdir/tests/shell/common"

model() { # WINDOW [DATA-LINE...]
    cat <<YAML
lngraph: 1
name: s
data:
  source:
    format: csv
    fields:
      past: {columns: [load, heat], scale: standard}
      load: {scale: standard}
      kind: {category: true, names: [a, b]}
    window: $1
    train: {file: t.csv}
YAML
    shift
    [ $# = 0 ] || printf '%s\n' "$@"
    cat <<'YAML'
  dir: .
in: past[6, 2], load[1], kind[6]
graph:
  - concat(past, one_hot(kind, depth=2))
  - flatten
  - dense: {units: 1}
train: {loss: 'mse(out, load)', optimizer: adam(lr=0.01), batch: 8, epochs: 2}
report: {metrics: ['mae(out, load)']}
YAML
}
awk 'BEGIN { print "load,heat,kind,site"; for (i = 0; i < 100; i++) printf "%d,%d,%s,%s\n", i, (i * 7) % 10, i % 3 ? "a" : "b", i % 2 ? "x" : "y" }' >t.csv
counts() { has run/report.json "\"train\": $1,"; has run/report.json "\"validation\": $2,"; has run/report.json "\"test\": $3\$"; }
runs() {
    rm -rf run
    model "$@" >m.yaml
    expect 0 run -q -t 1 m.yaml -o run
}
runs '{length: 6, targets: [load]}' '  validation: {last: 0.2}' '  test: {first: 0.3}'
counts 44 14 24                                        # of 50, 20 and 30 rows
has run/model.yaml 'subtract: \[54.5, 4.5\]'           # learned from rows 30 to 79, each once
runs '{length: 6, targets: [load], ahead: 3, step: 4}' '  validation: {folds: 2, fold: 0}'
counts 11 11 0
runs '{length: 6, targets: [load], group: site}' '  validation: {part: 0.5, group: site}'
counts 44 44 0
runs '{length: 6, targets: [load], group: site}' '  validation: {last: 0.2}'
counts 68 8 0 # of 40 and 10 rows of each series

# ---- predictions: one for each window, beside its last row ----
expect 0 predict -t 1 run t.csv
claim 'a line for the head and for each window' [ "$(wc -l <out)" = 91 ]
has out '^load,heat,kind,site,prediction$'
has out '^10,0,a,y,'
lacks out '^9,3,b,x,'
grep ',x,' out >x
grep -e ',x$' -e site t.csv >only.csv
expect 0 predict -t 1 run only.csv
claim 'a series alone has the same predictions' [ "$(grep ',x,' out)" = "$(cat x)" ]
head -n 9 t.csv >short.csv
expect 3 predict -t 1 run short.csv
has err '^short.csv: error\[out-of-range\]: the longest series has 4 rows, fewer than the 6 of a window$'
expect 0 eval -t 1 --json run --data t.csv
has out '"examples": 88,'
expect 3 eval -t 1 run --data short.csv
has err 'the longest series of test rows has 4, fewer than the 7 of a window and its targets'
finish
