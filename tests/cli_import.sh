#!/bin/sh
# lngraph import: weights that another program has trained become the folder of a run; what does not fit is named, and nothing is written.
. "$top_srcdir/tests/shell/common"
. "$top_srcdir/tests/shell/bars"
bars 120 40
expect 0 run -q -t 1 bars.yaml -o bars
same() { cmp -s "$1" "$2"; }

# ---- weights, with the names and dimensions of PyTorch, and back ----
expect 0 export bars --to=safetensors --layout=pytorch -o theirs.safetensors
expect 0 import -t 1 theirs.safetensors --for=bars.yaml --layout=pytorch
has out '^wrote theirs/model.yaml and theirs/model.safetensors: 77 parameters$'
has out '^`lngraph predict theirs` predicts with them$'
empty err
claim 'the weights are those of the run' same theirs/model.safetensors bars/model.safetensors
expect 0 predict -t 1 theirs data/test-images
cp out imported
expect 0 predict -t 1 bars data/test-images
claim 'they predict the same' same out imported

# under other names
head=$(tail -c +9 theirs.safetensors | head -n 1 | tr -d '\0' | sed 's/}}.*/}}/; s/conv2d\./body.0./g')
while [ $((${#head} % 8)) != 0 ]; do head="$head "; done
{
    printf '%b' "$(octal $((${#head} % 256)) $((${#head} / 256)) 0 0 0 0 0 0)"
    printf '%s' "$head"
    tail -c 308 theirs.safetensors
} >renamed.safetensors
echo 'body.0.*: conv2d.*' >names.yaml
expect 0 import -t 1 renamed.safetensors --for=bars --layout=pytorch --names=names.yaml -o own/model.yaml
claim 'the weights are those of the run' same own/model.safetensors bars/model.safetensors
expect 3 import renamed.safetensors --for=bars --layout=pytorch -o not/model.yaml
has err 'the file has no tensor `conv2d.weight`'
has err 'the file has no tensor `conv2d.bias`'
claim 'nothing is written' [ ! -e not ]
echo 'body.*.*: conv2d.*' >names.yaml
expect 3 import renamed.safetensors --for=bars --layout=pytorch --names=names.yaml -o not/model.yaml
has err 'names.yaml:1:1: error\[wrong-type\]: a name in the file has one `\*` at most'
echo '[a, b]' >names.yaml
expect 3 import renamed.safetensors --for=bars --names=names.yaml -o not/model.yaml
has err 'names.yaml:1:1: error\[wrong-type\]: expected a mapping of names in the file to names in the model'
expect 4 import renamed.safetensors --for=bars --names=nowhere.yaml -o not/model.yaml

# what the model does not need is said
cat >small.yaml <<'YAML'
lngraph: 1
name: small
data: {source: digits}
in: image[28, 28, 1], label
graph:
  - image[:2, :3, 0] / 255
  - concat(it, it, it)
  - flatten
  - dense: {units: 3}
  - concat(it, zeros([7]))
train: {loss: 'softmax_cross_entropy(out, label)', optimizer: sgd(lr=0.1)}
YAML
expect 0 import -t 1 theirs.safetensors --for=small.yaml --layout=pytorch -o small/model.yaml
has err 'theirs.safetensors: warning: the model does not take 2 of the tensors: `conv2d.bias`, `conv2d.weight`'

# ---- mistakes ----
expect 2 import theirs.safetensors
has err '\-\-for=MODEL says which model they are for'
expect 2 import theirs.safetensors --for=bars.yaml --layout=pytorch
has err 'theirs/model.yaml already exists'
expect 2 import theirs.safetensors --for=bars.yaml -o bars.txt
has err '\-o takes the name of a file that ends with .yaml'
expect 2 import bars.yaml
expect 4 import nowhere.safetensors --for=bars.yaml
expect 4 import theirs.safetensors --for=nowhere.yaml -o not/model.yaml
claim 'nothing is written' [ ! -e not ]
finish
