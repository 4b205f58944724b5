#!/bin/sh
# Where data are looked for, what is said when they are nowhere, and the built-in digits.
. "$top_srcdir/tests/shell/common"
unset LNGRAPH_DATA
XDG_CACHE_HOME=$work/cache
export XDG_CACHE_HOME

cat >model.yaml <<'END'
lngraph: 1
name: scaled
data: {source: mnist, validation: {last: 0.1}}
in: image[28, 28, 1], label
params: {w: 'ones([784])'}
graph: [image / 255, flatten, softmax(it * w)]
train: {loss: 'cross_entropy(out, label)', optimizer: sgd(lr=0.1), batch: 128, epochs: 1}
END

expect 4 run --dry-run --data nowhere model.yaml
empty out
has err '^model.yaml:3:16: error\[data-not-found\]: .*`mnist`'
has err 'nowhere/mnist: no such folder'
lacks err "$work/cache"
has err 'lngraph fetch mnist. downloads it'
has err 'data DIR or the environment variable LNGRAPH_DATA'
mkdir -p nowhere/mnist
LNGRAPH_DATA=nowhere expect 4 run --dry-run model.yaml
has err "$work/cache/lngraph/mnist: no such folder"
has err 'nowhere/mnist: has no train-images-idx3-ubyte'

# `dir` is relative to the model file, and a run finds the same folder from wherever it is used
(
    . "$top_srcdir/tests/shell/bars"
    bars 24 6
)
mkdir -p there/sets elsewhere
mv data there/sets/bars
sed 's/^  validation: .*/  dir: sets/' bars.yaml >there/bars.yaml
expect 0 run -q there/bars.yaml -s train.epochs=1 -o there/run
expect 0 eval there/run
expect 4 eval there/run --data missing # not the run's own folder instead
cd elsewhere || exit 99
expect 0 eval ../there/run
expect 0 run -n ../there/run/model.yaml
cd ..

# by name instead of a folder; a folder of that name needs a slash
expect 0 run --dry-run --data digits model.yaml
has out 'digits: 54,000 train, 6,000 validation, 10,000 test'
expect 3 run --dry-run --data . -s data.source=digits model.yaml # a set without files has no folder
has err 'the data set `digits` is built in'
expect 4 run --dry-run --data ./digits model.yaml
has err '\./digits/mnist: no such folder'

# classes that a part lacks: a warning, at the place that splits
expect 0 run --dry-run -s 'data={source: digits, validation: {count: 2}}' model.yaml
has err '^--set data:1:30: warning: the validation examples have none of class 0, 2, 3, 4, 5, 6, 7, 8 (`label`)$'
lacks err 'error'

# a file of the cache, damaged: named, and nothing else is tried
mkdir -p "$XDG_CACHE_HOME/lngraph/mnist"
for f in train-images-idx3-ubyte train-labels-idx1-ubyte t10k-images-idx3-ubyte t10k-labels-idx1-ubyte; do
    printf '\037\213' >"$XDG_CACHE_HOME/lngraph/mnist/$f.gz"
done
expect 3 run --dry-run model.yaml
has err 'cache/lngraph/mnist/train-images-idx3-ubyte.gz: error\[data\]: byte 2: the file ends inside'
has err 't10k-labels-idx1-ubyte.gz: error\[data\]'
[ ! -e runs ] || bad 'a run folder was made'
finish
