import { readFile } from 'node:fs/promises'
import { findCampaign } from '../../../campaign/read/find.ts'
import { previewTemplate } from '../../../campaign/read/template-preview.ts'
import {
  addTemplate,
  changeTemplate,
  findUnusedTemplate,
  listTemplates,
  removeTemplate,
  showTemplate,
} from '../../../catalog/templates.ts'
import { CampError, codeOf, messageOf } from '../../../errors.ts'
import { storedText } from '../../../language/stored/stored-text.ts'
import { t } from '../../../language/text.ts'
import { messageText } from '../../../message/oddities.ts'
import { parsePhone } from '../../../recipient/phone.ts'
import { assertSomething } from '../../assert-something.ts'
import { fields } from '../../blocks.ts'
import type { OptionsOf } from '../../command.ts'
import type { Context } from '../../context.ts'
import { orAdmin } from '../../permit.ts'
import { confirm } from '../../prompt.ts'
import type * as commands from './index.ts'

type AddOptions = OptionsOf<typeof commands.add>

export async function add(context: Context, name: string, options: AddOptions): Promise<void> {
  const actor = await context.admin()
  const content = await contentOf(context, options)
  const template = await addTemplate(await context.prisma(), actor, { name, template_code: options.code, content })
  for (const note of template.notes) context.out.warn(storedText(note))
  context.out.result(template, t`Added template "${template.template_code}" ${variablesText(template.variables)}.`)
}

export async function set(context: Context, ref: string, options: OptionsOf<typeof commands.set>): Promise<void> {
  const actor = await context.admin()
  const { name, code, content, contentFile } = options
  assertSomething({ name, code, content, contentFile })
  const isText = content !== undefined || contentFile !== undefined
  const template = await changeTemplate(await context.prisma(), actor, ref, {
    name,
    template_code: code,
    content: isText ? await contentOf(context, options) : undefined,
  })
  for (const note of template.notes) context.out.warn(storedText(note))
  context.out.result(template, t`Template "${template.template_code}" ${variablesText(template.variables)}.`)
}

async function contentOf(
  context: Context,
  { content, contentFile }: Pick<AddOptions, 'content' | 'contentFile'>,
): Promise<string> {
  if ((content === undefined) === (contentFile === undefined)) {
    throw new CampError('OPTIONS_CONFLICT', t`the text requires either --content or --content-file`)
  }
  return content === undefined ? readText(await context.inputFile(contentFile!)) : messageText(content)
}

async function readText(file: string): Promise<string> {
  const bytes = await readFile(file).catch(error => {
    throw new CampError(
      codeOf(error) === 'ENOENT' ? 'FILE_NOT_FOUND' : 'FILE_UNREADABLE',
      t`${file} cannot be read: ${codeOf(error) ?? messageOf(error)}`,
    )
  })
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes).replace(/\r?\n$/, '')
  } catch {
    throw new CampError('FILE_NOT_TEXT', t`${file} is not UTF-8`)
  }
}

export async function list(context: Context): Promise<void> {
  await context.actor()
  const first = await orAdmin(
    context,
    'template add',
    t`Add one: camp template add NAME --code CODE --content TEXT`,
    t`adds one`,
  )
  context.out.list(
    await listTemplates(await context.prisma()),
    [
      { title: t`CODE`, value: template => template.template_code },
      { title: t`NAME`, value: template => template.name },
      { title: t`VARIABLES`, value: template => template.variables.join(', ') },
    ],
    t`No templates yet. ${first}`,
  )
}

export async function show(context: Context, ref: string, options: OptionsOf<typeof commands.show>): Promise<void> {
  await context.actor()
  const template = await showTemplate(await context.prisma(), ref)
  const preview = await previewOf(context, template, options)
  context.out.result({ ...template, preview }, () =>
    fields([
      [t`code`, template.template_code],
      [t`name`, template.name],
      [t`id`, template.id],
      [t`variables`, template.variables.join(', ') || t`none`],
      [t`content`, template.content],
      [t`preview`, preview && (preview.text ?? t`not sent: column ${preview.missing!} is empty`)],
      [t`for`, preview && t`${preview.phone} of ${preview.campaign}`],
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
    campaignId: campaign === undefined ? undefined : (await findCampaign(pool, campaign, await context.actor())).id,
    phone: phone === undefined ? undefined : (parsePhone(phone).phone ?? phone),
  })
  if (preview || (campaign === undefined && phone === undefined)) return preview
  throw new CampError('LEAD_NOT_FOUND', t`no matching lead in a campaign with template "${template.template_code}"`, {
    hint: t`See: camp campaign list, camp campaign leads ID`,
  })
}

export async function remove(context: Context, ref: string): Promise<void> {
  const actor = await context.admin()
  const template = await findUnusedTemplate(await context.prisma(), ref)
  const { id, template_code, name } = template
  await confirm(context, t`Remove template "${template_code}"?`)
  await removeTemplate(await context.prisma(), actor, template)
  context.out.result({ removed: true, id, template_code, name }, t`Removed template "${template_code}".`)
}

function variablesText(variables: readonly string[]): string {
  return variables.length === 0 ? t`without variables` : t`with the variables ${variables.join(', ')}`
}
