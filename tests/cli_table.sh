#!/bin/sh
# A table of one's own, from training to predictions: what was learned from the training examples goes with the run.
. "$top_srcdir/tests/shell/common"

lines() { claim "$last: $1 lines" [ "$(wc -l <out)" = "$1" ]; }
rows() { # N FIRST: age above 50 churns; now and then, a cell is missing
    awk -v n="$1" -v first="$2" 'BEGIN {
        print "customer;age;income;plan;since;churned"
        for (i = first; i < first + n; i++) {
            age = 20 + i * 7 % 60
            printf "\"M;ller %d\";%s;%d,5;%s;20%02d-03-01;%s\n", i, i % 11 == 3 ? "NA" : age, i % 13 * 10,
                   i % 17 == 5 ? "" : i % 3 == 0 ? "basic" : i % 3 == 1 ? "family & co" : "pro", 10 + i % 15, (age > 50 ? "yes" : "no")
        }
    }'
}
rows 300 0 >churn.csv
rows 60 1000 >churn-test.csv
rows 500 2000 >new.csv
cat >churn.yaml <<'YAML'
lngraph: 1
name: churn
data:
  source:
    format: csv
    decimal: comma
    fields:
      numbers: {columns: [age, income], missing: mean, scale: standard}
      since: {date: true, scale: minmax}
      plan: {category: true, count: 3, missing: other, factor: true}
      label: {column: churned, class: true, count: 2}
    train: {file: churn.csv}
    test: {file: churn-test.csv}
  dir: .
  validation: {last: 0.2}
in: numbers[2], since[1], plan, label
graph:
  - concat(numbers, since, one_hot(plan, depth=4))
  - dense: {units: 8, activation: relu}
  - dense: {units: 2, activation: softmax}
train:
  loss: cross_entropy(out, label)
  optimizer: adam(lr=0.02)
  epochs: 20
  batch: 16
report: {metrics: ['accuracy(out, label)']}
YAML
expect 0 run -q churn.yaml -o run
has run/model.yaml 'names: \["no", "yes"\]'
has run/model.yaml 'names: \["basic", "family & co", "pro"\]'
has run/model.yaml 'missing: fill'
has run/model.yaml 'subtract: \[14669\], divide: \[5114\]' # days: 2010-03-01, and 14 years
lacks run/model.yaml 'count: 3'
lacks run/model.yaml 'standard'
has run/MODEL_CARD.md '^| plan | scalar | category, 0 to 3 | 0 | 3 |$'
has run/MODEL_CARD.md '^| label | scalar | class, 0 to 1 | 0 | 1 |$'
has run/report.html '>plan</th><td></td><td>category</td><td>0</td><td>3</td>'
has run/report.txt '^ *no | *[0-9]' # the confusion matrix; a category is no label
accuracy() { sed -n '/"test": {/,/}/s/.*"accuracy": \([0-9][0-9.]*\).*/\1/p' "$1"; }
has run/MODEL_CARD.md '^| plan | examples | accuracy | 95 % interval |$'
claim 'a row for each plan and for others; together they are the test examples' \
    [ "$(sed -n '/^| plan | ex/,/^$/p' run/MODEL_CARD.md | awk -F' [|] ' 'NR > 2 && NF > 2 { n++; sum += $2; right += $2 * $3 } END { print n, sum, right / 60 == right / sum }')" = '4 60 1' ]
claim 'it learns' [ "$(accuracy run/report.json | awk '{ print ($1 > 0.85) }')" = 1 ]

# ---- the run alone is enough ----
mkdir elsewhere && mv churn.csv churn-test.csv elsewhere
expect 0 eval --json run --data elsewhere/churn-test.csv
cp out evaluated
claim 'the same figures' [ "$(accuracy evaluated)" = "$(accuracy run/report.json)" ]
has evaluated '"train": 0,'
expect 0 predict run new.csv
lines 501
cp out predicted
has predicted '^customer;age;income;plan;since;churned;prediction;probability.no;probability.yes$'
has predicted '^"M;ller 2000";.*;no;no;[^;]*;[^;]*$'
sed 's/;[^;]*;[^;]*;[^;]*$//' predicted >given
claim 'the table is there as it was' cmp -s given new.csv
sed 's/;[^;]*;[^;]*$//' predicted | awk -F ';' '{ right += $(NF - 1) == $NF } END { print (right > 450) }' >good
has good '^1$'
expect 0 predict --json run new.csv
has out '^{"file":"new.csv","index":0,"class":"no","probability":'
expect 0 predict run new.csv -i 7 -o made.csv
has made.csv '^"M;ller 2007"'
sed 's/;[^;]*$//' new.csv >lacking.csv
expect 0 predict run lacking.csv # the label is not needed
sed 's/income/in come/' new.csv >lacking.csv
expect 3 predict run lacking.csv
has err '^lacking.csv: error\[data\]: line 1: there is no column `income`'
sed 's/since/age/' new.csv >twice.csv
expect 3 predict run twice.csv
has err '^twice.csv: error\[data\]: line 1: a column of `numbers` appears twice: `age`'
sed '7s/;family & co;/;gold;/' new.csv >unknown.csv
expect 3 predict run unknown.csv
has err '^unknown.csv: error\[data\]: line 7, column 4: `plan` is `gold`, expected `basic`, `family & co` or `pro`$'

# ---- columns that are added ----
has predicted '^"M;ller 2000";.*;no;no;[01],*[0-9]*;[01],*[0-9]*$' # with a decimal comma, like the rest
has predicted ';0,[0-9]*;'
cp predicted again.csv
expect 3 predict run again.csv
has err '^again.csv: error\[duplicate-key\]: line 1, column 7: there is a column `prediction` already'
expect 0 predict run again.csv --json
expect 3 predict run new.csv --resize
has err '^new.csv: error\[arguments\]: --resize changes images in files of their own, not the columns of a table'
awk 'BEGIN {
    print "a,b,urgent,spam,price,rent"
    for (i = 0; i < 240; i++) {
        a = i * 7 % 20 - 9.5; b = i * 3 % 17 - 8
        print a "," b "," (a > 0) "," (b > 0) "," 500000 + 1000 * a "," 900 + b
    }
}' >mails.csv
several() { # NAME TARGETS ACTIVATION LOSS
    sed -e "s/NAME/$1/" -e "s/TARGETS/$2/" -e "s/ACTIVATION/$3/" -e "s/LOSS/$4/" -e "s/AUC/${5:-}/" <<'YAML' >"$1.yaml"
lngraph: 1
name: NAME
data:
  source:
    format: csv
    fields: {x: {columns: [a, b], scale: standard}, y: {TARGETS}}
    train: {file: mails.csv}
  dir: .
  validation: {count: 40}
in: x[2], y[2]
graph: [x, dense: {units: 8, activation: tanh}, dense: {units: 2ACTIVATION}]
train: {loss: 'LOSS(out, y)', optimizer: adam(lr=0.02), batch: 20, epochs: 10}
report: {metrics: ['mae(out, y)'AUC]}
YAML
}
several labels 'columns: [urgent, spam]' ', activation: sigmoid' binary_cross_entropy ", 'auc(out, y)'"
expect 0 run -q labels.yaml -o labels
has labels/report.txt '^urgent  *[01]\.[0-9]*  *[01]\.'
has labels/MODEL_CARD.md '^| spam | [01]'
has labels/report.html '<th scope="row">urgent</th><td>[0-9]*</td>'
has labels/report.html '<td>\(urgent\|spam\): \(yes\|no\) ('
expect 0 predict labels mails.csv
has out '^a,b,urgent,spam,price,rent,prediction.urgent,prediction.spam,probability.urgent,probability.spam$'
awk -F , 'NR > 1 { right += ($3 == $7) + ($4 == $8); sure += ($7 == ($9 > 0.5)) } END { print (right > 450), sure }' out >good
has good '^1 240$'
expect 0 predict labels mails.csv --json -i 0
has out '"labels":\[\],"probabilities":{"urgent":0[0-9.e-]*,"spam":0[0-9.e-]*}}$'
expect 0 predict labels mails.csv --json -i 3
has out '"labels":\["spam"\],'
several numbers 'columns: [price, rent]' '' binary_cross_entropy
expect 3 run -q numbers.yaml -o never
has err '^\./mails.csv: error\[data\]: line 2: `y` of example 0 holds 490500, but the model takes it for a label or probability, from 0 to 1$'
several scaled 'columns: [urgent, spam], scale: standard' '' sigmoid_cross_entropy
expect 3 run -q scaled.yaml -o never
has err 'hint: labels are not scaled: leave out `scale`'

# ---- the units of the data: predictions, and the metrics that compare them ----
figure() { sed -n 's/.*"'$1'": \([0-9][0-9.e+]*\).*/\1/p' out; }
for scale in standard minmax log1p; do
    several $scale "columns: [price, rent], scale: $scale" '' mse ", 'rmse(out, y)', 'std.rmse(out, y)'"
    expect 0 run -q $scale.yaml -o $scale
    expect 0 eval --json $scale --data mails.csv
    echo "$(figure mae),$(figure rmse),$(figure std.rmse)" >reported
    expect 0 predict $scale mails.csv
    has out '^a,b,urgent,spam,price,rent,prediction.price,prediction.rent$'
    awk -F , 'function d(x) { return x < 0 ? -x : x }
        function same(x, y) { return x / y > 0.999 && x / y < 1.001 }
        NR == FNR { mae = $1; rmse = $2; each = $3; next }
        FNR > 1 { sum += d($5 - $7) + d($6 - $8); square = ($5 - $7) ^ 2 + ($6 - $8) ^ 2; squares += square; roots += sqrt(square / 2) }
        END { print same(sum / 480, mae), (mae > 100), same(sqrt(squares / 480), rmse), same(roots / 240, each), (each < rmse) }' reported out >good
    has good '^1 1 1 1 1$'
done
sed -i 's/y\[2\]/y[2], z[2]/; s/fields: {/&z: {columns: [rent, price], scale: minmax}, /; s/(out, y)/(out, y) + sum(0 * z)/' standard.yaml
expect 0 run -n standard.yaml
has err 'warning: `y` is scaled, but not the only field that the result may predict: metrics and predictions stay scaled$'

# ---- without a head ----
sed 1d mails.csv >plain.csv
several plain 'columns: ["3", "4"]' ', activation: sigmoid' binary_cross_entropy
sed -i 's/format: csv/&\n    header: false/; s/mails/plain/; s/\[a, b\]/["1", "2"]/' plain.yaml
expect 0 run -q plain.yaml -o plain
expect 0 predict plain plain.csv
lines 240
has out '^-9.5,-8,0,0,490500,892,0,0,0[0-9.e-]*,0[0-9.e-]*$'

# ---- what --data cannot be ----
expect 3 run churn.yaml --data new.csv
has err 'what `numbers` needs is learned from training examples'
expect 3 run run/model.yaml --data new.csv -o never
has err 'new.csv is a file, which has examples to evaluate, but none to train on'
finish
