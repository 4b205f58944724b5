#!/bin/sh
# Rare classes: weights of the loss, and examples that are drawn class by class.
. "$top_srcdir/tests/shell/common"

# one in ten is rare: a third of those with a large a
awk 'BEGIN {
    print "a,b,label"
    for (x = 3; i < 600; i++) {
        x = (x * 1103515245 + 12345) % 2147483648; a = int(x / 65536) % 100
        x = (x * 1103515245 + 12345) % 2147483648; b = int(x / 65536) % 100
        printf "%d,%d,%s\n", a, b, (i % 3 == 1 && a > 70) ? "yes" : "no"
    }
}' >rare.csv
rare=$(grep -c yes rare.csv)
model() { # NAME LOSS [LINE]
    cat >"$1.yaml" <<YAML
lngraph: 1
name: $1
data:
  source:
    format: csv
    fields: {x: {columns: [a, b], scale: standard}, label: {class: true, count: 2}}
    train: {file: rare.csv}
  dir: .
in: x[2], label
graph:
  - dense(x, units=8, activation=tanh, init=glorot_uniform)
  - dense: {units: 2, activation: softmax}
train:
  loss: $2
  optimizer: sgd(lr=0.1)
  batch: 32
  epochs: 20
${3:-}
report:
  metrics:
    - accuracy(out, label)
    - recall(out, label)
YAML
}
figure() { # RUN FIGURE
    awk -v name="$2" '$1 == name { print $2; exit }' "$1/report.txt"
}
model plain 'cross_entropy(out, label)'
model by-hand 'cross_entropy(out, label) * (3 if label == 1 else 0.5)'
model by-name 'cross_entropy(out, label)' '  class_weights: {yes: 3, no: 0.5}'
model balanced 'cross_entropy(out, label)' '  class_weights: balanced'
model drawn 'cross_entropy(out, label)' '  sample: {balance: label}'
for name in plain by-hand by-name balanced drawn; do
    expect 0 run $name.yaml -q -t 1 -o $name
done

# the weights are those of a loss that is multiplied by hand; metrics are not weighted
for figure in loss accuracy; do
    claim "$figure is that of the product" [ "$(figure by-hand $figure)" = "$(figure by-name $figure)" ]
done
tail -n +2 by-hand/history.csv | cut -d , -f 1-4 >one
tail -n +2 by-name/history.csv | cut -d , -f 1-4 >other
claim 'so is every epoch' cmp one other

# balanced: N / (2 n); evaluation has the weights that the run has learned
mean=$(awk -v n="$rare" 'BEGIN { printf "%.4f %.4f", 600 / (2 * (600 - n)), 600 / (2 * n) }')
model counted 'cross_entropy(out, label)' "  class_weights: {no: ${mean% *}, yes: ${mean#* }}"
expect 0 run counted.yaml -q -t 1 -o counted
claim 'balanced is N / (2 n)' [ "$(figure balanced accuracy)" = "$(figure counted accuracy)" ]
expect 0 eval balanced
has out "^loss  *$(figure balanced loss)"
recall() { awk '/^recall macro/ { print $3; exit }' "$1/report.txt"; }
claim 'the rare class is found more often' \
    awk -v plain="$(recall plain)" -v balanced="$(recall balanced)" -v drawn="$(recall drawn)" \
    'BEGIN { exit !(balanced > plain && drawn > plain) }'

# the same draws at any thread count; another seed draws others
expect 0 run drawn.yaml -q -t 2 -o drawn-2
claim 'draws do not depend on threads' cmp drawn/model.safetensors drawn-2/model.safetensors
expect 0 run drawn.yaml -q -t 1 --seed 5 -o drawn-5
claim 'they depend on the seed' [ "$(figure drawn loss)" != "$(figure drawn-5 loss)" ]

# a name that the data do not have is found when they are read
model wrong 'cross_entropy(out, label)' '  class_weights: {yse: 3}'
expect 3 run wrong.yaml -q -o wrong
has err 'there is no class `yse`'
has err 'did you mean `yes`'
finish
