import fc from 'fast-check'

/** What happens to a file on its way: cut, a bit flipped, something inserted, a piece doubled or lost, another encoding. */
export type Mutation =
  | { kind: 'cut'; at: number }
  | { kind: 'flip'; at: number; bit: number }
  | { kind: 'insert'; at: number; bytes: Uint8Array }
  | { kind: 'double' | 'lose'; at: number; length: number }
  | { kind: 'encode'; from: BufferEncoding; to: BufferEncoding }

/** Places are shares of the length, so that they fit any text before; anywhere alike, or all would happen at the beginning. */
const place = fc.noBias(fc.nat(9_999).map(n => n / 10_000))
const encoding = fc.constantFrom<BufferEncoding>('utf8', 'latin1', 'utf16le')
/** What means something to a reader of files, as well as chance. */
const TELLING = [
  '"',
  ';',
  '\n',
  '\r',
  '\0',
  '\ufeff',
  'sep=;\n',
  '""',
  '\ud800',
  '<',
  '&',
  '<v>',
  '</row>',
  '9'.repeat(400),
  'PK',
  '\x1f\x8b',
  '\\.',
  '\\N\t',
]
const bytes = fc.oneof(
  fc.uint8Array({ maxLength: 40 }),
  fc.constantFrom(...TELLING).map(text => Buffer.from(text)),
)

/** What leaves nothing to read is worth few tries. */
const rarely = <T>(arbitrary: fc.Arbitrary<T>) => ({ arbitrary, weight: 1 })
const often = <T>(arbitrary: fc.Arbitrary<T>) => ({ arbitrary, weight: 4 })

export const mutations = fc.array(
  fc.oneof(
    often(fc.record({ kind: fc.constant('flip' as const), at: place, bit: fc.nat(7) })),
    often(fc.record({ kind: fc.constant('insert' as const), at: place, bytes })),
    often(fc.record({ kind: fc.constantFrom('double' as const, 'lose' as const), at: place, length: fc.nat(60) })),
    rarely(fc.record({ kind: fc.constant('cut' as const), at: place })),
    rarely(fc.record({ kind: fc.constant('encode' as const), from: encoding, to: encoding })),
  ),
  { minLength: 1, maxLength: 4 },
)

export function mutate(original: Buffer, steps: readonly Mutation[]): Buffer {
  return steps.reduce(mutateOnce, original)
}

function mutateOnce(file: Buffer, step: Mutation): Buffer {
  if (step.kind === 'encode') return Buffer.from(file.toString(step.from), step.to)
  const at = Math.floor(step.at * file.length)
  const [before, after] = [file.subarray(0, at), file.subarray(at)]
  switch (step.kind) {
    case 'cut':
      return before
    case 'flip':
      return Buffer.concat([
        before,
        Buffer.from(after.subarray(0, 1).map(byte => byte ^ (1 << step.bit))),
        after.subarray(1),
      ])
    case 'insert':
      return Buffer.concat([before, step.bytes, after])
    case 'double':
      return Buffer.concat([before, after.subarray(0, step.length), after])
    case 'lose':
      return Buffer.concat([before, after.subarray(step.length)])
  }
}
