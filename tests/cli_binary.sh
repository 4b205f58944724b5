#!/bin/sh
# One score for two classes: accuracy, AUC, confusion matrix and predictions are those of the two probabilities that it stands for.
. "$top_srcdir/tests/shell/common"
. "$top_srcdir/tests/shell/bars"
bars 240 60 2

# figure NAME FILE: a figure of the test split
figure() { tr -d ' \n' <"$2" | sed "s/.*\"test\":{\"examples\":[0-9]*,\"figures\":{//; s/}.*//; s/.*\"$1\"://; s/,.*//"; }
same() { claim "$1 = $2" [ "$1" = "$2" ]; }

sed -i '/^graph:/,$d' bars.yaml
cp bars.yaml head.yaml
cat >>bars.yaml <<'YAML'
graph:
  - flatten(image / 255)
  - dense: {units: 1, activation: sigmoid}
train: {loss: 'binary_cross_entropy(out, to_float(label))', optimizer: sgd(lr=0.5), batch: 16, epochs: 2, seed: 7}
report:
  metrics:
    - accuracy(out, label)
    - auc(out, label)
    - accuracy(concat(1 - out, out), label)
    - auc(sum(out), label)
YAML
expect 0 check bars.yaml
empty err
expect 0 run -q bars.yaml -o run
has out 'confusion, test'
has out '^ *[01]  *[|│]'
has out '^auc macro .* 0\.[0-9]'
lacks out 'undefined'
accuracy=$(figure accuracy run/report.json)
claim "the accuracy $accuracy is neither 0 nor 1" [ "$(echo "$accuracy" | head -c 2)" = 0. ]
same "$accuracy" "$(figure accuracy_2 run/report.json)"

# ---- the confusion matrix has as many examples on its diagonal ----
sed -n '/^confusion, test/,/^$/p' run/report.txt | awk '$1 == 0 { right += $3; all += $3 + $4 } $1 == 1 { right += $4; all += $3 + $4 }
    END { printf "%d %.6f", all, right / all }' >matrix
same "$(cat matrix)" "60 $(echo "$accuracy" | awk '{ printf "%.6f", $1 }')"

# ---- predictions name the class: 1 above 0.5 ----
expect 0 predict run data/test-images
claim 'class, probability, the other one' [ "$(awk -F '\t' 'NF == 5 && $2 + $4 == 1 && $3 >= $5 && $3 + $5 > 0.999' out | wc -l)" = 60 ]
cut -f 2 out >classes
tail -c 60 data/test-labels | od -An -v -tu1 | tr -s ' ' '\n' | sed '/^$/d' >labels
paste classes labels | awk '$1 == $2 { n++ } END { printf "%.6f", n / 60 }' >counted
same "$(cat counted)" "$(echo "$accuracy" | awk '{ printf "%.6f", $1 }')"
expect 0 predict --json run data/test-images -i 0
has out '"class":[01],"probability":0\.[0-9]*,"probabilities":\[0\.[0-9]*,0\.[0-9]*\]}$'

# ---- a score that is no probability is ranked, and decides nothing ----
sed -e 's/, activation: sigmoid//; s/binary_cross/sigmoid_cross/; s/- accuracy(out, label)/- accuracy(sigmoid(out), label)/; /concat/d' bars.yaml >scores.yaml
expect 0 run -q scores.yaml -o scores
same "$(figure accuracy scores/report.json)" "$accuracy"
lacks out 'confusion'
lacks out 'undefined'
expect 0 predict scores data/test-images
claim 'scores are printed as they are' [ "$(awk -F '\t' 'NF == 2' out | wc -l)" = 60 ]

# ---- what only the values tell: at the evaluation ----
sed 's/- accuracy(out, label)/- log_loss(2 * out, label)/' bars.yaml >twice.yaml
expect 3 run -q twice.yaml -o twice
has err 'metric `log_loss`: a score is not a probability'
sed 's/- accuracy(out, label)/- auc(out, 2 * to_float(label))/' bars.yaml >twice.yaml
expect 3 run -q twice.yaml -o twice -f
has err 'metric `auc`: a target is not 0 or 1'

# ---- one class in a part: no AUC, and which class is missing ----
head -c 8 data/test-labels >zeros && head -c 60 /dev/zero >>zeros && cp zeros data/test-labels
expect 0 eval run
has out 'The test split has no examples of class 1: auc macro and weighted are undefined'
{ head -c 8 zeros && head -c 60 /dev/zero | tr '\000' '\001'; } >data/test-labels
expect 0 eval run
has out 'The test split has no examples of class 0: auc macro and weighted are undefined'

# ---- one score for more classes is refused ----
sed -i 's/classes: 2/classes: 3/' bars.yaml
expect 3 check bars.yaml
has err '`binary_cross_entropy` takes .*, but `y` has 3 classes'
lacks err accuracy # which would say the same
expect 3 check bars.yaml -s 'train.loss=sum(out)'
has err '`accuracy` takes .* and `label` has 3 classes'
has err '`auc` takes one score for each class, not 1 for 3 classes'
finish
