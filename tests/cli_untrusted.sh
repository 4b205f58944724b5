#!/bin/sh
# Model files that nobody knows: `check` and `run` open files near the model, in the folders of data and in the run's, and nothing else; they open
# no connection and start no process. With --sandbox, the kernel sees to it.
. "$top_srcdir/tests/shell/common"
. "$top_srcdir/tests/shell/bars"
grep -q __gcov_exit "$LNGRAPH" && exit 77 # what counts coverage opens files of its own
bars 240 60
HOME=$work/home
export HOME
unset XDG_CACHE_HOME

# ---- what the kernel is asked for ----
ASAN_OPTIONS=${ASAN_OPTIONS:-}:detect_leaks=0 # LeakSanitizer cannot work while it is traced
export ASAN_OPTIONS
traced() { # ARGUMENT...: the calls, from the first that has to do with the model
    last="lngraph $*"
    strace -f -o calls -e trace=%file,%network,%process "$LNGRAPH" "$@" >out 2>err </dev/null || bad "$last"
    awk 'asked || (/bars\.yaml"/ && !/ execve\(/) { asked = 1; print }' calls >asked
    claim 'the model is read' [ -s asked ]
    sed -n 's/^[0-9]* *[a-z0-9_]*([^"]*"\([^"]*\)".*/\1/p' asked >paths
    grep -vxE "|\.|(\./)?bars\.yaml|run|run/.*|data/.*|$work(/(run|data|home).*)?" paths >>err
    claim 'no other file is opened or looked at' [ ! -s err ]
    claim 'there is no connection and no process' \
        [ -z "$(grep -E ' (socket|connect|bind|execve|execveat|fork|vfork|clone3?)\(' asked | grep -v CLONE_THREAD)" ]
}
if strace -f -o calls true 2>/dev/null; then
    traced check bars.yaml
    traced run -q -t 2 -o run bars.yaml
    traced run -q -t 2 --force -s 'train.checkpoint={every: 1 steps}' -o run bars.yaml
fi

# ---- what the kernel refuses ----
mkdir sub
cp bars.yaml sub
sed 's,^data:,&\n  dir: ../data,' bars.yaml >sub/out.yaml
"$LNGRAPH" run -q --sandbox -n bars.yaml >out 2>err
if [ $? = 4 ]; then
    last='--sandbox without Landlock'
    has err '--sandbox: .*Landlock'
    finish
fi
expect 0 run -q -t 2 --sandbox -o boxed -s 'train.checkpoint={every: 1 steps}' bars.yaml
empty err
expect 0 run -q -t 1 -o free bars.yaml
claim 'it is the same run' cmp -s boxed/model.safetensors free/model.safetensors
expect 0 run -q --sandbox bars.yaml
claim 'without --out, it is below runs' [ -s runs/bars/report.json ]
expect 0 run -q --sandbox -n bars.yaml
expect 0 run -q --sandbox -o third --data data sub/bars.yaml
unset LNGRAPH_DATA
expect 0 run -q -t 2 -o open sub/out.yaml
expect 4 run -q -t 2 --sandbox -o closed sub/out.yaml
has err 'Permission denied'
claim 'nothing is left' [ ! -e closed ]
expect 3 run -q --sandbox -o closed -s train.batch=0 bars.yaml
claim 'nothing is left' [ ! -e closed ]
mkdir closed
expect 3 run -q --sandbox -o closed -s train.batch=0 bars.yaml
claim 'what was there stays' [ -d closed ]
rmdir closed

# a text that is compressed needs a temporary file, which there is no place for
awk 'BEGIN { while (i++ < 400) print "one", i % 7 }' | gzip >sub/text.gz
cat >sub/text.yaml <<'END'
lngraph: 1
name: text
data:
  dir: .
  source: {name: text, format: text, fields: {text: [16], next: [16]}, train: {file: text}, test: {file: text}}
in: text[16], next[16]
graph:
  - text
  - embedding: {count: 256, units: 4}
  - dense: {units: 256}
train: {loss: 'sequence_cross_entropy(out, next)', optimizer: sgd(lr=0.1), epochs: 1}
END
expect 4 run -q --sandbox -o packed sub/text.yaml
has err 'text.gz: .*cannot make a temporary file'
has err 'unpack it before'
gzip -d sub/text.gz
expect 0 run -q --sandbox -o packed sub/text.yaml

rm sub/bars.yaml
ln -s ../bars.yaml sub/bars.yaml
expect 4 run -q -t 2 --sandbox -o closed sub/bars.yaml
has err 'sub/bars.yaml: .*Permission denied'
finish
