# Completion of ingot for bash 4 and later: source <(ingot completion bash)
_ingot() {
  local program=${COMP_WORDS[0]/#\~/$HOME} kind= word
  COMPREPLY=()
  {
    read -r kind
    while IFS= read -r word; do COMPREPLY+=("$word"); done
  } < <("$program" __complete bash "$COMP_WORDBREAKS" -- "${COMP_LINE:0:COMP_POINT}" 2>/dev/null)
  case $kind in
    files) compopt -o default ;;
    folders) compopt -o dirnames ;;
    open) compopt -o nospace ;;
  esac
}
complete -F _ingot ingot
