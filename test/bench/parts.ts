/** The parts of a full run, in the order of docs/performance.md. Each has its function in run.ts. */
export const PARTS = [
  'dispatch',
  'gosac',
  'cda',
  'twilio',
  'peers',
  'callbacks',
  'import',
  'start',
  'scale',
  'startup',
  'memory',
  'export',
  'sync',
  'legacy',
  'first-message',
] as const

export type Part = (typeof PARTS)[number]

export function isPart(name: string): name is Part {
  return (PARTS as readonly string[]).includes(name)
}
