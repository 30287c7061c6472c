import { afterAll, beforeAll, expect, it } from 'vitest'
import { replayOf } from '../interleave/explore.ts'
import { MUTANTS } from '../interleave/mutants.ts'
import { pairs, readText, searchOne, searchPair, searchRandom, textOf } from '../interleave/search.ts'
import { openStage, type Stage } from '../interleave/stage.ts'
import { useDatabase } from '../support/database.ts'

/** A few of what `npm run prove -- --interleavings` runs. */
const db = useDatabase()
let stage: Stage

beforeAll(async () => {
  stage = await openStage(db.url)
})
afterAll(() => stage.close())

const WHOLE = ['running: claim, block', 'running: dropCredential, dropCredential']

it('every order of small pairs keeps the promises, and each is seen', async () => {
  for (const text of WHOLE) {
    const meeting = pairs().find(({ setting, names }) => `${setting}: ${names.join(', ')}` === text)!
    const found = await searchPair(stage, meeting, { most: 200, seed: 1 })
    expect(found, text).toMatchObject({ isWhole: true, deadlocks: 0, findings: [] })
    expect(found.schedules, text).toBeGreaterThan(1)
  }
})

it('some orders of the last settle and every other actor keep the promises', async () => {
  for (const meeting of pairs().filter(({ setting, names }) => setting === 'end' && names[0] === 'settle')) {
    const found = await searchPair(stage, meeting, { most: 6, seed: 7 })
    expect(found.findings, meeting.names.join(', ')).toEqual([])
  }
})

it('three or four actors at random keep the promises', async () => {
  for (let seed = 1; seed <= 20; seed++) expect((await searchRandom(stage, seed)).findings, `seed ${seed}`).toEqual([])
})

it.each(MUTANTS)('$name: an order is found in which a promise is broken', async ({ meeting, rewrite }) => {
  const { findings } = await searchPair(stage, meeting, { most: 300, seed: 1, rewrite, untilFound: true })
  expect(findings).not.toEqual([])
})

it('the order of a finding repeats it', async () => {
  const { meeting, rewrite } = MUTANTS[0]!
  const bounds = { most: 300, seed: 1, rewrite, untilFound: true }
  const [first, second] = [await searchPair(stage, meeting, bounds), await searchPair(stage, meeting, bounds)]
  expect(second).toEqual(first)
  const [finding] = first.findings
  const { meeting: same, order } = readText(textOf(meeting, finding!.order))
  expect((await searchOne(stage, same, replayOf(order), rewrite)).findings).toEqual([finding])
})
