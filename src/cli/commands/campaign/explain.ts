import { explainPhone } from '../../../campaign/read/explain-phone.ts'
import type { Context } from '../../context.ts'
import { storyText } from './story-text.ts'

export async function explain(context: Context, value: string): Promise<void> {
  await context.actor()
  const asked = { now: context.clock.now(), keys: await context.keys() }
  const story = await explainPhone(await context.pool(), value, asked)
  context.out.result(story, () => storyText(context, story))
}
