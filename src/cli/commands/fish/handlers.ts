import { addFish, changeFish, findFish, listFish, removeFish } from '../../../catalog/fish.ts'
import { t } from '../../../language/text.ts'
import { assertSomething } from '../../assert-something.ts'
import type { OptionsOf } from '../../command.ts'
import type { Context } from '../../context.ts'
import { orAdmin } from '../../permit.ts'
import { confirm } from '../../prompt.ts'
import type * as commands from './index.ts'

export async function add(context: Context, name: string, phone: string): Promise<void> {
  const actor = await context.admin()
  const fish = await addFish(await context.prisma(), actor, name, phone)
  context.out.result(fish, t`Added fish "${fish.name}" (${fish.phone}).`)
}

export async function list(context: Context): Promise<void> {
  await context.actor()
  const first = await orAdmin(context, 'fish add', t`Add one: camp fish add NAME PHONE`, t`adds one`)
  context.out.list(
    await listFish(await context.prisma()),
    [
      { title: t`NAME`, value: row => row.name },
      { title: t`PHONE`, value: row => row.phone },
    ],
    t`No fish yet. ${first}`,
  )
}

export async function set(context: Context, ref: string, options: OptionsOf<typeof commands.set>): Promise<void> {
  const actor = await context.admin()
  const { name, phone } = options
  assertSomething({ name, phone })
  const fish = await changeFish(await context.prisma(), actor, ref, { name, phone })
  context.out.result(fish, t`Fish "${fish.name}" (${fish.phone}).`)
}

export async function remove(context: Context, ref: string): Promise<void> {
  const actor = await context.admin()
  const fish = await findFish(await context.prisma(), ref)
  await confirm(context, t`Remove fish "${fish.name}" (${fish.phone})?`)
  await removeFish(await context.prisma(), actor, fish)
  context.out.result({ removed: true, ...fish }, t`Removed fish "${fish.name}" (${fish.phone}).`)
}
