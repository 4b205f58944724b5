#!/bin/sh
# lngraph bench and show --plan: what is printed, that a profile's rows add up, and mistakes.
. "$top_srcdir/tests/shell/common"
. "$top_srcdir/tests/shell/bars"
bars 240 60
quick='--seconds 0.02'

# ---- rates ----
expect 0 bench bars.yaml $quick --threads 2
has out '^bars, batch 16, 2 threads, '
for row in 'training .* examples/s' 'inference .* examples/s' 'one example .* us' 'peak memory .* MB'; do
    has out "^$row\$"
done
empty err
expect 0 bench bars.yaml $quick --threads 1 --batch 32 --json
number='[0-9][0-9.e+]*'
has out "^{\"peer\":\"lngraph [^\"]*\",\"model\":\"bars\",\"threads\":1,\"batch\":32,\"train_images_per_second\":$number,\"infer_images_per_second\":$number,\"latency_us\":$number,\"peak_rss_kb\":$number}\$"
claim 'one line' [ "$(wc -l <out)" = 1 ]

# ---- the profile: shares of JSON and of the table are the whole ----
adds_up() { # FIELD WHOLE TOLERANCE, of `out`
    tr '{,}' '\n\n\n' <out | awk -F: -v f="\"$1\"" -v w="$2" -v d="$3" '$1 == f { s += $2 } END { exit !(s > w - d && s < w + d) }'
}
for threads in 1 2; do
    expect 0 bench bars.yaml $quick --threads $threads --profile --json
    claim 'shares add up' adds_up share 1 1e-6
    for key in step_us overhead peak_gflops_per_thread cache_gbytes_per_second_per_thread memory_gbytes_per_second_per_thread profile op of output us_per_step multiply_adds_per_step bytes_per_step; do
        has out "\"$key\":"
    done
    has out '"op":"fused([a-z_,+0-9]*)"'
    for row in 'combining partials' 'last addition, finite check' 'waiting: slowest thread' timing; do
        has out "{\"op\":\"$row\",\"us_per_step\":$number"
    done
done
claim 'every instruction is bound by something' [ "$(tr '{' '\n' <out | grep -c '"of":')" = "$(grep -Eo '"bound":"(compute|cache|memory)"' out | wc -l)" ]
# 2 filters of 3 x 3 on the 6 x 6 places that a pool of 2 keeps, 16 examples
has out '"op":"conv2d_pool","of":"maxpool2d","output":"\[3, 3, 2\]",[^}]*"multiply_adds_per_step":10368,'
expect 0 bench bars.yaml $quick --profile --threads 2
has out '^us/step  *share op '
has out '100 % all threads$'
has out '^A step of 16 images took '
claim 'the rates of cache and memory' [ "$(grep -o 'GB/s' out | wc -l)" = 2 ]
claim 'the shares of the table add up' awk '$3 == "%" && $2 != 100 { s += $2 } END { exit !(s > 96 && s < 104) }' out

# ---- without a test part; more than there is ----
sed '/^    test: /d; /^  published/,$d' bars.yaml >alone.yaml
expect 0 bench alone.yaml $quick --json
expect 0 bench bars.yaml $quick --batch 180 --json
has out '"batch":180,'
expect 3 bench bars.yaml $quick --batch 181
has err '181'
has err '180'
empty out
expect 2 bench bars.yaml --batch 0
has err '--batch'
expect 2 bench bars.yaml --batch many
has err 'many'
for seconds in 0 -1 x nan 1e9; do
    expect 2 bench bars.yaml --seconds $seconds
    has err '--seconds'
done
expect 2 bench bars.yaml --profil
has err '--profile'
expect 2 bench
expect 4 bench missing.yaml

# ---- the plan ----
expect 0 show bars.yaml --plan
for space in common kept thread scratch partial outputs; do
    has out "^$space  *[0-9,]* .* [0-9.]* [KMG]*i*B\$"
done
has out '^An engine with [0-9]* threads\{0,1\} allocates [0-9,]* bytes (.*) for batches of 16;$'
has out '^values take .* of this; without reuse they would take .* (ratio [01]\.[0-9]*)\.$'
finish
