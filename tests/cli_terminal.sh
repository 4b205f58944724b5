#!/bin/sh
# What a person sees: every verb on terminals without colors, without UTF-8, and of 60 columns. `script` (util-linux) gives a terminal.
. "$top_srcdir/tests/shell/common"
. "$top_srcdir/tests/shell/bars"
script -qec true /dev/null >/dev/null 2>&1 </dev/null || { echo 'script (util-linux) is missing'; exit 77; }
bars 128 32
. "$top_srcdir/tests/shell/churn"
churn churn.csv
escape=$(printf '\033')

# on COLUMNS ENVIRONMENT ARGUMENT...: lngraph on a terminal, which shows what is left in `seen`; rows of a redrawn line stand apart
on() {
    columns=$1 environment=$2
    shift 2
    last="$environment lngraph $* on $columns columns"
    quoted=
    for argument in "$@"; do quoted="$quoted '$argument'"; done
    script -qec "stty cols $columns; env $environment '$LNGRAPH' $quoted" /dev/null </dev/null 2>&1 |
        sed "s/\^D$(printf '\b\b')//" | tr '\r' '\n' | sed '/^$/d' >seen
    claim "$last shows something" [ -s seen ]
}

verbs() { # COMMAND...: for each verb that prints, with its arguments
    rm -rf runs
    "$@" run bars.yaml -s train.epochs=40
    "$@" run bars.yaml --dry-run
    "$@" eval runs/bars
    "$@" show bars.yaml
    "$@" show bars.yaml --graph --tape --plan --dot --expanded
    "$@" bench bars.yaml --seconds=0.05
    "$@" bench bars.yaml --seconds=0.05 --profile
    "$@" describe churn.csv
    "$@" fetch digits
    "$@" new
    rm -f mlp.yaml
    "$@" new mlp
    "$@" help
    "$@" help run
    "$@" check wrong.yaml
    "$@" nonsense
}

sed 's/filters: 2/filters: 2, padding: smae, aa: 12345678901234567890123456789012345678901234567890, no_such_attribute: 5/' bars.yaml >wrong.yaml

# ---- plain ASCII on a dumb terminal, and where the environment speaks no UTF-8 ----
plain() {
    on 80 'TERM=dumb LC_ALL=C' "$@"
    claim "$last: only ASCII, and no escapes" [ -z "$(tr -d '\n\t -~' <seen | tr -d '\b')" ]
    on 80 'TERM=xterm LC_ALL=C' "$@"
    claim "$last: only ASCII" [ -z "$(tr -d '\n\t -~\033' <seen | tr -d '\b')" ]
}
verbs plain

# ---- colors: bold, dim and the basic ones that can be read on light and dark grounds ----
coloured() {
    on 80 'TERM=xterm LC_ALL=C.UTF-8' "$@"
    sed "s/$escape\[\([0-9;]*\)m/\n\1#\n/g" seen | sed -n 's/^\([0-9;]*\)#$/\1/p' | sort -u >colours
    claim "$last: colours $(echo $(cat colours))" [ -z "$(grep -vxE '0|1|2|1;3[1256]' colours)" ]
    for wish in 'NO_COLOR=1' 'NO_COLOR=1 TERM=xterm-256color'; do
        on 80 "TERM=xterm LC_ALL=C.UTF-8 $wish" "$@"
        lacks seen "$escape\[[0-9;]*m"
    done
    on 80 TERM=xterm "$@" --color=never
    lacks seen "$escape\[[0-9;]*m"
}
verbs coloured
for environment in TERM=xterm 'TERM=xterm NO_COLOR=' 'TERM=xterm NO_COLOR=1 LC_ALL=C'; do
    on 80 "$environment" help --color=always
    has seen "$escape\[1m"
done
on 80 'TERM=xterm LC_ALL=C.UTF-8' eval runs/bars
has seen "$(printf '\342\224\200')" # a rule

# ---- 60 columns: nothing is folded by the terminal, but for listings ----
narrow() {
    case "$* " in *--graph*) return ;; esac
    on 60 'TERM=xterm LC_ALL=C' "$@"
    sed "s/$escape\[[0-9;]*[A-Za-z]//g" seen |
        awk 'length($0) > 60 { print; bad = 1 } END { exit bad }' >out
    claim "$last: fits" [ $? = 0 ]
}
verbs narrow
on 60 'TERM=xterm LC_ALL=C' check wrong.yaml
has seen '\.\.\.' # a line that is cut
has seen '\^~~~~~' # and its caret
on 60 'TERM=xterm LC_ALL=C' run bars.yaml -s train.epochs=400
has seen '^epoch [0-9]*/400  batch'

# ---- images that are decoded, the first time only ----
XDG_CACHE_HOME=$work/cache
export XDG_CACHE_HOME
mkdir -p train/dark train/light
for i in 1 2 3 4; do
    echo "P2 2 2 9 0 0 0 $i" >train/dark/$i.pgm
    echo "P2 2 2 9 9 9 9 $i" >train/light/$i.pgm
done
cat >folder.yaml <<'YAML'
lngraph: 1
name: folder
data:
  source:
    format: folder
    fields: {image: {shape: [2, 2]}, label: {class: true, count: 2}}
    train: {folder: train}
  dir: .
in: image[2, 2], label
graph:
  - image / 9
  - flatten
  - dense: {units: 2, activation: softmax}
train: {loss: 'cross_entropy(out, label)', optimizer: sgd(lr=0.1), epochs: 1, batch: 4}
YAML
on 80 TERM=xterm run folder.yaml --dry-run -t 1
has seen '^train: [0-9] of 8 images'
on 80 TERM=xterm run folder.yaml --dry-run -t 1
lacks seen 'of 8 images'
finish
