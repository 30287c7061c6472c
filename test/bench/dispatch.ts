import { CAMP } from './camp-run.ts'
import { BARE_LOOP, bareLoopByLead, bareLoopOfOne, textbook, undiciLoop } from './loops.ts'
import { compareRates, type Measurement, type Size, say } from './measure.ts'
import { withCourse } from './race.ts'
import type { Stage } from './stage.ts'
import { CDA, GOSAC, type SingleBroker, TWILIO } from './wire.ts'

const ROUNDS = 5
const BLOCKED = 1_000_000
const TEXTBOOK_LEADS = 3_000

/** A worker process, in batches of 500 with every rule, against a loop that only claims, sends and settles, and against the textbook. */
export async function measureDispatch(stage: Stage, size: Size): Promise<Measurement[]> {
  const options = { rows: size.count(200_000), blocked: size.count(BLOCKED), queue: size.queue }
  say(`dispatch: ${options.rows} rows`)
  return withCourse(stage, options, async ({ pending }, race) => {
    const contestants = [CAMP, BARE_LOOP, textbook(Math.min(TEXTBOOK_LEADS, pending))] as const
    const [camp, loop, book] = await race.run(contestants, size.rounds(ROUNDS))
    const what = `dispatch of ${counted(pending)} leads, batches of 500, all rules`
    return [compareRates(what, 'leads/s', camp, loop, 0.6), compareRates(what, 'leads/s', camp, book, 20)]
  })
}

/** A text per person at a broker whose requests carry one text: so many requests as leads. */
export async function measureGosac(stage: Stage, size: Size): Promise<Measurement[]> {
  return measureSingle(stage, size, GOSAC)
}

export async function measureCda(stage: Stage, size: Size): Promise<Measurement[]> {
  return measureSingle(stage, size, CDA)
}

async function measureSingle(stage: Stage, size: Size, broker: SingleBroker): Promise<Measurement[]> {
  const options = { rows: size.count(20_000), blocked: size.count(BLOCKED), queue: size.queue, ...broker }
  say(`${broker.adapter}: ${options.rows} rows`)
  return withCourse(stage, options, async ({ pending }, race) => {
    const contestants = [CAMP, bareLoopOfOne(broker), bareLoopByLead(broker)] as const
    const [camp, loop, byLead] = await race.run(contestants, size.rounds(ROUNDS))
    const what = `${broker.adapter}, a text per person, ${counted(pending)} leads`
    return [compareRates(what, 'leads/s', camp, loop, 0.6), compareRates(what, 'leads/s', camp, byLead)]
  })
}

/** A broker that takes one message a request, against a loop that does nothing but write requests. */
export async function measureTwilio(stage: Stage, size: Size): Promise<Measurement[]> {
  const options = { rows: size.count(20_000), blocked: size.count(BLOCKED), queue: size.queue, ...TWILIO }
  say(`TWILIO: ${options.rows} rows`)
  return withCourse(stage, options, async ({ pending }, race) => {
    const [camp, loop] = await race.run([CAMP, undiciLoop(TWILIO)] as const, size.rounds(ROUNDS))
    return [compareRates(`TWILIO, ${counted(pending)} leads`, 'leads/s', camp, loop, 0.4)]
  })
}

function counted(leads: number): string {
  return leads.toLocaleString('en-US')
}
