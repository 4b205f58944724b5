#!/bin/sh
# report.html, the model card, figures alone, and the verdict.
. "$top_srcdir/tests/shell/common"
. "$top_srcdir/tests/shell/bars"
bars 240 60 2
sed -i "s/^name: .*/name: \"<script>alert('x')<\/script>\"/" bars.yaml
cat >>bars.yaml <<'YAML'
card:
  authors: "A. Author & <b>Co</b>"
  intended_use: "telling bars; see [x](javascript:alert(1))"
YAML
expect 0 run -q bars.yaml -o run

# ---- one file that needs nothing else, and in which names are only text ----
page=run/report.html
claim 'it is less than 1 MB' [ "$(wc -c <$page)" -lt 1000000 ]
lacks $page '<script'
lacks $page 'https\?:'
lacks $page '<link'
lacks $page 'url('
has $page '&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt;'
has $page 'A. Author &amp; &lt;b&gt;Co&lt;/b&gt;'
for id in splits confusion classes curves ranking confidence examples data model run card; do has $page "<h2 id=\"$id\">"; done
claim 'the order of the sections' [ "$(grep -o '<h2 id="[a-z]*"' $page | cut -d '"' -f 2 | tr '\n' ' ')" = \
    'splits confusion classes curves ranking confidence examples data model run card ' ]
claim 'each id once' [ -z "$(grep -o ' id="[^"]*"' $page | sort | uniq -d)" ]
has $page 'data:image/png;base64,iVBORw0KGgo'

has $page '[0-9]* of [0-9]* test examples equal a training example'
has $page 'Published: a card of bars'

# ---- the card ----
has run/MODEL_CARD.md '^# Model card: \\<script>'
has run/MODEL_CARD.md '^- Authors: A. Author & \\<b>Co'
has run/MODEL_CARD.md '^telling bars; see \\\[x](javascript'
has run/MODEL_CARD.md '^| auc macro | 0\.[0-9]* | 0\.[0-9]* | 0\.[0-9]* |'

for title in 'Model details' 'Intended use' 'Uses out of scope' Factors Metrics 'Evaluation data' 'Training data' 'Quantitative analyses' \
    'Ethical considerations' 'Caveats and recommendations'; do
    has run/MODEL_CARD.md "^## $title\$"
    has $page "<h3>$title</h3>"
done
has run/MODEL_CARD.md '^Not stated: the model file has no card.ethics\.$'
has run/MODEL_CARD.md '^| conv2d | conv2d | \\\[6, 6, 2] | 20 |$'
has run/MODEL_CARD.md '^| accuracy, published |'

# ---- facts ----
has $page "<pre tabindex=\"0\">lngraph run bars.yaml --quiet --out=run</pre>"
has $page "SHA-256 of model.safetensors</th><td class=\"prose\">$(sha256sum run/model.safetensors | cut -d' ' -f1)</td>"
has $page '>digest of the data</th><td class="prose">[0-9a-f]\{16\}<'
has run/report.json "\"weights\": \"$(sha256sum run/model.safetensors | cut -d' ' -f1)\""
expect 0 run -q bars.yaml -o "it's" -s 'train.optimizer=sgd(lr=cosine(peak=0.5))'
has "it's/report.html" "--out=it&#39;\\\\&#39;&#39;s&#39; &#39;--set=train.optimizer=sgd(lr=cosine(peak=0.5))&#39;"
has "it's/history.csv" ',learning_rate,'
has "it's/report.html" '>learning rate</text>'
lacks run/history.csv learning_rate

# ---- figures alone ----
for name in curves confusion roc pr calibration coverage mistakes samples pixels architecture filters activations embedding; do
    expect 0 figure run $name -o $name.svg
    has $name.svg '^<svg class="figure" role="img".* xmlns="http://www.w3.org/2000/svg"'
    has $name.svg '^</svg>$'
done
expect 0 figure run curves
claim 'standard output has the same' cmp -s out curves.svg
expect 0 figure run curves --text
has out '^ *loss   \*\* training   oo validation$'
has out '^ *1  *epoch 4$'
cat >copies.yaml <<YAML
lngraph: 1
name: copies
data:
$(sed -n '/^data:/,/^[a-z]*:/p' bars.yaml | sed '1d;$d')
in: image[8, 8, 1]
let: {ink: image / 255}
graph:
  - dense(flatten(ink), units=64)
  - reshape: {shape: [8, 8, 1]}
train: {loss: 'mse(out, ink)', optimizer: sgd(lr=0.5), batch: 16, epochs: 1}
YAML
expect 0 run -q copies.yaml -o copies
has copies/report.html '<h2 id="outputs">'
expect 0 figure copies outputs -o outputs.svg
claim 'input, target and output of six examples' [ "$(grep -c '<image' outputs.svg)" = 18 ]
claim 'the farthest one is off the most' [ "$(sed -n 's/.*off by \([0-9.e-]*\)<.*/\1/p' outputs.svg | sort -C -g && echo sorted)" = sorted ]
expect 3 figure run outputs
has err "the model's result is no image"
expect 0 figure run confusion --text
has out '^confusion, test (rows: label, columns: prediction)$'
lacks out "$(printf '\033')"
expect 0 figure run confusion --text --color=always
has out "$(printf '\033\\[1;36m[0-9]')" # what is right
expect 2 figure run confusion -o confusion.PNG
has err 'figures are written as SVG, not as `.png`'
expect 2 figure run roc --text
has err 'write it into a file: `-o roc.svg`'
expect 2 figure run curve
has err 'did you mean `curves`?'
expect 2 figure run x
has err 'lngraph help figure'
expect 0 figure --help
has out '^The figures are:$'
has out '^  embedding  *examples as a layer'
expect 3 figure data curves
has err 'is not a run folder'

# ---- single examples and layers ----
expect 0 predict run "$work/data/test-images" --index=7 --json
predicted=$(tr -d ' \n' <out | sed 's/.*"\(probabilities\|output\)":\[\([^]]*\)\].*/\2/' | tr , '\n' | awk '{ printf "%.3f ", $1 }')
expect 0 figure run activations --example=7 -o act.svg
shown=$(sed -n 's/.*class="small" text-anchor="middle">\([0-9.]*\)<.*/\1/p' act.svg | tail -n 2 | tr '\n' ' ')
claim "the last layer is the result: $shown, $predicted" [ "$shown" = "$predicted" ]
has act.svg 'test example 7, label'
has act.svg '>conv2d<'
expect 2 figure run activations --example=60
has err 'from 0 to 59'
expect 2 figure run embedding --layer=conv
has err 'did you mean `conv2d`?'
expect 0 figure run embedding --layer=conv2d
has out 'Examples in the layer conv2d'
expect 0 figure run embedding -t 1
cp out one
expect 0 figure run embedding -t 3
claim 'the same bits at any number of threads' cmp -s out one

# ---- the verdict ----
expect 0 run -q bars.yaml -o good -s "report.require={test.auc.macro: '> 0.1', validation.loss: '<= 100'}"
has good/report.html '<td class="met">met</td>'
expect 6 run -q bars.yaml -o bad -s "report.require={test.auc.macro: '> 1', test.accuracy: '>= 0'}"
has err 'error\[unmet\]: test.auc.macro is 0\.[0-9]*, not > 1'
lacks err 'test.accuracy is'
has bad/report.html 'class="unmet">not met<'
has out 'saved in bad'
expect 6 eval bad
has err 'test.auc.macro is'

# ---- a loss that does not leave ln(k) ----
sed 's/activation: softmax/activation: softmax, init: zeros/; s/lr=0.5/lr=1e-9/' bars.yaml >guess.yaml
expect 0 run guess.yaml -o guess -s train.epochs=6
has err '^  For 5 epochs, the loss has stayed within 1 % of ln(2) = 0.693'
claim 'it is said once' [ "$(grep -c 'within 1 % of ln' err)" = 1 ]
has out '^In epochs 1 to 6, the loss stayed within 1 % of ln(2) = 0.693'
has out 'learning rate'
has guess/report.html 'the loss stayed within 1 % of ln(2) = 0.693'
expect 0 run guess.yaml -o guess-4 -s train.epochs=4
lacks err 'within 1 %'
lacks out 'within 1 %'

# ---- examples are equal if their categories are, too ----
awk 'BEGIN { print "n,kind,y"; for (i = 0; i < 40; i++) printf "%d,%s,%s\n", i % 20, i < 20 || i == 23 ? "a" : "b", i % 2 ? "yes" : "no" }' >kinds.csv
cat >kinds.yaml <<YAML
lngraph: 1
name: kinds
data:
  source: {format: csv, train: {file: kinds.csv}, fields: {n: {columns: [n]}, kind: {category: true, count: 2, factor: true}, y: {class: true, count: 2}}}
  dir: .
in: n[1], kind, y
graph:
  - concat(n / 20, one_hot(kind, depth=2))
  - dense: {units: 2, activation: softmax}
train: {loss: 'cross_entropy(out, y)', optimizer: sgd(lr=0.1), batch: 8, epochs: 1}
YAML
expect 0 run -q kinds.yaml -o kinds
sed -n '/"duplicates"/,/}/p' kinds/report.json >duplicates
has duplicates '"train": 1\(,\|$\)'
has kinds/report.json '^    "factors": {$'
has kinds/report.json '^          "name": "b",$'
has kinds/report.html '1 of 40 training examples repeat'
finish
