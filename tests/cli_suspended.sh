#!/bin/sh
# A process that is stopped and goes on: what it reports of its speed, its checkpoints, and the time that --limit gives.
. "$top_srcdir/tests/shell/common"
. "$top_srcdir/tests/shell/bars"
bars 240 60

# begin ARGUMENT...: a long run, as far as its first row
begin() {
    rm -f err
    "$LNGRAPH" run -t 1 -s train.epochs=1000000 "$@" bars.yaml >out 2>err &
    process=$!
    tries=0
    until grep -qs '^ *1 ' err || [ $tries = 200 ]; do
        tries=$((tries + 1))
        sleep 0.05
    done
}
newest() { ls -i run/checkpoint.safetensors 2>/dev/null; }
number() { sed -n "s/.*\"$1\": \([0-9.e+]*\).*/\1/p" run/report.json | head -n 1; }

# ---- a checkpoint soon after, and speeds without the pause ----
begin -o run -s train.checkpoint.every=3s
started=$(date +%s)
kill -STOP $process
before=$(newest)
sleep 4
kill -CONT $process
tries=0
until [ "$(newest)" != "$before" ] || [ $tries = 30 ]; do
    tries=$((tries + 1))
    sleep 0.05
done
claim 'a checkpoint is made when it goes on' [ "$(newest)" != "$before" ]
kill -INT $process
wait $process 2>/dev/null
elapsed=$(($(date +%s) - started + 1))
claim "the time of the steps, $(number train_seconds) s of $elapsed, is without the pause" \
    awk -v steps="$(number train_seconds)" -v all="$elapsed" 'BEGIN { exit !(steps > 0 && steps < all - 2.5) }'

# ---- the time passes, and there is still grace to save what was trained ----
begin -o timed --limit time=2s
kill -STOP $process
sleep 4.3
kill -CONT $process
wait $process 2>/dev/null
status=$?
claim "the exit status is 4, not $status" [ $status = 4 ]
has err 'error\[time\]: the time that --limit gives is over, after [0-9]* steps'
has err 'hint: `lngraph resume timed` goes on'
expect 0 resume -q -t 1 timed -s train.steps=1
finish
