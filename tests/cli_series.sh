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

# ---- classes and series that count from 1 are those that count from 0 ----
numbered() { # FIRST
    awk -v first="$1" 'BEGIN {
        print "past,load,kind,site"
        for (i = 0; i < 100; i++) printf "%d,%d,%d,%d\n", (i * 7) % 10, i, first + i % 3, first + i % 2
    }' >numbered.csv
    cat >numbered.yaml <<YAML
lngraph: 1
name: numbered
data:
  source:
    format: csv
    classes: 3
    first: $1
    fields: {past: [1], load: [1], kind: class, site: class}
    window: {length: 4, targets: [load, kind], ahead: 0, group: site}
    train: {file: numbered.csv}
  dir: .
in: past[4, 1], load[1], kind
graph:
  - concat(flatten(past), one_hot(kind, depth=3))
  - dense: {units: 1}
train: {loss: 'mse(out, load)', optimizer: adam(lr=0.01), batch: 8, epochs: 2}
report: {metrics: ['mae(out, load)']}
YAML
    rm -rf run
    expect 0 run -q -t 1 numbered.yaml -o run
    expect 0 predict -t 1 run numbered.csv
    sed 's/.*,//' out >"predictions-$1"
}
numbered 0
numbered 1
claim 'one line for each window' [ "$(wc -l <predictions-1)" = 95 ]
claim 'the same predictions' cmp -s predictions-0 predictions-1
sed '$s/,[^,]*,/,9,9,/; $s/,9,9,.*/,9,9,1/' numbered.csv >wrong.csv
expect 3 predict -t 1 run wrong.csv
has err '`kind` of example 99 is 9, expected 1 to 3$'
finish
