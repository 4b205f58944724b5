#!/bin/sh
# lngraph fetch: from a folder and from mirrors given as file URLs; what is damaged or cut never gets a file's name.
. "$top_srcdir/tests/shell/common"

XDG_CACHE_HOME=$PWD/cache
export XDG_CACHE_HOME
expect 0 fetch digits
has out 'built in'
expect 3 fetch mnits
has err 'did you mean `mnist`'
mkdir empty
expect 4 fetch mnist --from empty
has err 'train-images-idx3-ubyte'
claim 'nothing is kept' [ -z "$(ls cache/lngraph/mnist)" ]

mkdir wrong
for f in train-images-idx3-ubyte train-labels-idx1-ubyte t10k-images-idx3-ubyte t10k-labels-idx1-ubyte; do
    printf '\000\000\010\001\000\000\000\001\003' >wrong/$f
done
expect 4 fetch mnist --from wrong
has err 'SHA-256\|sha256\|digest'
claim 'what has the wrong digest is not kept' [ -z "$(ls cache/lngraph/mnist)" ]

if [ -n "${LNGRAPH_DATA-}" ] && [ -e "$LNGRAPH_DATA/train-images-idx3-ubyte.gz" ]; then
    mkdir -p cache/lngraph/mnist
    expect 0 fetch mnist --from "$LNGRAPH_DATA"
    has out 'cache/lngraph/mnist'
    claim 'four files' [ "$(ls cache/lngraph/mnist | wc -l)" = 4 ]
    expect 0 fetch
    has err 'is there'
    if command -v curl >/dev/null; then # a cut transfer is taken up again
        rm cache/lngraph/mnist/t10k-images-idx3-ubyte.gz
        head -c 100000 "$LNGRAPH_DATA/t10k-images-idx3-ubyte.gz" >cache/lngraph/mnist/t10k-images-idx3-ubyte.gz.part
        expect 0 fetch mnist --from "file://$LNGRAPH_DATA"
        claim 'taken up again' cmp -s cache/lngraph/mnist/t10k-images-idx3-ubyte.gz "$LNGRAPH_DATA/t10k-images-idx3-ubyte.gz"
    fi
fi
finish
