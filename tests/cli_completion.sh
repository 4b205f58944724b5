#!/bin/sh
# Completion: what the program offers for a line, and what bash makes of it. The other shells are asked in completion-*.sh.
. "$top_srcdir/tests/shell/common"
mkdir -p 'a run' data
: >model.yaml >'my model.yaml' >'  spaces.yaml' >short.yml >picture.pgm >-x.yaml

# offers PATHS WORD...: after the words, the last of which is not finished; what is offered is left in `out`
offers() {
    paths=$1
    shift
    expect 0 complete -- "$@"
    empty err
    claim "after '$*' paths are $paths, not $(head -n 1 out)" [ "$(head -n 1 out)" = "$paths" ]
    sed 1d out | cut -f 1 >words
}
nothing() { made=$((made + 1)); [ ! -s words ] || bad "$last offers $(cat words)"; }

offers none ''
for verb in $(sed -n 's/^LNG_VERB(\(.*\))$/\1/p' "$top_srcdir/src/cli/verbs.def"); do
    offers none ''
    has words "^$verb\$"
    has out "^$verb	[a-z]"
    # every option that the help has, and no other
    "$LNGRAPH" $verb --help | sed -n 's/^  \(-., \|    \)--\([a-z-]*\).*/--\2/p' | sort >helped
    offers none $verb -
    grep '^--' words | sort >words.sorted
    claim "the options of $verb are those of its help" cmp helped words.sorted
    has out '^--color	[a-z]'
done
offers none -
has words '^--version$'
lacks words '^--out$'
offers none --color=always ''
has words '^run$'
offers none --no-such-option ''

offers none run --color al
claim 'values are words' [ "$(echo $(cat words))" = 'auto always never' ]
offers none run --color=al
has words '^--color=always$'
offers none show --phase ''
claim 'values are words' [ "$(echo $(cat words))" = 'train eval init' ]
offers none run -t ''
nothing
offers none run -qs ''
has words '^train\.$'
offers none run --quiet=
nothing
offers dir run -o ''
nothing
offers dir run -qo ''
offers dir run --out=
offers dir run --data=
has words '^--data=digits$'
offers file eval -w ''
offers model run ''
nothing
offers model run -q --out x --seed=3 ''
offers none run model.yaml ''
offers none run model.yaml -
has words '^--out$'
offers model run -- -
nothing
offers model check a.yaml b.yaml ''
offers model eval ''
offers none new ''
has words '^lenet5$'
has out '^mlp	a multi-layer perceptron'
offers none new mlp ''
nothing
offers none help r
has words '^eval$'
offers none fetch ''
has words '^mnist$'
offers none nonsense ''
nothing
expect 2 complete
has err 'needs WORD'

# ---- what can be set: from the tables, and from the file if there is one ----
cat >model.yaml <<'YAML'
lngraph: 1
name: t
data: {source: digits}
in: image[28, 28, 1], label
graph:
  - flatten
  - dense: {units: 10, activation: softmax}
train: {loss: 'cross_entropy(out, label)', optimizer: adam(lr=cosine(peak=1e-2))}
blocks: {own: {in: x, with: {side: 'string in {left, right} = left'}, out: x}}
YAML
offers none run -s train.
has words '^train\.batch=$'
has out '^train\.batch=	examples per training step$'
lacks words '^train\.optimizer\.$'
offers none run model.yaml -s train.
has words '^train\.optimizer=$'
has words '^train\.optimizer\.$'
has words '^train\.parameters+=$'
lacks words '^train\.batch+=$'
offers none run model.yaml -s train.optimizer.
claim 'attributes of a call' [ "$(echo $(cat words))" = 'train.optimizer.lr= train.optimizer.b1= train.optimizer.b2= train.optimizer.eps=' ]
offers none run model.yaml --set=train.optimizer.adam.lr.pe
has words '^--set=train\.optimizer\.adam\.lr\.peak=$'
offers none run model.yaml -s graph.
claim 'steps' [ "$(echo $(cat words))" = 'graph.0= graph.0. graph.1.' ]
offers none run model.yaml -s graph.1.
has words '^graph\.1\.units=$'
offers none run model.yaml -s graph.1.dense.
has words '^graph\.1\.dense\.units=$'
offers none run model.yaml -s graph.1.bias=
claim 'a switch' [ "$(echo $(cat words))" = 'graph.1.bias=true graph.1.bias=false' ]
offers none run model.yaml -s data.source=
has words '^data\.source=digits$'
offers none run model.yaml -s train.batch=
has words '^train\.batch=32$'
offers none run model.yaml -s blocks.own.
has words '^blocks\.own\.with\.$'
cat >hyper.yaml <<'END'
data: {source: digits}
with: {width: int > 0 = 16, act: block = relu, opt: 'block = sgd(lr=0.1)'}
END
offers none run hyper.yaml -s ''
claim 'hyper-parameters come first' [ "$(echo $(head -n 4 words))" = 'width= act= opt= opt.' ]
offers none run hyper.yaml -s width=
claim 'the value of one' [ "$(echo $(cat words))" = 'width=16' ]
offers none run hyper.yaml -s opt.
has words '^opt\.lr=$'
rm hyper.yaml
for path in nosuch. train.batch. graph.7. graph.1.nosuch. train.optimizer.lr.peak.; do
    offers none run model.yaml -s $path
    nothing
done

# ---- bash ----
command -v bash >/dev/null || finish
PATH=${LNGRAPH%/*}:$PATH
export PATH

# bash_gives WORDS ANSWER...: the words, the last of which is completed, stand apart by |
bash_gives() {
    words=$1
    shift
    last="bash, after $words"
    bash -c '. "$top_srcdir/completion/bash/lngraph"
        IFS="|" read -r -a COMP_WORDS <<<"$1|"
        COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
        _lngraph
        [ ${#COMPREPLY[@]} = 0 ] || printf "%s\n" "${COMPREPLY[@]}"' bash "$words" 2>err | sort >out
    empty err
    : >answers
    [ $# = 0 ] || printf '%s\n' "$@" | sort >answers
    claim "$last: $(echo $(cat out))" cmp -s out answers
}
bash_gives 'lngraph|ev' eval
bash_gives 'lngraph|run|--th' --threads
bash_gives 'lngraph|run|--no-such'
bash_gives 'lngraph|run|--color|=|a' auto always # as bash cuts words
bash_gives 'lngraph|run|--color|=' auto always never
bash_gives 'lngraph|run|--color|n' never
bash_gives 'lngraph|show|model.yaml|--phase=e' --phase=eval # where = does not cut words
bash_gives 'lngraph|run|' 'a run' data model.yaml 'my model.yaml' '  spaces.yaml' short.yml -x.yaml
bash_gives 'lngraph|run|m' model.yaml 'my model.yaml'
bash_gives 'lngraph|run|-q|-o|' 'a run' data
bash_gives 'lngraph|run|--data|=|d' data digits
bash_gives 'lngraph|run|--data=d' --data=data --data=digits
bash_gives 'lngraph|eval|model.yaml|-w|pic' picture.pgm
bash_gives 'lngraph|eval|model.yaml|--weights|=|pic' picture.pgm
bash_gives 'lngraph|eval|a' 'a run'
bash_gives 'lngraph|new|lenet5-' lenet5-fast
bash_gives 'lngraph|help|b' bench blocks
bash_gives 'lngraph|doc|batchn' batchnorm
bash_gives 'lngraph|doc|unknown-k' unknown-key
bash_gives 'lngraph|run|-s|train.batch|=|6'
bash_gives 'lngraph|run|-s|train.b' train.batch=
bash_gives 'lngraph|run|model.yaml|-s|train.batch|=' 32
bash_gives 'lngraph|run|model.yaml|-s|train.optimizer.l' train.optimizer.lr=
finish
