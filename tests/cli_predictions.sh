#!/bin/sh
# predictions.csv: what was predicted for each example of a split.
. "$top_srcdir/tests/shell/common"
. "$top_srcdir/tests/shell/bars"
bars 240 60
expect 0 run -q bars.yaml -o none
claim 'it is not written unless it is wanted' [ ! -e none/predictions.csv ]
expect 0 run -q bars.yaml -o run -s report.predictions=test
claim 'a row for each example' [ "$(wc -l <run/predictions.csv)" = 61 ]
has run/predictions.csv '^example,label,predicted,score.0,score.1,score.2$'
claim 'the same weights' cmp -s none/model.safetensors run/model.safetensors

# ---- the accuracy, the labels and the classes are those of the report, the data and predict ----
accuracy=$(sed -n '/"test": {/,/}/s/.*"accuracy": \([0-9][0-9.]*\).*/\1/p' run/report.json)
claim "the accuracy $accuracy" awk -F , -v wanted="$accuracy" 'NR > 1 { n++; right += $2 == $3 } END { exit right / n - wanted > 1e-9 || wanted - right / n > 1e-9 }' run/predictions.csv
tail -c 60 data/test-labels | od -An -v -tu1 | tr -s ' ' '\n' | sed '/^$/d' >labels
sed 1d run/predictions.csv | cut -d , -f 2 >got
claim 'the same labels' cmp -s labels got
expect 0 predict run data/test-images
cut -f 2 out >classes
sed 1d run/predictions.csv | cut -d , -f 3 >got
claim 'the same classes' cmp -s classes got
claim 'probabilities add up to 1' awk -F , 'NR > 1 { s = $4 + $5 + $6; if (s < 0.9999 || s > 1.0001) exit 1 }' run/predictions.csv

# ---- another split; numbers instead of classes; what cannot be ----
expect 0 run -q bars.yaml -o validated -s report.predictions=validation
claim 'a row for each validation example' [ "$(wc -l <validated/predictions.csv)" = 61 ]
expect 3 run -q bars.yaml -o never -s report.predictions=validation -s data.validation.last=0
has err 'there are no validation examples whose predictions could be written'
claim 'it is found before training' [ ! -e never/model.safetensors ]
expect 3 run -q bars.yaml -o never -s report.predictions=tset
has err 'did you mean `test`\|test'
sed '/^report:/,$d; s/cross_entropy(out, label)/mean((out - 0.5) ** 2)/; s/, activation: softmax//' bars.yaml >numbers.yaml
printf "report: {metrics: ['r2(out, out * 0 + to_float(label))'], predictions: test}\n" >>numbers.yaml
expect 0 run -q numbers.yaml -o numbers
has numbers/predictions.csv '^example,right.0,right.1,right.2,predicted.0,predicted.1,predicted.2$'
sed 1d numbers/predictions.csv | cut -d , -f 2 >got
claim 'the same labels' cmp -s labels got
finish
