#!/bin/sh
# lngraph new: the models in the program are those of models/, and none is ever written over an existing file.
. "$top_srcdir/tests/shell/common"

expect 0 new
cp out list
count=0
for model in "$top_srcdir"/models/*.yaml; do
    name=$(basename "$model" .yaml)
    has list "^  $name  *[A-Za-z]" # with a line about it
    expect 0 new "$name"
    has out "lngraph run $name.yaml"
    claim "$name.yaml is the model" cmp "$name.yaml" "$model"
    expect 0 check "$name.yaml"
    count=$((count + 1))
done
claim 'there are models' [ $count -ge 5 ]
claim 'nothing else is listed' [ "$(grep -c '^  [a-z]' list)" = $count ]

# what is there stays
echo mine >mlp.yaml
expect 2 new mlp
has err 'mlp.yaml already exists'
has err '-o FILE'
empty out
claim 'the file is as it was' [ "$(cat mlp.yaml)" = mine ]
ln -s nowhere.yaml link.yaml
expect 2 new mlp -o link.yaml
claim 'a link that leads nowhere is there, too' [ ! -e nowhere.yaml ]

expect 0 new mlp.yaml -o other.yaml
claim 'another name' cmp other.yaml "$top_srcdir/models/mlp.yaml"
has out 'lngraph run other.yaml'
expect 0 new -o - mlp
claim 'standard output' cmp out "$top_srcdir/models/mlp.yaml"
expect 4 new mlp -o missing/mlp.yaml
has err 'error\[io\]'

expect 2 new lenet6
has err 'did you mean `lenet5`'
expect 2 new transformer
has err '`lngraph new` lists'
expect 2 new mlp cnn
finish
