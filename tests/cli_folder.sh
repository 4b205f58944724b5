#!/bin/sh
# The run folder: claimed before training, one process at a time, never half written.
. "$top_srcdir/tests/shell/common"
. "$top_srcdir/tests/shell/bars"
bars 48 16

# what is there is not touched
mkdir full
echo mine >full/file
expect 2 run -q -o full bars.yaml
has err 'is not empty'
claim 'nothing was added' [ "$(ls -A full)" = file ]
expect 0 run -q -o full --force bars.yaml
claim 'a forced run is there' [ -s full/report.json ]
claim 'and so is what was there' [ "$(cat full/file)" = mine ]
expect 2 run -q -o full bars.yaml
mkdir empty
expect 0 run -q -o empty bars.yaml
expect 0 run -q -o deep/er/still bars.yaml
claim 'parents are made' [ -s deep/er/still/report.json ]
expect 2 run -q --out= bars.yaml

# a folder that cannot be written is found before the first epoch
echo >file
expect 4 run -o file bars.yaml
lacks err 'epoch'
expect 4 run -o file/below bars.yaml
expect 4 run -o /proc/nothing bars.yaml
if [ "$(id -u)" != 0 ]; then
    mkdir locked
    chmod 500 locked
    expect 4 run -o locked bars.yaml
    lacks err 'epoch'
    expect 4 run -o locked/below bars.yaml
fi
echo >runs
expect 4 run bars.yaml
rm runs

# a file that may not grow is an error, not the end of the process
(ulimit -f 1 && "$LNGRAPH" run -q -o small bars.yaml >out 2>err </dev/null)
claim 'a limit to the size of files is status 4' [ $? = 4 ]
has err 'cannot be written: File too large'
claim 'nothing is left' [ ! -e small ]

# nothing is left of a run that could not begin
mv data gone
expect 4 run -q -o never --data nowhere bars.yaml
has err 'error\[data-not-found\]'
has err 'nowhere'
mv gone data
claim 'no folder without data' [ ! -e never ]

# the folder that --data gave is the run's
mkdir elsewhere
mv data elsewhere
expect 0 run -q -o moved --data elsewhere/data -s train.epochs=1 bars.yaml
expect 0 eval moved
expect 0 run -q -o again moved/model.yaml
claim 'the expanded model finds the same data' cmp moved/model.safetensors again/model.safetensors
mv elsewhere/data .

# names that are no file names
expect 0 run -q -s 'name=../../a b/$(x)' bars.yaml
claim 'a hostile name stays inside of runs/' [ -s 'runs/-.-..-a-b---x-/report.json' ]

# two at once: the same folder is refused, the default ones are different
"$LNGRAPH" run -q -o shared -s train.epochs=100000 -s 'train.checkpoint={every: 5 steps}' bars.yaml >/dev/null 2>&1 &
first=$!
tries=0
until [ -e shared/checkpoint.safetensors ] || [ $tries = 600 ]; do
    tries=$((tries + 1))
    sleep 0.05
done
expect 4 resume -q shared
has err "another process is using the folder shared: process $first"
expect 4 run -q -o shared --force bars.yaml
has err "another process is using the folder shared: process $first"
expect 4 run -q -o shared bars.yaml
kill -TERM $first
wait $first 2>/dev/null
claim 'the first one has it' [ -s shared/report.json ]
expect 0 run -q -o shared --force bars.yaml

for i in 1 2 3 4; do
    "$LNGRAPH" run -q -t 1 -s name=many bars.yaml >many$i 2>&1 &
done
wait
claim 'four runs, four folders' [ "$(cat many? | grep -c '^saved in runs/many')" = 4 ]
claim 'each its own' [ "$(cat many? | grep '^saved in' | sort -u | wc -l)" = 4 ]
claim 'no temporary is left' [ -z "$(find . -name '*.tmp*')" ]

# a full disk is found before the first epoch; one that fills later costs nothing that was trained
mkdir disk
cat >full-disk <<'SH'
mount -t tmpfs -o size=64k none disk || exit 77
"$LNGRAPH" run -o disk/run -s train.epochs=1000000 bars.yaml >out 2>err </dev/null
echo $? >status
ls -A disk >left
mount -t tmpfs -o size=2200k none disk || exit 77
"$LNGRAPH" run -o disk/run -s train.epochs=1000000 -s train.batch=1 bars.yaml >later.out 2>later.err </dev/null &
tries=0
until grep -qs '^ *1 ' later.err || [ $tries = 200 ]; do
    tries=$((tries + 1))
    sleep 0.05
done
cat /dev/zero >disk/fill 2>/dev/null
kill -INT $!
wait $!
"$LNGRAPH" eval disk/run >eval.out 2>&1
echo $? >eval.status
SH
if command -v unshare >/dev/null && unshare -rm sh full-disk 2>/dev/null; then
    last='run on a full disk'
    claim 'status 4' [ "$(cat status)" = 4 ]
    has err 'cannot be written: No space left on device'
    lacks err 'epoch'
    claim 'nothing is left' [ ! -s left ]
    last='run on a disk that fills'
    has later.out '^saved in disk/run; its page is report.html$'
    claim 'the run is whole' [ "$(cat eval.status)" = 0 ]
fi

# the report cannot be printed: the run is kept all the same
if [ -w /dev/full ]; then
    "$LNGRAPH" run -q -o kept bars.yaml >/dev/full 2>err
    claim 'a full standard output is status 4' [ $? = 4 ]
    claim 'but the run is kept' [ -s kept/report.json ]
fi
"$LNGRAPH" run -o piped bars.yaml 2>&1 | head -n 1 >out
claim 'a reader who leaves costs nothing' [ -s piped/report.json ]
# links in a folder from elsewhere: they are replaced, and what they lead to stays as it is
expect 0 run -q -o strange -s train.epochs=1 bars.yaml
echo mine >victim
cp strange/model.yaml description
for file in MODEL_CARD.md history.csv model.safetensors report.html report.json report.txt checkpoint-1.safetensors; do
    ln -sf ../victim strange/$file
done
ln -sf ../description strange/model.yaml
expect 0 resume -q strange -s train.epochs=2 -s 'train.checkpoint={every: 5 steps}'
claim 'no link is left' [ -z "$(find strange -type l)" ]
claim 'the description stays' grep -q '^ *epochs: 1$' description
for file in $(ls strange); do
    ln -sf ../victim strange/$file
done
expect 0 run -q -f -o strange -s train.epochs=1 bars.yaml
claim 'no link is left' [ -z "$(find strange -type l)" ]
mkdir tries
for file in sweep.html sweep.json train.epochs=1.log; do
    ln -s ../victim tries/$file
done
expect 0 sweep -q -o tries -s train.epochs=1,2 bars.yaml
claim 'no link is left' [ -z "$(find tries -type l)" ]
claim 'what they led to stays' [ "$(cat victim)" = mine ]
finish
