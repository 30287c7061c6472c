import { type FaultRule, PLACEHOLDER } from '../../src/database/fault.ts'
import { EXIT_CODES } from '../../src/error-codes.ts'

/** The rules as docs/errors.md prints them, a line each. */
export function faultTable(rules: readonly FaultRule[]): string {
  const lines = rules.map(({ name, says, hint, kind, word }) => {
    const shown = hint().replace(PLACEHOLDER, (_, name: string) => name.toUpperCase())
    return `| ${name} | ${says()} | ${EXIT_CODES[kind]} | ${shown} | ${word} |`
  })
  return ['| what comes | camp says | exit | what to do | /healthz |', '|---|---|---|---|---|', ...lines].join('\n')
}
