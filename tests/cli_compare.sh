#!/bin/sh
# lngraph compare: what differs in the models, figures side by side, and whether the difference is more than chance.
. "$top_srcdir/tests/shell/common"
. "$top_srcdir/tests/shell/bars"
bars 240 60
expect 0 run -q bars.yaml -o a
expect 0 run -q bars.yaml -o b -s train.optimizer.lr=0.001 -s train.epochs=1
cp -r a same

# ---- the keys that differ, and only they ----
expect 0 compare a b
empty err
cp out text
has text '^differs  *a  *b *$'
has text '^train.optimizer.sgd.lr  *0.5  *0.001$\|^train.optimizer.lr  *0.5  *0.001$\|^train.optimizer  *sgd(lr=0.5)'
has text '^train.epochs  *4  *1$'
claim 'nothing else differs' [ "$(sed -n '/^differs/,/^$/p' text | wc -l)" = 5 ]
expect 0 compare a same
has out '^The models are the same, in every key.$'
has out '^accuracy of a less that of same: +0.0000, p = 1.0000: may be chance (McNemar);$'
has out '^only a is right 0 times, only same 0 times$'
has out 'auc.macro of a less that of same: +0.0000, p = 1.0000: may be chance (DeLong)'

# values are shortened to the width of the screen
expect 0 run -q bars.yaml -o long -s "note=$(printf 'many words %.0s' 1 2 3 4 5 6 7 8 9)"
expect 0 compare a long
has out '^note  *three kinds of bars  many words .*\.\.\.$'
claim 'no line is wider than the screen' awk 'length > 80 { exit 1 }' out

# ---- the tests, against predictions counted with awk ----
labels() { tail -c 60 data/test-labels | od -An -v -tu1 | tr -s ' ' '\n' | sed '/^$/d'; }
labels >labels
for run in a b; do
    expect 0 predict $run data/test-images
    cut -f 2 out >$run.classes
done
paste labels a.classes b.classes | awk '{ x = $1 == $2; y = $1 == $3; b += x && !y; c += y && !x; n++ }
    function choose(n, k,   r, i) { r = 1; for (i = 1; i <= k; i++) r = r * (n - k + i) / i; return r }
    END { k = b < c ? b : c; for (i = 0; i <= k; i++) p += 2 * choose(b + c, i) / 2 ^ (b + c); if (p > 1) p = 1; printf "%d %d %.10f\n", b, c, p }' >wanted
expect 0 compare a b --json
cp out json
read -r b c p <wanted
has json "^      \"only_first\": $b,\$"
has json "^      \"only_second\": $c\$"
claim "McNemar's p is $p" [ "$(sed -n '/"McNemar"/,/}/s/.*"p": \([0-9.e-]*\).*/\1/p' json | awk '{ printf "%.10f", $1 }')" = "$p" ]
has json '"test": "DeLong"'
has json '"key": "train.epochs"'
claim 'in the other order, the sign alone changes' [ "$("$LNGRAPH" compare b a --json | sed -n 's/.*"p": //p')" = "$(sed -n 's/.*"p": //p' json)" ]

# ---- the page ----
mv b "b<script>"
expect 0 compare a 'b<script>' same --html page.html
lacks page.html '<script>'
lacks page.html 'https\?:'
has page.html 'b&lt;script&gt;'
has page.html '<td>0[.0-9]* (0[.0-9]* to [.0-9]*)</td>'
claim 'learning curves and ROC' [ "$(grep -c '<svg class="figure"' page.html)" = 3 ]
claim 'each id once' [ -z "$(grep -o ' id="[^"]*"' page.html | sort | uniq -d)" ]
mv 'b<script>' b

# ---- what cannot be compared ----
expect 2 compare a
has err 'needs RUN RUN...'
expect 3 compare a data
has err 'data is not a run folder'
sed 's/"format": 2/"format": 1/' b/report.json >old && cp -r b old-run && cp old old-run/report.json
expect 3 compare a old-run
has err 'the report has format 1'
mkdir other && cp -r data other/data
printf '%b' '\0001' | dd of=other/data/test-images bs=1 seek=100 conv=notrunc 2>dd
cp bars.yaml other && expect 0 run -q other/bars.yaml --data other/data -o c
expect 3 compare a c
has err 'a and c cannot be compared example by example: the field `image` of the examples differs'
has out '^accuracy '
lacks out 'more than chance'
finish
