#!/bin/sh
# lngraph doc and help: they describe everything in the tables, and every example can be pasted.
. "$top_srcdir/tests/shell/common"
. "$top_srcdir/tests/shell/paste"

fits() { awk 'length($0) > 80 { print FILENAME ": " $0; bad = 1 } END { exit bad }' "$1"; }
printable() { ! LC_ALL=C grep -q "$(printf '[\001-\010\013-\037\177]')" "$1"; }
# example: the first one in `out`, without its indentation
example() { awk '/^  Example:$/ { inside = 1; next } inside && !/^      / { exit } inside { print substr($0, 7) }' out; }

# ---- every name of the tables, without asking the program for it ----
blocks=$(ls "$top_srcdir"/src/std/*.yaml | grep -v /datasets.yaml | xargs sed -n 's/^\([a-z0-9_]*\):$/std.\1/p')
ops=$(grep -L LNG_OP_HIDDEN "$top_srcdir"/src/op/*.c | sed 's|.*/\(.*\)\.c|op.\1|')
codes=$(sed -n 's/^LNG_ERROR([A-Z_]*, "\([a-z-]*\)".*/\1/p' "$top_srcdir/src/base/errors.def")
keys=$(sed -n 's/^ *{*"\([a-z0-9]*\)", LNG_KEY_.*/\1/p' "$top_srcdir/src/syntax/sections.c" "$top_srcdir/src/data/sections.c" | sort -u)
formats=$(sed -n 's/^ *{\.name = "\([a-z]*\)".*/\1/p' "$top_srcdir/src/data/formats.c")
words=$(sed -n '/lng_builtin_name_count/q; s/^    {"\([a-z_]*\)", "[^"]*",.*/\1/p' "$top_srcdir/src/syntax/builtin_names.c")
for list in "$blocks" "$ops" "$codes" "$keys" "$words"; do
    claim 'the tables are found' [ "$(echo "$list" | wc -l)" -ge 9 ]
done

# the keys whose examples show themselves, but for those of a card and of published figures, which are all alike
shown=$(awk '/_keys\[\] = \{/ || /define BLOCK_KEYS/ { in_card = /card_keys|published_keys/ }
    !in_card && match($0, /"[a-z_]*", LNG_KEY_/) { split(substr($0, RSTART, RLENGTH), part, "\""); print part[2] }' \
    "$top_srcdir/src/syntax/sections.c")
claim 'keys that show themselves are found' [ "$(echo "$shown" | wc -l)" -ge 30 ]
for name in $shown; do
    expect 0 doc "$name"
    claim "an example of $name has it" grep -qE "^      (.*[^a-z_])?$name:" out
done

mkdir blocks # what the example of include names
printf 'blocks: {twice: {in: "x[...]", out: 2 * x}}\n' >blocks/attention.yaml
pasted=0
for name in $blocks $ops $codes $keys $words $formats mnist digits auc model train.batch data.validation.last '//' '**' if '<='; do
    expect 0 doc "$name"
    empty err
    claim "doc $name fits in 80 columns" fits out
    claim "doc $name is plain text" printable out
    example >example
    case $name in
    std.* | op.*) claim "$name has an example" [ -s example ] ;;
    esac
    [ -s example ] || continue
    paste_example example pasted.yaml
    expect 0 check pasted.yaml
    empty err
    [ "$status" = 0 ] || cat pasted.yaml
    pasted=$((pasted + 1))
done
claim 'examples were pasted' [ $pasted -ge 90 ]

# ---- what has one name is shown together ----
expect 0 doc conv2d
has out '^conv2d, a block'
has out '^conv2d, an op'
has out 'stride: int\[2\] > 0 = 1'
has out 'padding: string in {valid, same} or int\[2, 2\] = valid'
expect 0 doc op.conv2d
lacks out 'a block'
expect 0 doc batch
has out '^train.batch, a key of train'
has out 'from 1 to 1,048,576'
has out 'default: 32'
expect 0 doc unknown-key
has out 'Exit status 3'

# ---- lists ----
expect 0 doc
claim 'the list fits in 80 columns' fits out
claim 'the list is plain text' printable out
cp out list
for name in $blocks $ops; do
    claim "$name is listed" grep -q "^  ${name#*.}  *[^ ]" list
done
for name in $codes $keys $words mnist digits auc; do
    claim "$name is listed" grep -q "^  $name  *[^ ]" list
done
expect 0 doc losses
has out '^  cross_entropy '
lacks out '^  dense '
expect 0 doc ops
has out '^  matmul '

# ---- names that there are not ----
expect 2 doc bacthnorm
empty out
has err 'did you mean `batchnorm`'
expect 2 doc epcohs
has err 'did you mean `epochs`'
expect 2 doc xylophone
has err 'lngraph doc` lists'
expect 2 doc ''
expect 2 doc conv2d_weight_grad # a pass makes it: nobody can write it
expect 2 doc dense conv2d

# ---- other words are searched for ----
expect 0 doc lr
for name in sgd momentum adam adamw train.optimizer; do
    has out "^  $name  "
done
lacks out '^  or '
expect 0 doc Learning rate
for name in adam cosine warmup; do
    has out "^  $name  "
done
lacks out '^  mse '
cp out two
for name in learning-rate learning_rate; do
    expect 0 doc $name
    sed "s/$name/Learning rate/" out >one
    claim "$name is two words" cmp -s one two
done
expect 2 doc learning-
expect 2 doc -- -rate

# ---- groups: by their name, or nearly; and for what is unknown where one of them is wanted ----
for pair in activation:activations activations:activations layer:layers optimisers:optimizers initialiser:initializers formats:data.formats \
    datasets:data.sets functions:functions.in.expressions; do
    expect 0 doc ${pair%:*}
    has out "^${pair#*:}\$"
    empty err
done
expect 0 doc activations
has out '^  relu  *the rectifier$'
has out '^  gelu '
expect 2 doc regularizers
group() {
    {
        sed -n 's/^\([a-z0-9_]*\):$/\1/p' "$top_srcdir/src/std/$1.yaml"
        [ "$1" != activations ] || grep -l LNG_OP_ACTIVATION "$top_srcdir"/src/op/*.c | sed 's|.*/\(.*\)\.c|\1|'
    } | paste -sd' ' | sed 's/ /, /g; s/, \([^,]*\)$/ and \1/'
}
# wants GROUP LOSS OPTIMIZER ACTIVATION INITIALIZER: the hint for the one that is unknown lists the group, or says where the list is
wants() {
    printf 'train:\n  loss: %s\n  optimizer: %s\ngraph:\n  - flatten(image / 255)\n  - dense: {units: 10, activation: %s, init: %s}\n' \
        "$2" "$3" "$4" "$5" >wants.yaml
    complete wants.yaml
    expect 3 check wants.yaml
    list=$(group "$1")
    if [ ${#list} -le 80 ]; then has err "the $1 are $list\$"; else has err "\`lngraph doc $1\` lists the $1"; fi
}
wants losses 'closeness(out, label)' 'sgd(lr=0.1)' softmax zeros
wants optimizers 'cross_entropy(out, label)' backpropagation softmax zeros
wants schedules 'cross_entropy(out, label)' 'sgd(lr=every_now(0.1))' softmax zeros
wants activations 'cross_entropy(out, label)' 'sgd(lr=0.1)' wavelike zeros
wants initializers 'cross_entropy(out, label)' 'sgd(lr=0.1)' softmax zeroed_out

printf 'train: {loss: "cross_entropy(out, label)", optimizer: sgd(lr=0.1), xylophone: 1}\n' >unknown.yaml
complete unknown.yaml
expect 3 check unknown.yaml
has err 'the keys of `train` are loss, optimizer, '

# ---- help ----
for name in model data blocks ops errors; do
    expect 0 help $name
    claim "help $name fits in 80 columns" fits out
    claim "help $name is plain text" printable out
done
for name in files tutorial; do
    last="help $name without man"
    PATH=/nonexistent "$LNGRAPH" help $name >out 2>err
    claim "$last" [ $? = 0 ]
    has out "^lngraph-$name([57]): "
    empty err
done
expect 2 help modle
has err 'did you mean `model`'

# ---- colors and the pager ----
escape=$(printf '\033')
expect 0 doc dense --color=always
has out "$escape\[1mdense"
PAGER='echo paged; cat' expect 0 doc
lacks out '^paged'
script -qec true /dev/null </dev/null >/dev/null 2>&1 || finish # no way to have a terminal

# on_terminal COMMAND: what it shows on a screen of 24 lines of 80 columns
on_terminal() {
    last="on a terminal: $*"
    TERM=xterm script -qec "stty rows 24 cols 80; $*" /dev/null </dev/null 2>&1 | tr -d '\r' >out
}
on_terminal "PAGER='echo paged; cat' '$LNGRAPH' doc"
has out '^paged'
has out 'cross_entropy'
has out "$escape\[1m"
"$LNGRAPH" new softmax >/dev/null
for option in --graph --tape --plan --expanded; do
    on_terminal "PAGER='echo paged; cat' '$LNGRAPH' show softmax.yaml $option"
    has out '^paged'
done
on_terminal "PAGER='echo paged; cat' '$LNGRAPH' show softmax.yaml" # short
lacks out '^paged'
on_terminal "PAGER='echo paged; cat' '$LNGRAPH' doc unknown-key" # short
lacks out '^paged'
on_terminal "PAGER=no-such-pager '$LNGRAPH' doc"
has out 'cross_entropy'
on_terminal "PAGER= '$LNGRAPH' doc --color=never"
has out 'cross_entropy'
lacks out "$escape"
mkdir bin
printf '#!/bin/sh\necho "man shows $1"\n' >bin/man
chmod +x bin/man
on_terminal "PATH=$work/bin:$PATH '$LNGRAPH' help run"
has out '^man shows /.*/lngraph-run\.1$'
on_terminal "PATH=$work/bin:$PATH '$LNGRAPH' help tutorial"
has out '^man shows /.*/lngraph-tutorial\.7$'
printf '#!/bin/sh\necho "no manual entry" >&2\nexit 16\n' >bin/man
on_terminal "PATH=$work/bin:$PATH PAGER=cat '$LNGRAPH' help run"
has out '^usage: lngraph run'
lacks out 'no manual entry'
finish
