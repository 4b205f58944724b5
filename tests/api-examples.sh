#!/bin/sh
# The examples, linked with the library as it was built: only what it exports is there for them.
. "$top_srcdir/tests/shell/common"
. "$top_srcdir/tests/shell/api"
check_examples "$top_builddir/examples"

# a table with names, and images of any size: prepared as the run's examples were
{ echo 'age,plan,churned' && awk 'BEGIN { for (i = 0; i < 60; i++) print 20 + i % 50 "," (i % 3 ? "basic" : "pro") "," (i % 50 > 25 ? "yes" : "no") }'; } >people.csv
cat >people.yaml <<'YAML'
lngraph: 1
name: people
data:
  source:
    format: csv
    fields:
      age: {missing: mean, scale: standard}
      plan: {category: true, count: 2}
      label: {column: churned, class: true, count: 2}
    train: {file: people.csv}
  dir: .
in: age[1], plan, label
graph:
  - concat(age, one_hot(plan, depth=2))
  - dense: {units: 2, activation: softmax}
train: {loss: 'cross_entropy(out, label)', optimizer: adam(lr=0.1), epochs: 40, batch: 10}
YAML
expect 0 run -q -o people people.yaml
printf 'plan,age\nbasic,21\npro,69\nbasic,\n' >new.csv
expect 0 predict people new.csv
awk -F, 'NR > 1 { print $3 }' out >predicted
runs 0 classify_table people new.csv
empty err
cut -f 1 out >classified
claim 'the classes that predict finds' cmp -s predicted classified
claim 'the young stay, the old leave' [ "$(head -n 2 classified | tr '\n' ' ')" = 'no yes ' ]
printf 'plan,age\ngold,21\n' >new.csv
runs 3 classify_table people new.csv
has err 'line 2, column 1: `plan` is `gold`, expected `basic` or `pro`'
runs 3 classify_table people people/model.safetensors
has err 'error\[data\]'
finish
