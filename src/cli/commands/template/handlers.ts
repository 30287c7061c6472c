import { readFile } from 'node:fs/promises'
import { findCampaign } from '../../../campaign/read/find.ts'
import { previewTemplate } from '../../../campaign/read/template-preview.ts'
import { findTemplate } from '../../../catalog/find.ts'
import { CampError, codeOf } from '../../../errors.ts'
import { messageText } from '../../../message/oddities.ts'
import { variablesIn } from '../../../message/template.ts'
import { checkTemplate } from '../../../message/template-text.ts'
import { parsePhone } from '../../../recipient/phone.ts'
import { auditRow } from '../../../security/audit-log.ts'
import { fields } from '../../blocks.ts'
import type { OptionsOf } from '../../command.ts'
import type { Context } from '../../context.ts'
import { orAdmin } from '../../permit.ts'
import { confirm } from '../../prompt.ts'
import { assertUnused, orTaken } from '../../records.ts'
import type * as commands from './index.ts'

type AddOptions = OptionsOf<typeof commands.add>

export async function add(context: Context, name: string, options: AddOptions): Promise<void> {
  const actor = await context.admin()
  const prisma = await context.prisma()
  const content = await contentOf(context, options)
  const notes = checkTemplate(content)
  const template = await orTaken(
    prisma.$transaction(async tx => {
      const made = await tx.template.create({ data: { name, template_code: options.code, content } })
      const detail = { name, template_code: options.code }
      const event = { userId: actor.id, action: 'template.add', subject: 'Template', subjectId: made.id, detail }
      await tx.auditEvent.create({ data: auditRow(event) })
      return made
    }),
    `there is a template with the code "${options.code}" already`,
  )
  for (const note of notes) context.out.warn(note)
  context.out.result(
    { ...view(template), notes },
    `Added template "${template.template_code}" ${variablesText(content)}.`,
  )
}

async function contentOf(context: Context, { content, contentFile }: AddOptions): Promise<string> {
  if ((content === undefined) === (contentFile === undefined)) {
    throw new CampError('OPTIONS_CONFLICT', 'the text is given with --content or with --content-file: with one of them')
  }
  return content === undefined ? readText(await context.inputFile(contentFile!)) : messageText(content)
}

async function readText(file: string): Promise<string> {
  const bytes = await readFile(file).catch(error => {
    throw new CampError(
      codeOf(error) === 'ENOENT' ? 'FILE_NOT_FOUND' : 'FILE_UNREADABLE',
      `${file} cannot be read: ${codeOf(error)}`,
    )
  })
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes).replace(/\r?\n$/, '')
  } catch {
    throw new CampError('FILE_NOT_TEXT', `${file} is not UTF-8`)
  }
}

export async function list(context: Context): Promise<void> {
  await context.actor()
  const prisma = await context.prisma()
  const templates = (await prisma.template.findMany({ orderBy: { template_code: 'asc' } })).map(view)
  context.out.list(
    templates,
    [
      { title: 'CODE', value: template => template.template_code },
      { title: 'NAME', value: template => template.name },
      { title: 'VARIABLES', value: template => template.variables.join(', ') },
    ],
    `No templates yet. ${await orAdmin(context, 'template add', 'Add one: camp template add NAME --code CODE --content TEXT', 'adds one')}`,
  )
}

export async function show(context: Context, ref: string, options: OptionsOf<typeof commands.show>): Promise<void> {
  await context.actor()
  const prisma = await context.prisma()
  const template = view(await findTemplate(prisma, ref))
  const preview = await previewOf(context, template, options)
  context.out.result({ ...template, preview }, () =>
    fields([
      ['code', template.template_code],
      ['name', template.name],
      ['id', template.id],
      ['variables', template.variables.join(', ') || 'none'],
      ['content', template.content],
      ['preview', preview && (preview.text ?? `not sent: column ${preview.missing} is empty`)],
      ['for', preview && `${preview.phone} of ${preview.campaign}`],
    ]),
  )
}

async function previewOf(
  context: Context,
  template: { id: string; template_code: string; content: string },
  { campaign, phone }: { campaign?: string; phone?: string },
) {
  const pool = await context.pool()
  const preview = await previewTemplate(pool, template, {
    campaignId: campaign === undefined ? undefined : (await findCampaign(pool, campaign)).id,
    phone: phone === undefined ? undefined : (parsePhone(phone).phone ?? phone),
  })
  if (preview || (campaign === undefined && phone === undefined)) return preview
  throw new CampError(
    'LEAD_NOT_FOUND',
    `no lead of that kind in a campaign with template "${template.template_code}"`,
    {
      hint: 'camp campaign list shows the campaigns, camp campaign leads ID their leads.',
    },
  )
}

export async function remove(context: Context, ref: string): Promise<void> {
  const actor = await context.admin()
  const prisma = await context.prisma()
  const { id, template_code, name } = await findTemplate(prisma, ref)
  await assertUnused(prisma, `template "${template_code}"`, { template_id: id })
  await confirm(context, `Remove template "${template_code}"?`)
  await prisma.$transaction(async tx => {
    // The database itself would let it go from under a campaign that is being imported: the lock makes that one wait.
    await tx.$queryRaw`SELECT id FROM "Template" WHERE id = ${id}::uuid FOR UPDATE`
    await assertUnused(tx, `template "${template_code}"`, { template_id: id })
    await tx.template.delete({ where: { id } })
    const event = {
      userId: actor.id,
      action: 'template.remove',
      subject: 'Template',
      subjectId: id,
      detail: { name, template_code },
    }
    await tx.auditEvent.create({ data: auditRow(event) })
  })
  context.out.result({ removed: true, id, template_code, name }, `Removed template "${template_code}".`)
}

function view<Row extends { content: string }>(template: Row): Row & { variables: string[] } {
  return { ...template, variables: variablesIn(template.content) }
}

function variablesText(content: string): string {
  const { variables } = view({ content })
  return variables.length === 0 ? 'without variables' : `with the variables ${variables.join(', ')}`
}
