# Completion of ingot for fish 3 and later: ingot completion fish | source
function __ingot_complete
    set -l words (commandline -opc)
    set -l program (string replace -r -- '^~' "$HOME" "$words[1]")
    type -q -- $program; or return
    set -l found ($program __complete fish -- (commandline -cp | string collect) 2>/dev/null)
    set -l kind $found[1]
    set -e found[1]
    switch "$kind"
        case files folders
            set -l word (commandline -ct)
            set -l name (string match -r -- '^--[^=]+=' "$word")
            set -l typed (string replace -r -- '^--[^=]+=' '' "$word")
            set -l list __fish_complete_path
            test $kind = folders; and set list __fish_complete_directories
            $list "$typed" | string replace -r -- '^' "$name"
        case words open
            printf '%s\n' $found
    end
end
complete -c ingot -f -k -a '(__ingot_complete)'
