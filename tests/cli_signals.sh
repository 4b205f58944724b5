#!/bin/sh
# SIGINT and SIGTERM: the batch is finished, what was trained is kept and reported, and the process ends by that signal.
. "$top_srcdir/tests/shell/common"
. "$top_srcdir/tests/shell/bars"
bars 240 60

begin() { # FOLDER: a long run, as far as its first row
    "$LNGRAPH" run -o $1 -t 2 -s train.epochs=1000000 bars.yaml >out 2>err &
    process=$!
    tries=0
    until grep -qs '^ *1 ' err || [ $tries = 200 ]; do
        tries=$((tries + 1))
        sleep 0.05
    done
}

for signal in INT TERM; do
    begin $signal
    last="kill -$signal"
    kill -$signal $process
    wait $process 2>/dev/null
    status=$?
    claim "it ends by SIG$signal, not $status" [ "$(kill -l $status)" = $signal ]
    has out '; interrupted$'
    has err '^interrupted after [0-9]* steps$'
    claim 'what was trained is kept' [ -s $signal/model.safetensors ]
    expect 0 eval --json $signal
    sed -n '/"splits"/,/^  }/s/},*$/}/p' out >a
    sed -n '/"splits"/,/^  }/s/},*$/}/p' $signal/report.json >b
    claim 'there are figures' [ -s a ]
    claim 'and evaluates as it was reported' cmp -s a b
done

# a second signal does not wait; nothing is half written
begin twice
kill -TERM $process
kill -TERM $process 2>/dev/null
wait $process 2>/dev/null
status=$?
claim 'it ends by SIGTERM' [ "$(kill -l $status)" = TERM ]

# killed: the folder is free again
begin killed
kill -KILL $process
wait $process 2>/dev/null
expect 0 run -q -o killed -s train.epochs=1 --force bars.yaml
finish
