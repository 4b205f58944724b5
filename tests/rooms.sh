#!/bin/sh
# A room includes only its own headers, and those of rooms above its own in ARCHITECTURE.md's table. Each file begins with what it is for.
set -eu
cd "${top_srcdir:-.}"

awk '
    FNR == 1 { room = ""; if (split(FILENAME, part, "/") == 3 && part[1] == "src") room = part[2] }
    FILENAME == "ARCHITECTURE.md" {
        if (match($0, /^\| `(src|include)\/[a-z]+\//)) {
            name = substr($0, RSTART, RLENGTH)
            sub(/^\| `(src\/)?/, "", name)
            order[substr(name, 1, index(name, "/") - 1)] = ++rooms
        }
        next
    }
    /^\*/ { print FILENAME ":" FNR ": the star of a comment stands below that of its first line"; bad = 1 }
    FNR == 1 && !/^\/\* [A-Za-z]/ && room { print FILENAME ": it does not begin with a comment that says what it is for"; bad = 1 }
    !room { next }
    !(room in order) {
        if (!said[room]++) { print FILENAME ": the room src/" room " is not in the table of ARCHITECTURE.md"; bad = 1 }
        next
    }
    /^[ \t]*#[ \t]*include[ \t]*"/ {
        target = $0
        sub(/^[^"]*"/, "", target)
        sub(/".*/, "", target)
        n = split(target, part, "/")
        if (n == 1 && target != "config.h") { print FILENAME ":" FNR ": write the room in #include \"" target "\""; bad = 1 }
        if (n == 1) next
        from = part[1] == "lngraph" ? "include" : part[1]
        if (!(from in order)) { print FILENAME ":" FNR ": no such room: " target; bad = 1 }
        else if (order[from] > order[room]) { print FILENAME ":" FNR ": " room " stands above " from ": " target; bad = 1 }
        checked++
    }
    END {
        if (rooms < 10) { print "ARCHITECTURE.md: where is the table of rooms?"; bad = 1 }
        if (checked < 10) { print "only " checked + 0 " #include lines found"; bad = 1 }
        exit bad
    }
' ARCHITECTURE.md $(ls src/*/*.[ch] src/*/*.def)
