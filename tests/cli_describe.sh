#!/bin/sh
# lngraph describe: what is in a table, what is suspicious, and a model file that trains as it is.
. "$top_srcdir/tests/shell/common"
. "$top_srcdir/tests/shell/churn"
. "$top_srcdir/tests/shell/bars"
churn churn.csv

# ---- a table ----
expect 0 describe churn.csv
empty err
has out '^churn.csv: csv, 600 rows, 8 columns, separated by commas$'
has out '^age  *integer  *61  *60  *18  *77 '
has out '^since  *date .* 2015-01-15  *2019-10-15 '
has out '  plan: basic 310, plus 168, pro 122$'
has out '^label: churned, the last column'
has out '^  no   361  60.2 %$'
has out '^  id: customer$'
has out '^  constant: region$'
has out '^  codes: visits$'
claim 'lines fit 80 columns' awk 'length($0) > 80 { exit 1 }' out
gzip -c churn.csv >packed.gz
expect 0 describe packed.gz
has out '600 rows'
"$LNGRAPH" describe - <churn.csv >out 2>err
last='describe -'
has out '^-: csv, 600 rows'
expect 0 describe churn.csv --json
has out '"rows": 600'
has out '"name": "id"'
claim 'it is JSON' awk '/[^ -~]/ { exit 1 }' out

# ---- the whole way ----
expect 0 describe churn.csv --model
empty err
has out '^# Left out: customer, as it has another value in each row.$'
has out 'names: \[no, yes\]'
mv out churn.yaml
expect 0 check churn.yaml
empty err
expect 0 run churn.yaml -t 1 -o run -s train.epochs=30
awk '/^accuracy/ { exit !($3 > 0.9) }' out || bad "$last: the accuracy is low"
expect 0 describe churn.yaml
has out '^churn, train: churn, 480 rows'
has out '^  yes  '
expect 0 describe run --json
has out '"data": "churn, validation"'

# ---- another label: a number; a decimal comma; names that are no identifiers ----
awk 'BEGIN {
    print "Gr\303\266\303\237e (m2);step;\"say \"\"hi\"\"\";Preis"
    for (; i < 200; i++) printf "%d,5;%s;%s;%d,25\n", 30 + i * 37 % 150, i % 3 ? "a: b" : "#c", i % 2 ? "yes" : "no", (30 + i * 37 % 150) * 30 + i % 7
}' >flats.csv
expect 0 describe flats.csv
has out 'separated by semicolons'
has out '  a number: regression$'
has out '^  leak: Gr'
expect 0 describe flats.csv --model
has out 'decimal: comma'
mv out flats.yaml
expect 0 run flats.yaml -t 1 -o flats -s train.epochs=20
awk '/^r2/ { exit !($3 > 0.8) }' out || bad "$last: r2 is low"
expect 0 describe flats.csv --label 'say "hi"' --model
mv out flats.yaml
expect 0 check flats.yaml
empty err
expect 3 describe flats.csv --label Pries
has err 'there is no column `Pries`'
has err 'did you mean `Preis`'

# ---- no head; one class once; rows that repeat or contradict ----
awk 'BEGIN {
    print "0.0,a"
    for (; i < 80; i++) printf "%s%.1f,%s\n", i == 40 ? "0.0,b\n" : "", i / 7, i < 40 ? "a" : i < 79 ? "b" : "c"
}' >plain.csv
expect 0 describe plain.csv
has out 'without names in its'
has out 'only one row has `c`'
has out '^  sorted: '
has out '1 of 82 rows repeat'
has out '1 rows are equal to another one, but for their `2`'
expect 0 describe plain.csv --model
mv out plain.yaml
expect 0 run plain.yaml -t 1 -o plain -s train.epochs=2

# ---- IDX ----
bars 64 16
expect 0 describe data/train-images data/train-labels
has out '^images  *\[[0-9, ]*\]'
expect 0 describe data/train-images data/train-labels --model
mv out drawn.yaml
expect 0 run drawn.yaml -t 1 -o drawn -s train.epochs=2

# ---- what cannot be described ----
expect 4 describe nothing
: >nothing.csv
expect 3 describe nothing.csv
printf 'a,b\n1,2\n1,2,3\n' >ragged.csv
expect 3 describe ragged.csv
has err 'line 3: 3 cells, expected 2'
printf '\177ELF\001\002\003' >program
expect 3 describe program
printf 'a,b\n1,x\n2,x\n' >same.csv
expect 3 describe same.csv --model
has err 'the label `b` has no two values'
expect 2 describe churn.csv --model --json
expect 2 describe churn.yaml --model
"$LNGRAPH" describe - --model <churn.csv >out 2>err
last='describe - --model'
empty out
has err 'not standard input'
finish
