#!/bin/sh
# fish completes as the program says, descriptions included.
. "$top_srcdir/tests/shell/common"
command -v fish >/dev/null || { echo 'fish is missing'; exit 77; }
HOME=$PWD XDG_CONFIG_HOME=$PWD/config XDG_DATA_HOME=$PWD/share PATH=${LNGRAPH%/*}:$PATH
export HOME XDG_CONFIG_HOME XDG_DATA_HOME PATH
mkdir -p cd data/more
: >cd/model.yaml >cd/picture.pgm >data/deep.yaml

# gives LINE WORD...: the line, without descriptions
gives() {
    last="fish, after '$1'"
    (cd cd && fish -c 'source $top_srcdir/completion/fish/lngraph.fish; complete -C "$argv[1]"' -- "$1") 2>err >out
    shift
    empty err
    cut -f 1 out | sort >given
    : >wanted
    [ $# = 0 ] || printf '%s\n' "$@" | sort >wanted
    claim "$last: $(echo $(cat given))" cmp -s given wanted
}
gives 'lngraph ev' eval
has out '^eval	evaluate stored weights'
gives 'lngraph run --th' --threads
has out '^--threads	number of threads'
gives 'lngraph run --color=a' --color=always --color=auto
gives 'lngraph run --color n' never
gives 'lngraph show -p e' eval
gives 'lngraph run ' model.yaml
gives 'lngraph run ../data/' ../data/deep.yaml ../data/more/
gives 'lngraph run -o ../d' ../data/
gives 'lngraph run --out=../d' --out=../data/
gives 'lngraph run --data=d' --data=digits
gives 'lngraph eval -w pic' picture.pgm
gives 'lngraph eval --weights=pic' --weights=picture.pgm
gives 'lngraph new lenet5-' lenet5-fast
gives 'lngraph help be' bench
gives 'lngraph run -t '
finish
