#compdef ingot
# Completion of ingot for zsh: source <(ingot completion zsh) behind compinit, or a file _ingot in a folder of $fpath.
_ingot() {
  local program=${(Q)words[1]} kind
  local -a found
  program=${program/#\~/$HOME}
  found=("${(@f)$("$program" __complete zsh -- "${(j: :)words[1,CURRENT-1]} $QIPREFIX$PREFIX" 2>/dev/null)}")
  kind=$found[1]
  shift found
  case $kind in
    files) compset -P '--*='; _files ;;
    folders) compset -P '--*='; _files -/ ;;
    open) _describe -V word found -S '' ;;
    words) _describe -V word found ;;
  esac
}
# As a file of $fpath this is the body of the function; sourced, it only defines it.
if [[ $funcstack[1] == _ingot ]]; then _ingot "$@"; else compdef _ingot ingot; fi
