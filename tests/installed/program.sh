#!/bin/sh
# The installed program, from a folder that has nothing to do with its sources: a model, a run, the manuals, the completions.
. "$top_srcdir/tests/shell/common"
LNGRAPH=$bindir/lngraph
LD_LIBRARY_PATH=$libdir${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}
HOME=$PWD
export LD_LIBRARY_PATH HOME
unset LNGRAPH_DATA XDG_CACHE_HOME

expect 0 new lenet5-fast
expect 0 run lenet5-fast.yaml --data digits -s train.steps=20
has out '^lenet5-fast on digits'
has out '^saved in runs/lenet5-fast; its page is report.html$'
expect 0 eval runs/lenet5-fast
expect 0 show lenet5-fast.yaml
expect 3 run lenet5-fast.yaml --data digits -s train.optimizer=adan
has err 'did you mean `adam`'

for page in "$mandir"/man1/lngraph-run.1 "$mandir"/man3/liblngraph.3 "$mandir"/man5/lngraph-model.5 "$mandir"/man7/lngraph-ops.7; do
    claim "${page##*/} is there" [ -s "$page" ]
    ! command -v man >/dev/null || claim "man finds ${page##*/}" man -M "$mandir" -w "$(basename "${page%.*}")" >out
done
for page in "$mandir"/man?/*lngraph*; do
    claim "${page##*/} names no folder of the build" [ -z "$(grep -F -e "$top_srcdir" -e "$top_builddir" "$page")" ]
done

for file in bash-completion/completions/lngraph zsh/site-functions/_lngraph fish/vendor_completions.d/lngraph.fish; do
    claim "$file is there" [ -s "$datadir/$file" ]
done
if command -v bash >/dev/null; then
    PATH=$bindir:$PATH bash -c '. "$1"; COMP_WORDS=(lngraph new lenet5-) COMP_CWORD=2; _lngraph; echo "${COMPREPLY[*]}"' bash \
        "$datadir/bash-completion/completions/lngraph" >out 2>err
    last='bash completes'
    has out '^lenet5-fast$'
fi
finish
