/** Lines of a manual page, in the macros of man(7). */
export type Roff = string

/** Text in a line of its own: a period or an apostrophe at its beginning is no request. */
export function escaped(text: string): Roff {
  return text
    .replaceAll('\\', '\\e')
    .replaceAll('-', '\\-')
    .replaceAll('~', '\\(ti')
    .replaceAll('^', '\\(ha')
    .replace(/\P{ASCII}/gu, character => `\\[u${hex(character.codePointAt(0)!)}]`)
    .replace(/^(?=[.'])/gm, '\\&')
}

function hex(code: number): string {
  return code.toString(16).toUpperCase().padStart(4, '0')
}

export function bold(text: string): Roff {
  return `\\fB${escaped(text)}\\fR`
}

/** A section (SH) or a part of one (SS). */
export function titled(macro: 'SH' | 'SS', heading: string, body: readonly Roff[]): Roff[] {
  return body.length === 0 ? [] : [`.${macro} "${escaped(heading)}"`, ...body]
}

export function tagged(term: string, description: string): Roff[] {
  return ['.TP', bold(term), escaped(description)]
}

export function paragraph(text: string): Roff[] {
  return ['.PP', escaped(text)]
}

/** Lines that stay as they are, without empty ones at either end. */
export function block(text: string): Roff[] {
  const lines = text.split('\n')
  const isFilled = (line: string) => line !== ''
  const kept = lines.slice(Math.max(0, lines.findIndex(isFilled)), lines.findLastIndex(isFilled) + 1)
  return ['.PP', '.nf', ...kept.map(escaped), '.fi']
}
