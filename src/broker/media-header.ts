import type { Message, Template } from './port.ts'

/**
 * The header of a template with media or a place. A campaign says it by a variable of the template with one of these names, whose value
 * is each person's own (docs/wire/gupshup.md#header): {{header_document}} of a column with links.
 */
const KINDS = {
  header_image: 'image',
  header_video: 'video',
  header_document: 'document',
  header_location: 'location',
} as const

type HeaderVariable = keyof typeof KINDS
type MediaKind = Exclude<(typeof KINDS)[HeaderVariable], 'location'>

export type Header = { kind: MediaKind; link: string } | { kind: 'location'; latitude: string; longitude: string }

/** @returns undefined: its template has no such variable; WRONG: the value is no link, or no place */
export function headerOf(
  { variables }: Message,
  template: Template,
): Header | { kind: 'WRONG'; detail: string } | undefined {
  const name = template.variables.find(isHeader)
  if (name === undefined) return undefined
  const value = (variables[name] ?? '').trim()
  const kind = KINDS[name]
  if (kind === 'location') {
    const [, latitude, longitude] = /^(-?\d{1,2}(?:\.\d+)?)\s*[,;]\s*(-?\d{1,3}(?:\.\d+)?)$/.exec(value) ?? []
    if (latitude !== undefined && longitude !== undefined) return { kind, latitude, longitude }
    return { kind: 'WRONG', detail: `not sent: ${name} is not "latitude,longitude"` }
  }
  if (/^https?:\/\/\S+$/.test(value) && URL.canParse(value)) return { kind, link: value }
  return { kind: 'WRONG', detail: `not sent: ${name} is not an http or https URL` }
}

/** The names of the variables in the text, in the broker's order: by number, if all of them are numbers. */
export function textVariables({ variables }: Template): string[] {
  const names = variables.filter(name => !isHeader(name))
  return names.every(name => /^\d+$/.test(name)) ? names.sort((a, b) => Number(a) - Number(b)) : names
}

function isHeader(name: string): name is HeaderVariable {
  return Object.hasOwn(KINDS, name)
}
