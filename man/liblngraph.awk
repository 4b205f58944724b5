# Makes liblngraph(3) from the public header and the examples. usage: awk -f liblngraph.awk lngraph.h EXAMPLE.c...
#
# The header is written for it: the first comment is the description, a comment `---- NAME ----` begins a section, the comment above a
# declaration describes it. Text is plain; `code` becomes bold, a page such as lngraph-ops(7) a reference. Of an example, the page shows
# the functions listed here.

BEGIN {
    examples = split("train_string.c classify.c classify_table.c gradient.c", order)
    shown["train_string.c"] = "bind train test main"
    title["train_string.c"] = "Training"
    about_example["train_string.c"] = "Train a model that is described in a string on the program's own arrays, and evaluate it:"
    shown["classify.c"] = "classify"
    title["classify.c"] = "Classifying"
    about_example["classify.c"] = "Classify an image with the model and the weights in the folder of a run:"
    shown["classify_table.c"] = "classify"
    title["classify_table.c"] = "Classifying rows and images"
    about_example["classify_table.c"] = "Classify what a file holds, read as the run has read its own data:"
    shown["gradient.c"] = "build run"
    title["gradient.c"] = "Gradients"
    about_example["gradient.c"] = "Build a function in C, and compute its values and gradients:"
}

function fail(why) { print FILENAME ":" FNR ": " why >"/dev/stderr"; failed = 1; exit 1 }

# ---- text to mdoc ----
function escape(s) { gsub(/\\/, "\\e", s); gsub(/-/, "\\-", s); return s }
function flush_line() { if (line != "") print line; line = "" }

function reference(word, page, section, rest) { # lngraph-ops(7), -> .Xr lngraph-ops 7 ,
    page = word; sub(/\(.*/, "", page)
    section = word; sub(/^[^(]*\(/, "", section); sub(/\).*/, "", section)
    rest = word; sub(/^[^)]*\)/, "", rest); gsub(/./, " &", rest)
    flush_line(); print ".Xr " page " " section rest
}

function call(word, rest) { # fork(). -> .Fn fork .
    rest = word; sub(/^[a-z]*\(\)/, "", rest); gsub(/./, " &", rest); sub(/\(.*/, "", word)
    flush_line(); print ".Fn " word rest
}

function put_word(word, plain) {
    if (word ~ /^lngraph(-[a-z]+)?\([1-8]\)[.,;:]*$/) { reference(word); return }
    if (word ~ /^[a-z]+\(\)[.,;:]*$/) { call(word); return }
    plain = escape(word)
    while (sub(/`/, bold ? "\\fR" : "\\fB", plain)) bold = !bold
    if (plain ~ /^[.']/) plain = "\\&" plain
    if (length(line) + length(plain) > 76) flush_line()
    line = line (line == "" ? "" : " ") plain
    if (word ~ /[.!?][)]?$/) flush_line() # a sentence begins on a line of its own
}

function put_text(text, n, i, word) {
    n = split(text, word, /[ \n]+/)
    for (i = 1; i <= n; i++) if (word[i] != "") put_word(word[i])
    flush_line()
}

function put_literal(text) { sub(/\n$/, "", text); printf ".Bd -literal\n%s\n.Ed\n", text }

# Paragraphs are apart by empty lines; what is indented is literal.
function put_comment(text, n, i, part, l, first) {
    n = split(text, part, /\n/)
    first = 1; l = ""
    for (i = 1; i <= n + 1; i++) {
        if (i <= n && part[i] != "" && part[i] !~ /^    /) { l = l " " part[i]; continue }
        if (l != "") { if (!first) print ".Pp"; put_text(l); l = ""; first = 0 }
        if (part[i] ~ /^    /) {
            for (l = ""; i <= n && part[i] ~ /^    /; i++) l = l escape(substr(part[i], 5)) "\n"
            put_literal(l); l = ""; first = 0; i--
        }
    }
}

# ---- the header ----
function read_comment(text) { # from the line that begins it; without the marks
    text = $0; sub(/^\/\* ?/, "", text)
    while (text !~ /\*\/$/) {
        if ((getline) <= 0) fail("a comment has no end")
        sub(/^ \* ?/, "")
        text = text "\n" $0
    }
    sub(/ *\*\/$/, "", text)
    return text
}

function declare(text, i) { # "LNG_API type name(args);", on one or more lines
    while (text !~ /;$/) {
        if ((getline) <= 0) fail("a declaration has no end")
        sub(/^ +/, " "); text = text $0
    }
    sub(/^LNG_API /, "", text); sub(/ LNG_FORMAT\(.*\);$/, ";", text)
    if (!match(text, /lng_[a-z0-9_]+\(/)) fail("which function is this?")
    i = ++functions
    name[i] = substr(text, RSTART, RLENGTH - 1)
    type[i] = substr(text, 1, RSTART - 1); sub(/ $/, "", type[i])
    args[i] = substr(text, RSTART + RLENGTH); sub(/\);$/, "", args[i])
    if (about == "") fail(name[i] " has no comment")
    entry[++entries] = "f " i; described[entries] = about
    about = ""
}

function read_enum(text, comment, value) { # values, each below its comment, if any, up to the name
    entry[++entries] = "e " $3; described[entries] = about; about = ""
    text = $0; sub(/^[^{]*{/, "", text)
    while (text !~ /}/) {
        if ((getline) <= 0) fail("an enum has no end")
        sub(/^ +(\* )?/, ""); text = text " " $0
    }
    sub(/ *}.*/, "", text)
    while (match(text, /\/\*|LNG_[A-Z_]+/)) {
        value = substr(text, RSTART, RLENGTH); text = substr(text, RSTART + RLENGTH)
        if (value != "/*" && comment == "") fail(value " has no comment")
        if (value != "/*") { entry[++entries] = "v " value; described[entries] = comment; comment = ""; continue }
        comment = substr(text, 1, index(text, "*/") - 1)
        text = substr(text, index(text, "*/") + 2)
    }
}

FNR == NR && /^\/\*/ {
    text = read_comment()
    if (!head) { head = text; sub(/^[^\n]*\n *\n?/, "", head) }
    else if (text ~ /^---- /) { entry[++entries] = "s " text; about = "" }
    else about = text
    next
}
FNR == NR && /^LNG_API/ { declare($0); next }
FNR == NR && /^typedef enum/ { read_enum(); next }
FNR == NR { about = ""; next }

# ---- the examples: functions, each with the comment above it, and empty lines around it ----
FNR == 1 { file = FILENAME; sub(/.*\//, "", file); if (!(file in shown)) fail("the list above does not say what to show of it") }
/^$/ { part = wanted = ""; next }
/^[a-z].*\(/ {
    text = $0; sub(/\(.*/, "", text); sub(/.*[ *]/, "", text)
    if (index(" " shown[file] " ", " " text " ")) { wanted = text; found[file, text] = 1 }
}
{ part = part escape($0) "\n" }
/^}/ && wanted != "" { example[file] = example[file] (example[file] == "" ? "" : "\n") part }

# ---- the page ----
function put_function(i, n, k, arg) {
    n = split(args[i], arg, /, /)
    printf ".It Xo\n.Ft \"%s\"\n.Fo %s\n", type[i], name[i]
    for (k = 1; k <= n; k++) printf ".Fa \"%s\"\n", arg[k]
    print ".Fc\n.Xc"
}

function put_example(file, n, k, want) {
    n = split(shown[file], want)
    for (k = 1; k <= n; k++) if (!((file, want[k]) in found)) { FILENAME = file; fail("there is no function " want[k]) }
    print ".Ss " title[file]
    put_text(about_example[file])
    put_literal(example[file])
}

function end_list() { if (values) print ".El"; if (listed) print ".El"; values = listed = 0 }

function put_entry(i, kind, what, title) {
    kind = substr(entry[i], 1, 1); what = substr(entry[i], 3)
    if (kind == "s") {
        end_list()
        title = what; sub(/^---- /, "", title); sub(/ ----.*/, "", title)
        sub(/^[^\n]*\n?/, "", what)
        print ".Ss " title
        put_comment(what)
        return
    }
    if (kind != "v" && values) { print ".El"; values = 0 }
    if (!listed) { print ".Bl -tag -width Ds"; listed = 1 }
    if (kind == "v" && !values) { print ".Bl -tag -width LNG_DIFFERENTIATE"; values = 1 }
    if (kind == "f") put_function(what)
    else print ".It " (kind == "e" ? "Vt " : "Dv ") what
    put_comment(described[i])
}

END {
    if (failed) exit 1
    print ".\\\" Made from lngraph.h.\n.Dd November 22, 2026\n.Dt LIBLNGRAPH 3\n.Os"
    print ".Sh NAME\n.Nm liblngraph\n.Nd train neural networks described in YAML or built in C"
    print ".Sh SYNOPSIS\n.In lngraph/lngraph.h"
    print ".Sh DESCRIPTION"
    if (!match(head, /\nRules [^\n]*:\n/)) fail("the rules are missing")
    rules = substr(head, RSTART + RLENGTH)
    title["rules"] = substr(head, RSTART + 1, RLENGTH - 3)
    put_comment(substr(head, 1, RSTART))
    for (i = 1; i <= examples; i++) put_example(order[i])
    print ".Ss " title["rules"]
    put_comment(rules)
    for (i = 1; i <= entries; i++) put_entry(i)
    end_list()
    print ".Sh FILES\n.Bl -tag -width Ds\n.It Pa share/doc/lngraph/examples"
    put_text("The complete programs, of which parts are shown here, under the installation prefix. " \
             "The first lines of each say how to compile and run it.")
    print ".El"
    print ".Sh SEE ALSO\n.Xr lngraph 1 ,\n.Xr lngraph-data 5 ,\n.Xr lngraph-files 5 ,\n.Xr lngraph-model 5 ,\n.Xr lngraph-blocks 7 ,\n.Xr lngraph-errors 7 ,"
    print ".Xr lngraph-ops 7"
}
