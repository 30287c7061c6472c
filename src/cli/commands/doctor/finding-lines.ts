import type { Finding } from '../../../doctor/finding.ts'
import { type Block, type Style, styled } from '../../blocks.ts'

const STYLES: Readonly<Record<Finding['state'], Style>> = { ok: 'green', warn: 'yellow', fail: 'red' }

/** One line for each finding, and below it what to do. */
export function findingLines(findings: readonly Finding[]): Block[] {
  return findings.flatMap(({ state, check, found, remedy }) => [
    styled([STYLES[state], state.padEnd(4)], `  ${check}: ${found}`),
    ...(remedy === null ? [] : remedy.split('\n').map(line => styled(`      ${line}`))),
  ])
}
