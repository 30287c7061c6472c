import { anyOf } from '../language/format.ts'
import { t } from '../language/text.ts'

/** A message of commander as a message of camp, in the language of the run: its suggestion on the same line. */
export function usageMessage(message: string): string {
  const [, text = message, suggestion = ''] = SUGGESTION.exec(message.replace(/^error: /, '')) ?? []
  const said = translated(text)
  return suggestion === '' ? said : t`${said}: did you mean ${anyOf(suggestion.split(', '))}?`
}

const SUGGESTION = /^(.*?)(?:\n\(Did you mean (?:one of )?([^()\n]+)\?\))?$/s

/** The messages of commander 14; a text that is not one of them stays as it is. */
const MESSAGES: readonly (readonly [RegExp, (...groups: string[]) => string])[] = [
  [/^unknown command '(.*)'$/s, word => t`unknown command "${word}"`],
  [/^unknown option '(.*)'$/s, word => t`unknown option "${word}"`],
  [/^missing required argument '(.*)'$/s, name => t`missing required argument '${name}'`],
  [/^option '(.*)' argument missing$/s, flags => t`option '${flags}' argument missing`],
  [
    /^option '([^']*)' argument '(.*)' is invalid\. (.*)$/s,
    (flags, value, why) => t`option '${flags}' argument '${value}' is invalid. ${why}`,
  ],
  [
    /^command-argument value '(.*)' is invalid for argument '([^']*)'\. (.*)$/s,
    (value, name, why) => t`command-argument value '${value}' is invalid for argument '${name}'. ${why}`,
  ],
  [
    /^too many arguments for '(.*)'\. Expected (\d+) arguments? but got (\d+)\.$/s,
    (command, most, given) =>
      most === '1'
        ? t`too many arguments for '${command}'. Expected 1 argument but got ${given}.`
        : t`too many arguments for '${command}'. Expected ${most} arguments but got ${given}.`,
  ],
]

function translated(text: string): string {
  for (const [form, say] of MESSAGES) {
    const match = form.exec(text)
    if (match) return say(...match.slice(1))
  }
  return text
}
