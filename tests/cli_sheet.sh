#!/bin/sh
# lngraph show --examples: training images beside what the model gets of them.
. "$top_srcdir/tests/shell/common"
. "$top_srcdir/tests/shell/bars"
bars 64 16

expect 0 show bars.yaml --examples
empty err
has out '^training examples of bars as they are stored, then as bars gets them in training$'
claim 'one of each class' [ "$(grep -c '^[0-2], example [0-9]*$' out)" = 3 ]
# without augmentation, the pictures of a row are equal
claim 'nothing changes them' awk '/example|^$|^training/ { next } { n = (length($0) - 4) / 3 }
    substr($0, 1, 8) != substr($0, 11, 8) || substr($0, 1, 8) != substr($0, 21, 8) { exit 1 }' out

# with it, they differ, and are the same each time, at any thread count
sed 's/  - image \/ 255/&\n  - random_shift: {by: 2}/' bars.yaml >shifted.yaml
expect 0 show shifted.yaml --examples -t 1
claim 'a shift changes them' awk '/example|^$|^training/ { next } substr($0, 1, 8) != substr($0, 11, 8) { found = 1 } END { exit !found }' out
cp out first
expect 0 show shifted.yaml --examples -t 2
claim 'the draws are those of the seed' cmp first out
expect 0 show shifted.yaml --examples -s train.seed=8
claim 'another seed draws others' [ "$(cksum <first)" != "$(cksum <out)" ]

expect 0 show shifted.yaml --examples -o sheet.svg
empty out
last=sheet.svg
has sheet.svg '^<svg'
claim 'it has a picture for each draw' [ "$(grep -o 'data:image/png' sheet.svg | wc -l)" = 18 ]

# PNG: 2 x 3 cells of 112 pixels, with a margin of 12 at the left and the top
expect 0 show shifted.yaml --examples -o sheet.png -t 1
empty out
claim 'width and height' [ "$(head -c 24 sheet.png | tail -c 20 | od -An -tx1 | tr -d ' \n')" = 0d0a1a0a0000000d49484452000002ac0000015c ]
expect 0 show shifted.yaml --examples -o again.png -t 2
claim 'the draws are those of the seed' cmp sheet.png again.png
expect 2 show shifted.yaml --examples -o sheet.jpg
has err 'written as SVG or PNG, not as `.jpg`'
claim 'it wrote none' [ ! -e sheet.jpg ]

# no image to show
cat >table.yaml <<'YAML'
data: {source: {format: csv, fields: {x: [2], label: class}, classes: 2, train: {file: t.csv}}, dir: .}
in: x[2], label
graph: ['dense(x, units=2, activation=softmax)']
train: {loss: 'cross_entropy(out, label)', optimizer: sgd(lr=0.1)}
YAML
printf 'x.0,x.1,label\n1,2,0\n2,1,1\n' >t.csv
{ echo 'lngraph: 1' && echo 'name: t' && cat table.yaml; } >t.yaml
expect 3 show t.yaml --examples
has err 'no images that it could show'
finish
