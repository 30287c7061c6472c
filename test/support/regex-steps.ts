/**
 * Runs a regular expression as a backtracking engine does, and counts what it tries: how its work grows with a text is then a
 * number, and no time. It knows what the patterns of src/ are made of (characters outside the BMP it reads as two).
 */
export interface Counted {
  /** What a search for every match in the text takes. @returns the steps, or Infinity where they are more than `most` */
  stepsIn(text: string, most: number): number
  /** Where it may try one thing again and again: what a text must begin with to get there, and what it repeats there. */
  readonly loops: readonly { before: string; pumps: readonly string[] }[]
}

type Node =
  | { kind: 'char'; fits: (character: string) => boolean }
  | { kind: 'seq' | 'alt'; nodes: Node[] }
  | { kind: 'group'; node: Node; index: number | undefined }
  | { kind: 'look'; node: Node; behind: boolean; negative: boolean }
  | { kind: 'repeat'; node: Node; min: number; max: number; lazy: boolean }
  | { kind: 'edge'; source: string }
  | { kind: 'back'; index: number }

/** Its first ones are what a class is represented by. */
const ALPHABET = [...`a 0A9é-.,()[]{}<>#%"'/\\_=$@+:;|&?!*~e«»ÃÇº1\n\t\r\u00a0\u200b`]

export function counted({ source, flags }: RegExp): Counted {
  const tree = new Reader(source, flags).read()
  return { stepsIn: stepper(tree, flags), loops: loopsOf(tree) }
}

class Reader {
  #at = 0
  #groups = 0
  readonly #source: string
  readonly #flags: string

  constructor(source: string, flags: string) {
    this.#source = source
    this.#flags = flags.replace(/[gy]/g, '')
  }

  read(): Node {
    const tree = this.#alternatives()
    if (this.#at < this.#source.length) throw new Error(`${this.#source} cannot be read from ${this.#at}`)
    return tree
  }

  #alternatives(): Node {
    const nodes = [this.#sequence()]
    while (this.#take('|')) nodes.push(this.#sequence())
    return nodes.length === 1 ? nodes[0]! : { kind: 'alt', nodes }
  }

  #sequence(): Node {
    const nodes: Node[] = []
    while (this.#at < this.#source.length && !'|)'.includes(this.#source[this.#at]!))
      nodes.push(this.#repeated(this.#atom()))
    return nodes.length === 1 ? nodes[0]! : { kind: 'seq', nodes }
  }

  #repeated(node: Node): Node {
    const [written, sign, least, comma, most] = this.#match(/(?:([*+?])|\{(\d+)(,?)(\d*)\})/y) ?? []
    if (written === undefined) return node
    const min = sign === undefined ? Number(least) : sign === '+' ? 1 : 0
    const end =
      sign === '?' ? 1 : sign === undefined && comma === '' ? min : most ? Number(most) : Number.POSITIVE_INFINITY
    return { kind: 'repeat', node, min, max: end, lazy: this.#take('?') }
  }

  #atom(): Node {
    const open = this.#match(/\((\?<?[=!]|\?:|\?<\w+>)?/y)
    if (open) {
      const kind = open[1] ?? ''
      const index = kind === '' || /^\?<\w/.test(kind) ? ++this.#groups : undefined
      const node = this.#alternatives()
      if (!this.#take(')')) throw new Error(`${this.#source} has a group that is not closed`)
      const look = /^\?(<?)([=!])$/.exec(kind)
      if (look) return { kind: 'look', node, behind: look[1] === '<', negative: look[2] === '!' }
      return { kind: 'group', node, index }
    }
    const edge = this.#match(/[$^]|\\[bB]/y)
    if (edge) return { kind: 'edge', source: edge[0] }
    const back = this.#match(/\\([1-9])/y)
    if (back) return { kind: 'back', index: Number(back[1]) }
    const [source] = this.#match(/\[(?:\\.|[^\]\\])*\]|\\(?:[pP]\{\w+\}|u\{\w+\}|u\w{4}|x\w\w|c\w|.)|[\s\S]/uy) ?? []
    if (source === undefined) throw new Error(`${this.#source} cannot be read from ${this.#at}`)
    return { kind: 'char', fits: fitting(source, this.#flags) }
  }

  #match(pattern: RegExp): RegExpExecArray | null {
    pattern.lastIndex = this.#at
    const found = pattern.exec(this.#source)
    if (found) this.#at = pattern.lastIndex
    return found
  }

  #take(text: string): boolean {
    if (!this.#source.startsWith(text, this.#at)) return false
    this.#at += text.length
    return true
  }
}

function fitting(source: string, flags: string): (character: string) => boolean {
  const pattern = new RegExp(`^${source === '/' ? '\\/' : source}$`, flags.replace('m', ''))
  const known = new Map<string, boolean>()
  return character => {
    let fits = known.get(character)
    if (fits === undefined) {
      fits = pattern.test(character)
      known.set(character, fits)
    }
    return fits
  }
}

class TooMany extends Error {}

type Next = (at: number) => boolean
type Matcher = (at: number, next: Next) => boolean

function stepper(tree: Node, flags: string): Counted['stepsIn'] {
  let [text, steps, most] = ['', 0, 0]
  const captures: (string | undefined)[] = []
  const step = () => {
    if (++steps > most) throw new TooMany()
  }
  const lines = flags.includes('m')
  const isEdge = (source: string, at: number): boolean => {
    if (source === '^') return at === 0 || (lines && text[at - 1] === '\n')
    if (source === '$') return at === text.length || (lines && text[at] === '\n')
    const isWord = (i: number) => /\w/.test(text[i] ?? '')
    return (isWord(at - 1) !== isWord(at)) === (source === '\\b')
  }
  const made = (node: Node, backward: boolean): Matcher => {
    switch (node.kind) {
      case 'char':
        return (at, next) => {
          step()
          const character = text[backward ? at - 1 : at]
          return character !== undefined && node.fits(character) && next(backward ? at - 1 : at + 1)
        }
      case 'edge':
        return (at, next) => isEdge(node.source, at) && next(at)
      case 'back':
        return (at, next) => {
          const said = captures[node.index] ?? ''
          steps += said.length
          return text.startsWith(said, at) && next(at + said.length)
        }
      case 'alt': {
        const all = node.nodes.map(one => made(one, backward))
        return (at, next) => all.some(one => one(at, next))
      }
      case 'seq': {
        const all = node.nodes.map(one => made(one, backward))
        if (backward) all.reverse()
        return all.reduceRight<Matcher>(
          (rest, one) => (at, next) => one(at, then => rest(then, next)),
          (at, next) => next(at),
        )
      }
      case 'group': {
        const inner = made(node.node, backward)
        const { index } = node
        if (index === undefined) return inner
        return (at, next) => {
          const before = captures[index]
          const isDone = inner(at, end => {
            captures[index] = text.slice(Math.min(at, end), Math.max(at, end))
            return next(end)
          })
          if (!isDone) captures[index] = before
          return isDone
        }
      }
      case 'look': {
        const inner = made(node.node, node.behind)
        return (at, next) => inner(at, () => true) !== node.negative && next(at)
      }
      case 'repeat': {
        const inner = made(node.node, backward)
        const { min, max, lazy } = node
        const from = (count: number, at: number, next: Next): boolean => {
          step()
          const once = () => count < max && inner(at, end => (end !== at || count < min) && from(count + 1, end, next))
          const enough = () => count >= min && next(at)
          return lazy ? enough() || once() : once() || enough()
        }
        return (at, next) => from(0, at, next)
      }
    }
  }
  const match = made(tree, false)
  return (given, limit) => {
    ;[text, steps, most] = [given, 0, limit]
    try {
      for (let at = 0; at <= text.length; ) {
        let end = at
        const isFound = match(at, then => {
          end = then
          return true
        })
        at = isFound && end > at ? end : at + 1
      }
      return steps
    } catch (error) {
      if (error instanceof TooMany || error instanceof RangeError) return Number.POSITIVE_INFINITY
      throw error
    }
  }
}

function loopsOf(tree: Node): Counted['loops'] {
  const loops: { before: string; pumps: readonly string[] }[] = [{ before: '', pumps: [sample(tree), ...leaves(tree)] }]
  const walk = (node: Node, before: string): void => {
    if (node.kind === 'seq') {
      let sofar = before
      for (const one of node.nodes) {
        walk(one, sofar)
        sofar += sample(one)
      }
    } else if (node.kind === 'alt') for (const one of node.nodes) walk(one, before)
    else if (node.kind === 'repeat') {
      if (node.max === Number.POSITIVE_INFINITY) {
        const bodies = [...new Set([sample(node.node), ...leaves(node.node)])]
        loops.push({ before, pumps: [...bodies, ...bodies.map(body => before + body), before] })
      }
      walk(node.node, before)
    } else if (node.kind === 'group' || node.kind === 'look') walk(node.node, before)
  }
  walk(tree, '')
  return loops.map(({ before, pumps }) => ({ before, pumps: [...new Set(pumps)].filter(pump => pump !== '') }))
}

/** A short text that fits. */
function sample(node: Node): string {
  switch (node.kind) {
    case 'char':
      return standsFor(node)[0] ?? ''
    case 'seq':
      return node.nodes.map(sample).join('')
    case 'alt':
      return sample(node.nodes[0]!)
    case 'group':
      return sample(node.node)
    case 'repeat':
      return sample(node.node).repeat(node.min)
    default:
      return ''
  }
}

/** Characters that fit one of its places. */
function leaves(node: Node): string[] {
  switch (node.kind) {
    case 'char':
      return standsFor(node)
    case 'seq':
    case 'alt':
      return [...new Set(node.nodes.flatMap(leaves))]
    case 'group':
    case 'repeat':
    case 'look':
      return leaves(node.node)
    default:
      return []
  }
}

function standsFor({ fits }: Node & { kind: 'char' }): string[] {
  const found = ALPHABET.filter(fits)
  if (found.length > 0) return found.slice(0, 3)
  for (let code = 0; code <= 0xffff; code++) {
    const character = String.fromCharCode(code)
    if (fits(character)) return [character]
  }
  return []
}
