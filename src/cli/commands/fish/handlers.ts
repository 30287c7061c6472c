import { CampError } from '../../../errors.ts'
import { canonicalPhone } from '../../../recipient/phone.ts'
import { auditRow } from '../../../security/audit-log.ts'
import type { Context } from '../../context.ts'
import { orAdmin } from '../../permit.ts'
import { confirm } from '../../prompt.ts'
import { orTaken } from '../../records.ts'

export async function add(context: Context, name: string, text: string): Promise<void> {
  const actor = await context.admin()
  const prisma = await context.prisma()
  const { phone, problem } = canonicalPhone(text)
  if (phone === undefined) throw new CampError('INVALID_PHONE', `"${text}" is not a phone: ${problem}`)
  const fish = await orTaken(
    prisma.$transaction(async tx => {
      const made = await tx.fish.create({ data: { name, phone } })
      const event = {
        userId: actor.id,
        action: 'fish.add',
        subject: 'Fish',
        subjectId: made.id,
        detail: { name, phone },
      }
      await tx.auditEvent.create({ data: auditRow(event) })
      return made
    }),
    `there is a fish with the phone ${phone} already`,
  )
  context.out.result(fish, `Added fish "${fish.name}" (${fish.phone}).`)
}

export async function list(context: Context): Promise<void> {
  await context.actor()
  const prisma = await context.prisma()
  const fish = await prisma.fish.findMany({ orderBy: { name: 'asc' } })
  context.out.list(
    fish,
    [
      { title: 'NAME', value: row => row.name },
      { title: 'PHONE', value: row => row.phone },
    ],
    `No fish yet. ${await orAdmin(context, 'fish add', 'Add one: camp fish add NAME PHONE', 'adds one')}`,
  )
}

export async function remove(context: Context, ref: string): Promise<void> {
  const actor = await context.admin()
  const prisma = await context.prisma()
  const { phone } = canonicalPhone(ref)
  const all = await prisma.fish.findMany({ orderBy: { id: 'asc' } })
  const fitting = all.filter(row => row.phone === phone || row.name === ref || row.id === ref)
  const [fish] = fitting
  if (!fish) throw new CampError('FISH_NOT_FOUND', `no fish "${ref}"`, { hint: 'See: camp fish list' })
  if (fitting.length > 1)
    throw new CampError('REFERENCE_AMBIGUOUS', `"${ref}" is the name of ${fitting.length} fish`, {
      hint: 'Give the phone.',
    })
  await confirm(context, `Remove fish "${fish.name}" (${fish.phone})?`)
  await prisma.$transaction(async tx => {
    await tx.fish.delete({ where: { id: fish.id } })
    const detail = { name: fish.name, phone: fish.phone }
    const event = { userId: actor.id, action: 'fish.remove', subject: 'Fish', subjectId: fish.id, detail }
    await tx.auditEvent.create({ data: auditRow(event) })
  })
  context.out.result({ removed: true, ...fish }, `Removed fish "${fish.name}" (${fish.phone}).`)
}
