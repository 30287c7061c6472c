/** The completion script of each shell. All of them ask `camp __complete` (complete.ts), and offer files if it has no answer. */
export const SCRIPTS = {
  bash: `# Completion of camp for bash. Load it: source <(camp completion bash)
_camp() {
  local line
  COMPREPLY=()
  while IFS= read -r line; do
    COMPREPLY+=("$(printf '%q' "$line")")
  done < <("$1" __complete "\${COMP_WORDS[@]:1:COMP_CWORD}" </dev/null 2>/dev/null)
}
complete -o default -F _camp camp
`,
  zsh: `#compdef camp
# Completion of camp for zsh. Load it: source <(camp completion zsh)
_camp() {
  local -a found
  found=("\${(@f)$(camp __complete "\${(@)words[2,CURRENT]}" </dev/null 2>/dev/null)}")
  found=("\${(@)found:#}")
  if (( \${#found} )); then
    compadd -- "\${found[@]}"
  else
    _files
  fi
}
if [ "\${funcstack[1]}" = "_camp" ]; then
  _camp
else
  compdef _camp camp
fi
`,
  fish: `# Completion of camp for fish. Load it: camp completion fish | source
function __camp_complete
    set -l before (commandline -opc)
    set -l current (commandline -ct)
    set -l found (camp __complete $before[2..-1] "$current" </dev/null 2>/dev/null)
    if test (count $found) -gt 0
        printf '%s\\n' $found
    else
        __fish_complete_path "$current"
    end
end
complete -c camp -f -a '(__camp_complete)'
`,
} as const
