import { type ActName, MEET, partOf } from './actors.ts'
import { AllOrders, lastFirst, randomFrom, randomOrder } from './explore.ts'
import { outcomeAfter, wrongAfter } from './invariants.ts'
import type { Rewrite } from './lane.ts'
import { SETTINGS, type SettingName } from './scene.ts'
import { type Choose, runSchedule, type Schedule, stepsText } from './schedule.ts'
import type { Stage } from './stage.ts'

/** Actors that meet in a setting. */
export interface Meeting {
  setting: SettingName
  names: readonly ActName[]
}

/** A schedule after which something does not hold. It is repeated by its meeting and its order. */
export interface Finding {
  meeting: Meeting
  order: readonly number[]
  wrong: readonly string[]
  steps: string
}

export interface Searched {
  schedules: number
  /** Ends that differ. */
  outcomes: number
  deadlocks: number
  /** Whether every order was seen, but for those that differ in independent steps only. */
  isWhole: boolean
  findings: Finding[]
}

/** Every pair of each setting, an actor with itself included. */
export function pairs(): Meeting[] {
  return SETTINGS.flatMap(setting => {
    const names = MEET[setting]
    return names.flatMap((one, i) => names.slice(i).map(other => ({ setting, names: [one, other] })))
  })
}

interface Bounds {
  most: number
  seed: number
  /** A rule that is taken out of the code. */
  rewrite?: Rewrite
  /** Whether the first finding ends the search. */
  untilFound?: boolean
}

/**
 * All orders of a pair up to `most` schedules. Where there are more, half of those are the first ones of the enumeration and
 * half are by the seed. A deadlock ends the search: which of the two PostgreSQL aborts is not in the schedule's hands.
 */
export async function searchPair(stage: Stage, meeting: Meeting, bounds: Bounds): Promise<Searched> {
  const { most, seed, rewrite, untilFound = false } = bounds
  const tally = new Tally()
  const orders = new AllOrders()
  const anyOrder = randomOrder(randomFrom(seed))
  const isOver = () => orders.isDone || tally.deadlocks > 0 || (untilFound && tally.findings.length > 0)
  let isReversed = false
  while (!isOver() && tally.schedules < most) {
    const isInOrder = tally.schedules < most / 2
    // The enumeration begins near the order in which the first actor goes first, and may not come to the opposite one.
    const choose = isInOrder ? orders.choose : isReversed ? anyOrder : lastFirst
    if (!isInOrder) isReversed = true
    const schedule = await runOnce(stage, meeting, choose, rewrite)
    await tally.add(stage, meeting, schedule, isInOrder ? orders.next() : true)
  }
  return tally.result(orders.isDone)
}

/** A meeting of three or four, and one order of it, by the seed. */
export function searchRandom(stage: Stage, seed: number): Promise<Searched> {
  const random = randomFrom(seed)
  return searchOne(stage, randomMeeting(random), randomOrder(random))
}

/** One order of a meeting. */
export async function searchOne(stage: Stage, meeting: Meeting, choose: Choose, rewrite?: Rewrite): Promise<Searched> {
  const tally = new Tally()
  await tally.add(stage, meeting, await runOnce(stage, meeting, choose, rewrite), true)
  return tally.result(false)
}

function randomMeeting(random: () => number): Meeting {
  const pick = <T>(of: readonly T[]) => of[Math.floor(random() * of.length)]!
  const setting = pick(SETTINGS)
  const size = random() < 0.5 ? 3 : 4
  return { setting, names: Array.from({ length: size }, () => pick(MEET[setting])) }
}

/** A schedule in a line: `end: settle, settleNext: 0011`. */
export function textOf({ setting, names }: Meeting, order: readonly number[]): string {
  return `${setting}: ${names.join(', ')}: ${order.join('')}`
}

/** @throws Error if it is not a text of `textOf` */
export function readText(text: string): { meeting: Meeting; order: number[] } {
  const [setting, names, order] = text.split(': ')
  const [found, actors] = [SETTINGS.find(one => one === setting), names?.split(', ') ?? []]
  const known = found && actors.flatMap(name => MEET[found].filter(one => one === name))
  if (!found || known?.length !== actors.length || !/^\d+$/.test(order ?? ''))
    throw new Error(`no schedule is "${text}"`)
  return { meeting: { setting: found, names: known }, order: [...order!].map(Number) }
}

async function runOnce(
  stage: Stage,
  { setting: name, names }: Meeting,
  choose: Choose,
  rewrite: Rewrite | undefined,
): Promise<Schedule> {
  await stage.restore(name)
  const setting = stage.settings.get(name)!
  const parts = names.map(one => partOf(stage, setting, one))
  return runSchedule(stage.watch, stage.lanes, parts, choose, rewrite)
}

class Tally {
  schedules = 0
  deadlocks = 0
  readonly findings: Finding[] = []
  readonly #outcomes = new Set<string>()
  readonly #seen = new Map<string, readonly string[]>()

  /** @param isNew false: it repeats another one but for independent steps, and is checked without being counted */
  async add(stage: Stage, meeting: Meeting, schedule: Schedule, isNew: boolean): Promise<void> {
    const { watch, settings } = stage
    if (isNew) this.schedules++
    this.deadlocks += schedule.deadlocks
    const setting = settings.get(meeting.setting)!
    const wrong = await wrongAfter(watch, setting, meeting.names, schedule, this.#seen)
    this.#outcomes.add(await outcomeAfter(watch, schedule))
    if (wrong.length === 0) return
    this.findings.push({ meeting, order: schedule.order, wrong, steps: stepsText(schedule.steps, meeting.names) })
  }

  result(isWhole: boolean): Searched {
    return {
      schedules: this.schedules,
      outcomes: this.#outcomes.size,
      deadlocks: this.deadlocks,
      isWhole,
      findings: this.findings,
    }
  }
}
