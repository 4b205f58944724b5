#!/bin/sh
# lngraph import: weights that another program has trained, and models of ONNX, become the folder of a run; what does not fit is named, and nothing is written.
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

# ---- recurrent layers: two biases there, which are added up here ----
sed 's/^  - conv2d.*/  - squeeze(it)/; s/^  - maxpool2d.*/  - lstm: {units: 3}/; s/^name: .*/name: row/' bars.yaml >row.yaml
expect 0 run -q -t 1 row.yaml -o row
expect 0 export row --to=safetensors --layout=pytorch -o theirs-row.safetensors
has out '^lstm.bias_hh_l0  *.12.  *zeros$'
has out '^lstm.bias_ih_l0  *.12.  *from lstm.b .12.$'
has out '^lstm.weight_hh_l0  *.12, 3.  *from lstm.U .3, 12.$'
has out '^lstm.weight_ih_l0  *.12, 8.  *from lstm.W .8, 12.$'
expect 0 import -t 1 theirs-row.safetensors --for=row.yaml --layout=pytorch -o back/model.yaml
empty err
claim 'the weights are those of the run' same back/model.safetensors row/model.safetensors
printf '%s\n' 'lstm.bias_ih_l0: lstm.bias_hh_l0' 'lstm.bias_hh_l0: lstm.bias_ih_l0' >swap.yaml
expect 0 import -t 1 theirs-row.safetensors --for=row.yaml --layout=pytorch --names=swap.yaml -o swapped/model.yaml
empty err
claim 'the second bias counts, too' same swapped/model.safetensors row/model.safetensors

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

# ---- ONNX ----
expect 0 export -t 1 bars --to=onnx
expect 0 import -t 1 bars.onnx -o onnx/model.yaml
has out '^image \[N, 8, 8, 1\] is image\[8, 8, 1\]$'
has out '^out \[N, 3\] is out\[3\]$'
has out '^wrote onnx/model.yaml and onnx/model.safetensors: 77 parameters$'
empty err
has onnx/model.yaml '^  - conv2d: {filters: 2, kernel: 3, activation: sigmoid}$'
has onnx/model.yaml '^  - dense: {units: 3, activation: softmax}$'
has onnx/model.yaml '^  start: {from: model.safetensors}$'
claim 'the weights are those of the run, and so is their use' [ "$(tail -c 308 onnx/model.safetensors | cksum)" = "$(tail -c 308 bars/model.safetensors | cksum)" ]
expect 0 predict -t 1 onnx data/test-images
claim 'they predict the same' same out imported
expect 0 export -t 1 onnx -o onnx.c
expect 4 run -t 1 onnx/model.yaml -o tuned # until there are data
has err 'train.npz'
expect 3 import bars.onnx -o not/model.yaml --data=mnist
has err 'the data set mnist has no field like the input `image`, of shape \[8, 8, 1\]'
expect 3 import bars.onnx -o not/model.yaml --data=minst
has err 'did you mean `mnist`'
expect 2 import bars.onnx --for=bars.yaml -o not/model.yaml
has err '\-\-for is for weights, and bars.onnx holds a whole model'
expect 2 import bars.onnx -s train.batch=2 -o not/model.yaml
head -c 300 bars.onnx >cut.onnx
expect 3 import cut.onnx -o not/model.yaml
has err 'cut.onnx: error\[onnx\]: byte [0-9]*: this is not a field of a Protocol Buffers message'
: >cut.onnx
expect 3 import cut.onnx -o not/model.yaml
has err 'cut.onnx: error\[onnx\]: this is not a model of ONNX'
sed 's/MaxPool/MaxFool/g' bars.onnx >fool.onnx # of the same length
expect 3 import fool.onnx -o not/model.yaml
has err 'fool.onnx: error\[onnx\]: the operator MaxFool has no form here: `maxpool2d'
claim 'nothing is written' [ ! -e not ]
expect 0 import -t 1 bars.onnx -o digits.yaml
has digits.yaml '^  start: {from: digits.safetensors}$'

# ---- mistakes ----
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
