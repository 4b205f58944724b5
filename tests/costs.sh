#!/bin/sh
# What a training step of each shipped model does: instructions, multiply-adds, bytes that instructions read and write, and bytes of memory. A change
# that makes more of any shows here, on any machine and however loaded it is. After an improvement, or a change of a model: UPDATE=1.
set -eu
LNGRAPH_ISA=baseline LNGRAPH_DATA= XDG_CACHE_HOME=${TMPDIR:-/tmp}
export LNGRAPH_ISA LNGRAPH_DATA XDG_CACHE_HOME
top=${top_srcdir:-.}
costs=$top/tests/costs.txt

figures() { # FILE: a line of a model
    "$LNGRAPH" show --plan "$1" 2>/dev/null | tr -d , | awk -v model="$(basename "$1" .yaml)" '
        $1 ~ /^(common|kept|thread)$/ && $2 ~ /^[0-9]+$/ && !/%/ { bytes[$1] = $2 }
        /^A step does/ { adds = $4; instructions = $15 }
        /bytes; once for all slices/ { moved = $1; once = $7; shared = $(NF - 1) }
        END { printf "%-14s %11.0f %6.0f %12.0f %6.0f %12.0f %11.0f %11.0f %11.0f\n", model, adds, instructions, moved, once, shared,
            bytes["common"], bytes["kept"], bytes["thread"] }'
}

all() {
    echo '# model      multiply-adds  instr  bytes a slice shared  bytes a step common space  kept space thread space'
    for file in "$top"/models/*.yaml; do
        figures "$file"
    done
}

if [ -n "${UPDATE-}" ]; then
    all >"$costs"
    exit
fi
all | diff "$costs" - || { echo 'what a step does has changed: if for the better, or with a model, UPDATE=1 tests/costs.sh'; exit 1; }
