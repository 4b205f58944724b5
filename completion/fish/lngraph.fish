# fish completion of lngraph: the program itself says what a line can go on with; see lngraph-complete(1).
function __lngraph_complete
    set -l words (commandline -opc)
    set -l word (commandline -ct)
    set -l before (string match -r -- '^--[^=]*=' $word)
    set -l path (string replace -r -- '^--[^=]*=' '' $word)
    set -e words[1]
    set -l lines (lngraph complete -- $words "$word" 2>/dev/null)
    test (count $lines) -gt 0; or return
    set -l paths $lines[1]
    set -e lines[1]
    test (count $lines) -gt 0; and printf '%s\n' $lines
    switch $paths
        case dir
            printf "$before%s\n" (__fish_complete_directories $path '')
        case model
            printf "$before%s\n" (complete -C "'' $path" | string match -r -- '.*(?:/|\.ya?ml)$')
        case file
            printf "$before%s\n" (complete -C "'' $path")
    end
end
complete -c lngraph -f -a '(__lngraph_complete)'
