#!/bin/sh
# zsh's completion hands on what the program says. The completion system's functions are replaced by ones that print.
. "$top_srcdir/tests/shell/common"
command -v zsh >/dev/null || { echo 'zsh is missing'; exit 77; }
PATH=${LNGRAPH%/*}:$PATH
export PATH
cat >stubs <<'ZSH'
_describe() { printf 'word %s\n' "${(@P)argv[3]}" }
_files() { printf 'files %s\n' "$*" }
compset() { [[ $PREFIX == ${~2}* ]] && printf 'cut %s\n' "${2}" }
complete_line() {
    local -a words=("$@")
    local -i CURRENT=$#
    local PREFIX=$words[-1]
    source $top_srcdir/completion/zsh/_lngraph
}
complete_line "$@"
ZSH

gives() { # WORD...: left in `out`
    last="zsh, after '$*'"
    zsh -f stubs "$@" 2>err >out
    empty err
}
gives lngraph ''
has out '^word run:train a model'
lacks out '^files'
gives lngraph run -
has out '^word --data:take the files of the data set from this folder; `digits`: use the built-in digits instead' # only the first colon of a word parts
has out '^word -q:print only the report'
gives lngraph run --color=a
has out '^word --color=always$'
has out '^cut'
lacks out '^files'
gives lngraph run ''
has out '^files -g \*\.y(|a)ml(-\.)$'
lacks out '^word'
gives lngraph run --data=d
has out '^word --data=digits$'
has out '^files -/$'
gives lngraph eval "'my model.yaml'" -w ''
has out '^files $'
gives lngraph eval -q nonsense
empty out
gives lngraph run -s train.
has out '^word train\.batch=:examples per training step$'
gives lngraph new ''
has out '^word mlp:a multi-layer perceptron with one hidden layer, 784-500-10$'
finish
