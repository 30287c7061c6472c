import { fork } from 'node:child_process'
import { expect, it } from 'vitest'
import { parseDocument } from '../../src/recipient/document.ts'
import { LONGEST_PHONE, parsePhone } from '../../src/recipient/phone.ts'

/** What is repeated, and how often: texts of up to 60 KB, on which the square of their length takes minutes. */
const TEXTS: readonly [string, number][] = [
  ['11-', 20_000],
  ['1 ', 30_000],
  ['119 ', 15_000],
  ['1            ', 4_000],
  [' ', 60_000],
  ['= ', 30_000],
  ['"', 60_000],
  ['";', 30_000],
  ["'", 60_000],
  ['(', 60_000],
  ['{{', 30_000],
  ['{{ ', 20_000],
  ['{{a', 20_000],
  ['{{Nome do Cliente}}', 3_000],
  ['{valor 1}', 6_000],
  ['[', 60_000],
  ['<', 60_000],
  ['<!---->', 8_000],
  ['<a ', 20_000],
  ['#', 60_000],
  ['####a', 12_000],
  ['a?', 30_000],
  ['java.', 12_000],
  ['cpf ', 15_000],
  ['0', 60_000],
  ['0.', 30_000],
  ['1e', 30_000],
  ['01/01/', 10_000],
  [',', 60_000],
  [',a=', 20_000],
  ['&#', 30_000],
  ['\\', 60_000],
  ['%', 60_000],
  ['\n', 60_000],
  ['\u200d', 30_000],
]

/** The CPU time of the slowest; what takes the square of its text takes far longer. */
const MAX_MS = 5_000
/** Against one that never ends: a busy machine gives it a part of its time. */
const GIVE_UP_MS = 12 * MAX_MS

/** One that goes on for longer is ended with its process, and named. */
it('no parser of outside texts holds up its process, for any input', async () => {
  const worker = fork('test/support/hostile-parsers.ts', [JSON.stringify(TEXTS)], { execArgv: ['--import', 'tsx'] })
  let begun = 'its start'
  const slow: string[] = []
  const outcome = await new Promise<string>((resolve, reject) => {
    const giveUp = () => resolve(`${begun} took longer than ${GIVE_UP_MS} ms`)
    let timer = setTimeout(giveUp, GIVE_UP_MS)
    worker.once('error', reject)
    worker.on('message', (told: { name?: string; ms?: number; done?: boolean }) => {
      clearTimeout(timer)
      if (told.done) return resolve('done')
      begun = told.name!
      if (told.ms !== undefined && told.ms > MAX_MS) slow.push(begun)
      timer = setTimeout(giveUp, GIVE_UP_MS)
    })
  })
  worker.kill('SIGKILL')
  expect({ outcome, slow }).toEqual({ outcome: 'done', slow: [] })
})

it('a cell that is longer than any phone is refused as it is', () => {
  const long = '11 98765-4321'.padEnd(LONGEST_PHONE + 1, ' ')
  expect(parsePhone(long)).toEqual({ problem: 'it has more than 200 characters, more than any phone' })
  expect(parsePhone('11 98765-4321'.padEnd(LONGEST_PHONE, ' '))).toEqual({ phone: '5511987654321' })
})

it('nor is one that is longer than any document read', () => {
  expect(parseDocument('52998224725'.padStart(201, ' ')).problem).toBe(
    'it has more than 200 characters, more than any document',
  )
})
