import { SaxesParser } from 'saxes'
import { PartDecoder } from './part-decoder.ts'

export type Attributes = Readonly<Record<string, string>>

/** The namespace of a prefix where an element begins; '' for none. */
export type NamespaceOf = (prefix: string) => string

/** What to do with an element, and which child elements are read, by name. All others are skipped with their content. */
interface Element {
  open?: (attributes: Attributes, namespaceOf: NamespaceOf) => void
  /** Text and CDATA directly in it: one text may come in several pieces. */
  text?: (piece: string) => void
  close?: () => void
  within?: Elements
}

export type Elements = Readonly<Record<string, Element>>

/** The namespaces whose elements are read; an element without one counts, too, since some programs write none. */
export type Vocabulary = ReadonlySet<string>

// Transitional and strict.
export const SPREADSHEET: Vocabulary = new Set([
  'http://schemas.openxmlformats.org/spreadsheetml/2006/main',
  'http://purl.oclc.org/ooxml/spreadsheetml/main',
])
export const RELATIONSHIPS: Vocabulary = new Set([
  'http://schemas.openxmlformats.org/package/2006/relationships',
  'http://purl.oclc.org/ooxml/package/relationships',
])

const COMPATIBILITY = 'http://schemas.openxmlformats.org/markup-compatibility/2006'
/** Excel reads its own later additions, and shows their content. */
const EXCEL = 'http://schemas.microsoft.com/office/'

// Excel's longest cell has 32,767 characters: a text of this size only fills the memory.
const MAX_BETWEEN_TAGS = 1024 * 1024

// Excel writes a dozen. An element that declares one copies all that are declared around it.
const MAX_NAMESPACES = 256

/**
 * Reads XML a chunk of bytes at a time. An element is identified by its namespace and its position, with any prefix. Of
 * alternatives (mc:AlternateContent) the one that Excel uses is read. Entities of a DTD are an error, as is everything that is
 * not well formed.
 * @throws Error with the position, from `write` and `end`
 */
export class XmlReader {
  readonly #decoder = new PartDecoder()
  readonly #parser = new SaxesParser<{ xmlns: false }>({ xmlns: false })
  readonly #names: Names
  /** The open elements that are read, from the outermost; the first is the part itself. */
  readonly #open: Place[]
  /** The depth within a skipped element, itself included. */
  #passedOver = 0
  #sinceTag = 0

  constructor(vocabulary: Vocabulary, elements: Elements) {
    this.#names = new Names(vocabulary)
    this.#open = [new Place({ within: elements })]
    this.#parser.on('error', error => {
      throw error
    })
    this.#parser.on('attribute', ({ name, value }) => {
      if (name.startsWith('xmlns')) this.#names.declare(name, value)
    })
    this.#parser.on('opentag', tag => this.#opened(tag.name, tag.attributes))
    this.#parser.on('closetag', () => this.#closed())
    const text = (piece: string) => {
      if (this.#passedOver === 0) this.#open.at(-1)!.text?.(piece)
    }
    this.#parser.on('text', text)
    this.#parser.on('cdata', text)
  }

  write(chunk: Buffer): void {
    this.#sinceTag += chunk.length
    this.#parser.write(this.#decoder.write(chunk))
    if (this.#sinceTag > MAX_BETWEEN_TAGS) throw new Error('a text in it is longer than any cell')
  }

  end(): void {
    this.#parser.write(this.#decoder.end())
    this.#parser.close()
  }

  #opened(tag: string, attributes: Attributes): void {
    this.#sinceTag = 0
    this.#names.open()
    const place = this.#passedOver > 0 ? undefined : this.#placeOf(tag, attributes)
    if (!place) {
      this.#passedOver++
      return
    }
    this.#open.push(place)
    place.open?.(attributes, this.#names.namespaceOf)
  }

  #closed(): void {
    this.#sinceTag = 0
    this.#names.close()
    if (this.#passedOver > 0) this.#passedOver--
    else this.#open.pop()!.close?.()
  }

  #placeOf(tag: string, attributes: Attributes): Place | undefined {
    const parent = this.#open[this.#open.length - 1]!
    const name = this.#names.of(tag)
    if (name === undefined) return undefined
    if (parent.alternatives) return parent.alternatives.take(name, attributes, this.#names)
    return name === ALTERNATIVES ? new Place({}, new Alternatives(parent)) : parent.within.get(name)
  }
}

/** Reads a part to its end. */
export async function readXml(
  chunks: AsyncIterable<Buffer>,
  vocabulary: Vocabulary,
  elements: Elements,
): Promise<void> {
  const reader = new XmlReader(vocabulary, elements)
  for await (const chunk of chunks) reader.write(chunk)
  reader.end()
}

/** An expected element, with one shape for all: a sheet has millions. */
class Place {
  readonly open: Element['open']
  readonly text: Element['text']
  readonly close: Element['close']
  readonly within: ReadonlyMap<string, Place>
  readonly alternatives: Alternatives | undefined

  constructor({ open, text, close, within = {} }: Element, alternatives?: Alternatives) {
    this.open = open
    this.text = text
    this.close = close
    this.within = new Map(Object.entries(within).map(([name, element]) => [name, new Place(element)]))
    this.alternatives = alternatives
  }

  /** A place for the same elements. */
  get inner(): Place {
    return Object.assign(new Place({}), { within: this.within })
  }
}

const ALTERNATIVES = 'mc:AlternateContent'

/** The content of the chosen alternative takes the place of the alternatives. */
class Alternatives {
  readonly #parent: Place
  #isTaken = false

  constructor(parent: Place) {
    this.#parent = parent
  }

  /** The first choice whose namespaces are all known, or the fallback. */
  take(name: string, { Requires = '' }: Attributes, { vocabulary, namespaceOf }: Names): Place | undefined {
    if (this.#isTaken) return undefined
    const prefixes = Requires.split(/\s+/).filter(prefix => prefix !== '')
    const known = (namespace: string) => vocabulary.has(namespace) || namespace.startsWith(EXCEL)
    const fits = name === 'mc:Choice' && prefixes.length > 0 && prefixes.every(prefix => known(namespaceOf(prefix)))
    if (!fits && name !== 'mc:Fallback') return undefined
    this.#isTaken = true
    return this.#parent.inner
  }
}

/** The meaning of the elements' names at the current position. */
class Names {
  readonly vocabulary: Vocabulary
  readonly namespaceOf: NamespaceOf = prefix => this.#scope.get(prefix) ?? ''
  #scope: ReadonlyMap<string, string> = new Map()
  /** The outer scopes, by the depth of the element that has changed them. */
  readonly #outer: { depth: number; scope: ReadonlyMap<string, string> }[] = []
  #depth = 0
  #declared: Map<string, string> | undefined
  /** A sheet has a dozen names and millions of elements. */
  #known = new Map<string, string | undefined>()

  constructor(vocabulary: Vocabulary) {
    this.vocabulary = vocabulary
  }

  /** By an attribute xmlns or xmlns:prefix of the element that opens next. */
  declare(name: string, value: string): void {
    if (name.length > 5 && name[5] !== ':') return
    this.#declared ??= new Map(this.#scope)
    this.#declared.set(name.slice(6), value.trim())
    if (this.#declared.size > MAX_NAMESPACES) throw new Error(`it has more than ${MAX_NAMESPACES} namespaces`)
  }

  open(): void {
    this.#depth++
    if (!this.#declared) return
    this.#outer.push({ depth: this.#depth, scope: this.#scope })
    this.#enter(this.#declared)
    this.#declared = undefined
  }

  close(): void {
    if (this.#outer.at(-1)?.depth === this.#depth) this.#enter(this.#outer.pop()!.scope)
    this.#depth--
  }

  /** The local name in the vocabulary, or with mc: in that of alternatives; undefined for any other. */
  of(tag: string): string | undefined {
    const known = this.#known.get(tag)
    if (known !== undefined || this.#known.has(tag)) return known
    const colon = tag.indexOf(':')
    const namespace = this.namespaceOf(tag.slice(0, Math.max(0, colon)))
    const local = tag.slice(colon + 1)
    const isRead = this.vocabulary.has(namespace) || (namespace === '' && colon < 0)
    const name = isRead ? local : namespace === COMPATIBILITY ? `mc:${local}` : undefined
    this.#known.set(tag, name)
    return name
  }

  #enter(scope: ReadonlyMap<string, string>): void {
    this.#scope = scope
    this.#known = new Map()
  }
}
