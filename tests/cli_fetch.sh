#!/bin/sh
# lngraph fetch without a web: the list, folders, model files, and what is said when it cannot be done.
. "$top_srcdir/tests/shell/common"
. "$top_srcdir/tests/shell/bars"
mnist=${LNGRAPH_DATA-}
bars 240 60
unset LNGRAPH_DATA
XDG_CACHE_HOME=$work/cache
export XDG_CACHE_HOME
kept=cache/lngraph/bars

# what lngraph makes itself: the same bytes everywhere
expect 4 run "$top_srcdir/models/churn.yaml"
has err 'hint: `lngraph fetch churn` makes it'
lacks err 'digits'
expect 0 fetch
has out 'not here; `lngraph fetch churn` makes it'
expect 2 fetch churn --from data
has err 'from has no effect: lngraph makes the data set `churn` itself'
for set in churn fraud prices rentals shapes tags tales; do
    expect 0 fetch $set
    has out "the data set \`$set\` is in $work/cache/lngraph/$set"
    echo "$set $(cd cache/lngraph/$set && cat $(find train* test* -type f | LC_ALL=C sort) | cksum)"
done >sums
expect 0 fetch
has out "here, in $work/cache/lngraph/tags"
printf 'x' >cache/lngraph/churn/test.csv
expect 0 fetch churn
cat >right <<'END'
churn 1360351109 310678
fraud 2847250254 1941233
prices 1307928430 290414
rentals 1934062357 158819
shapes 2882825256 1033688
tags 3007048120 230978
tales 4152904804 755173
END
claim 'the bytes are those of every other machine' cmp sums right
claim 'a changed file is made again' grep -q '^customer,age' cache/lngraph/churn/test.csv
claim '600 images for training' [ "$(find cache/lngraph/shapes/train -name '*.pgm' | wc -l)" -eq 600 ]
rm -r cache

# the list, and names
expect 0 fetch
has out "into $work/cache/lngraph/NAME"
has out '^  mnist  *handwritten'
has out '`lngraph fetch mnist` downloads it'
has out '^  digits '
expect 0 fetch digits
has out 'nothing to fetch'
expect 2 fetch mnits
has err 'did you mean `mnist`'
expect 2 fetch imagenet
has err 'lngraph fetch` lists the data sets'
expect 2 fetch --from data
has err 'lngraph fetch NAME --from data'
claim 'looking makes no cache' [ ! -e cache ]

# a model file: the set that it describes, from a folder, without or with .gz
expect 3 fetch bars.yaml
has err '^bars.yaml:6:5: error\[missing-key\]: .*names no `urls`'
has err 'from DIR'
gzip -n data/t*-images
expect 0 fetch bars.yaml --from data
has out "the data set \`bars\` is in $work/$kept"
claim 'four files' [ "$(cd $kept && echo *)" = 'test-images.gz test-labels train-images.gz train-labels' ]
expect 0 fetch bars.yaml --from nowhere
has out 'complete in'
expect 0 run -q -o run bars.yaml
expect 0 fetch run/model.yaml
expect 4 fetch no-such.yaml
has err 'no-such.yaml: error\[io\]'

# a run in want of it names this way
sed '/format: idx/a\    urls: [http://127.0.0.1:1/]' bars.yaml >mirrored.yaml
XDG_CACHE_HOME=$work/other expect 4 run mirrored.yaml
has err '`lngraph fetch mirrored.yaml` downloads it'

# a damaged file of the cache is replaced, whichever way it is spelt; what is beside it stays
head -c 50 data/test-labels >$kept/test-labels.gz
printf x >$kept/train-labels
expect 0 fetch bars.yaml --from data
has err '^test-labels: the cache.s file is damaged: '
lacks err '^test-labels: from'
has err '^train-labels: the cache.s file is damaged: '
claim 'the same four files' [ "$(cd $kept && echo *)" = 'test-images.gz test-labels train-images.gz train-labels' ]

# until there is the right one
printf x >$kept/train-labels
expect 4 fetch bars.yaml --from nowhere
has err '^train-labels: the cache.s file is damaged: '
claim 'what is damaged stays until there is something better' [ "$(cat $kept/train-labels)" = x ]
expect 0 fetch bars.yaml --from data

# a stranger's description cannot have a standard set's folder, nor one without a name any
expect 0 fetch churn
cksum cache/lngraph/churn/* >before
sed '6s/bars/churn/' bars.yaml >stranger.yaml
expect 3 fetch stranger.yaml --from data
has err '^stranger.yaml:6:11: error\[duplicate-key\]: `churn` is the name of a standard data set, whose folder no other one can have$'
has err 'hint: give this one another `name`; `lngraph fetch churn` fetches the standard one'
cksum cache/lngraph/churn/* >after
claim 'the standard one is as it was' cmp before after
sed 6d bars.yaml >nameless.yaml
expect 3 fetch nameless.yaml --from data
has err '^nameless.yaml:6:5: error\[missing-key\]: a data set to fetch needs a `name`, which is that of its folder$'
mv $kept cache/lngraph/data
expect 4 run nameless.yaml
lacks err cache
mv cache/lngraph/data $kept

# a folder that has no such set, or another one
mkdir empty wrong
expect 4 fetch mnist --from empty
has err 'error\[data-not-found\]: `train-images-idx3-ubyte` of the data set `mnist`'
has err 'empty: has no train-images-idx3-ubyte and no train-images-idx3-ubyte.gz'
cp data/train-labels wrong/train-images-idx3-ubyte
expect 3 fetch mnist --from wrong
has err 'error\[data\]'
has err 'SHA-256'
claim 'nothing is kept' [ ! -e cache/lngraph/mnist ]

# no curl, no wget; no place for a cache; no folder can be made there
mkdir nothing
PATH=$work/nothing expect 4 fetch mnist
has err 'error\[system\]: downloading needs curl or wget'
has err 'from DIR'
(unset XDG_CACHE_HOME HOME && "$LNGRAPH" fetch mnist >out 2>err)
claim 'no place: the system refuses' [ $? = 4 ]
has err 'neither XDG_CACHE_HOME nor HOME'
(unset XDG_CACHE_HOME HOME && "$LNGRAPH" fetch >out 2>err)
claim 'the list needs no place' [ $? = 0 ]
XDG_CACHE_HOME=$work/bars.yaml expect 4 fetch mnist
has err 'bars.yaml'

# nothing but the web and folders
for url in file:///etc/ ftp://127.0.0.1/ data:; do
    sed "s|urls: .*|urls: ['$url']|" mirrored.yaml >other.yaml
    expect 3 fetch other.yaml
    has err 'a URL begins with http:// or https://'
done
expect 2 fetch mnist --from file:///etc
has err 'http:// or https://, not file:///etc'

# a name is a folder's
for name in ../x . .. '""'; do
    sed "s|name: bars\$|name: $name|" bars.yaml >named.yaml
    expect 3 fetch named.yaml
    has err '^named.yaml:6:11: error\[out-of-range\]: a data set.s name is that of its folder'
done

if [ -n "$mnist" ] && [ -e "$mnist/train-images-idx3-ubyte.gz" ]; then
    expect 0 fetch mnist --from "$mnist"
    expect 0 fetch
    has out "here, in $work/cache/lngraph/mnist"
    expect 0 fetch mnist
    has out 'complete in'
    empty err
fi
finish
