#!/bin/sh
# The command line: what is understood, what is refused, and where help goes.
. "$top_srcdir/tests/shell/common"

expect 2
empty out
has err '^usage: lngraph VERB'
claim 'a bare lngraph is brief' [ "$(wc -l <err)" -lt 25 ]

expect 0 --version
has out '^lngraph [0-9]'
empty err
expect 0 --help
has out '^usage: lngraph'
has out 'exit status'
empty err
for verb in $(sed -n 's/^LNG_VERB(\(.*\))$/\1/p' "$top_srcdir/src/cli/verbs.def"); do
    expect 0 --help
    has out "^  $verb "
    expect 0 $verb --help
    has out "^usage: lngraph $verb"
    has out '  -h, --help '
    has out '^examples'
    has out "^  lngraph $verb"
    empty err
    expect 0 help $verb
    has out "^usage: lngraph $verb"
    expect 0 $verb --version
    has out '^lngraph [0-9]'
    expect 2 $verb --no-such-option
    empty out
    has err 'error\[usage\]: .*`--no-such-option`'
    expect 2 $verb -Z
    has err '`-Z`'
    expect 0 -h $verb
    has out "^usage: lngraph $verb"
done
awk '{ if (length($0) > 80) exit 1 }' out
claim 'help fits in 80 columns' [ $? = 0 ]

# a level that this machine does not have is refused, never passed over
LNGRAPH_ISA=avx1024 expect 2 check nothing.yaml
has err 'LNGRAPH_ISA is `avx1024`'
has err 'baseline'
LNGRAPH_ISA=baseline expect 0 --version
unset LNGRAPH_ISA

# near misses are named
expect 2 rnu model.yaml
has err 'did you mean `run`'
expect 2 run --thraeds=2 model.yaml
has err 'did you mean `--threads`'
expect 2 help evla
has err 'did you mean `eval`'
: >model.yaml
expect 2 model.yaml
has err 'lngraph run model.yaml'

# what other programs call a verb leads to ours
for pair in train=run fit=run test=eval evaluate=eval summary=show download=fetch init=new; do
    expect 2 ${pair%=*} model.yaml
    has err "unknown verb \`${pair%=*}\`"
    has err "did you mean \`${pair#*=}\`"
done
# no verb goes by another's name, or by two
sed -n 's/^ *\.also = "\(.*\)",$/\1/p' "$top_srcdir"/src/cli/*.c | tr ' ' '\n' | sort >also
claim 'other names of verbs are found' [ "$(wc -l <also)" -ge 10 ]
uniq -d <also >out
sed -n 's/^LNG_VERB(\(.*\))$/\1/p' "$top_srcdir/src/cli/verbs.def" | grep -xFf - also >>out
last='other names of verbs'
empty out

# a model that is not here: the nearest file, or the model of lngraph that is meant
expect 4 run lenet5-fast
has err '`lngraph new lenet5-fast` copies'
expect 4 check models/lenet6.yaml
has err 'did you mean a model of lngraph? `lngraph new lenet5` copies it'
: >mine.yaml
expect 4 show mine
has err 'did you mean `mine.yaml`'
expect 4 show something
has err '`lngraph new` lists'

# operands and values
expect 2 run
has err 'needs MODEL'
for verb in run eval check show bench fetch new; do
    expect 2 $verb ''
    has err 'an operand is empty'
done
expect 2 run a.yaml -o ''
has err 'the value of `--out` is empty'
expect 2 run a.yaml --epochs 5
has err 'such as `-s train.epochs=5`'
expect 2 run a.yaml b.yaml
has err '`b.yaml`'
expect 2 --quiet run a.yaml
for threads in 0 -1 1025 two 1.5 '' 99999999999999999999 0x2; do
    expect 2 run -t "$threads" a.yaml
    has err 'error\[usage\]: .*--threads.* \(takes an integer from 1 to 1024\|is empty\)'
done
expect 2 run --seed -1 a.yaml
expect 2 run --seed 18446744073709551616 a.yaml
expect 2 run a.yaml --threads
has err 'needs a value'
expect 2 run a.yaml --quiet=yes
has err 'takes no value'
expect 2 run -s train.batch a.yaml
has err 'PATH=VALUE'
expect 2 run -s =5 a.yaml
expect 2 run --color=sometimes a.yaml
has err 'auto, always or never'
expect 2 run --color alwyas a.yaml
has err 'did you mean `always`'
expect 2 show -p evla a.yaml
has err '--phase takes train, eval or init, not `evla`'
has err 'did you mean `eval`'
expect 2 show --phase= a.yaml
expect 2 bench --seconds=-1 a.yaml
expect 2 bench --seconds=nan a.yaml

# a missing file is not a usage error; `--` ends the options
expect 4 check missing.yaml
has err '^missing.yaml: error\[io\]'
expect 4 check -- -x
has err '^-x: error\[io\]'
mkdir empty
expect 3 check empty
has err 'error\[run-folder\]: empty is a folder, but not of a run'
expect 3 eval .
has err 'error\[run-folder\]: \. is not a run folder'
expect 2 eval model.yaml
has err 'weights'

# streams: what cannot be printed is an error; a reader who leaves is none
if [ -w /dev/full ]; then
    last='lngraph --help >/dev/full'
    "$LNGRAPH" --help >/dev/full 2>err
    claim 'a full standard output is status 4' [ $? = 4 ]
    has err 'error\[io\]: .*standard output'
fi
"$LNGRAPH" --help 2>err | head -n 1 >out
last='lngraph --help | head -n 1'
has out '^usage'
empty err

# colors only where they are asked for
escape=$(printf '\033')
expect 0 --help
lacks out "$escape"
expect 0 --help --color=always
has out "$escape"
expect 2 rnu --color=always
expect 2 run --color=always --nope
has err "$escape"
expect 2 run --color=never --nope
lacks err "$escape"
finish
