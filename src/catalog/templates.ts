import type { Prisma, PrismaClient } from '../database/prisma.ts'
import { t } from '../language/text.ts'
import { variablesIn } from '../message/template.ts'
import { checkTemplate } from '../message/template-text.ts'
import { findTemplate } from './find.ts'
import { assertNoDefault, assertUnused, auditRecord, type By, differences, orTaken } from './guards.ts'

type Template = Prisma.TemplateModel

/** A template and the variables of its text, as `variablesIn` orders them. */
export type TemplateView = Template & { variables: string[] }

/**
 * @returns the template and `notes`: sentences about its text for its author
 * @throws CampError TEMPLATE_INVALID; NAME_TAKEN: another template has the code
 */
export async function addTemplate(
  prisma: PrismaClient,
  by: By,
  data: { name: string; template_code: string; content: string },
): Promise<TemplateView & { notes: string[] }> {
  const { name, template_code, content } = data
  const notes = checkTemplate(content)
  return orTaken(
    prisma.$transaction(async tx => {
      const made = await tx.template.create({ data })
      await auditRecord(tx, by, 'Template', 'add', { id: made.id, detail: { name, template_code } })
      return { ...templateView(made), notes }
    }),
    codeTaken(template_code),
  )
}

export interface TemplateChange {
  name?: string | undefined
  template_code?: string | undefined
  content?: string | undefined
}

/**
 * An absent field stays unchanged. Code and text are what campaigns with the template were approved with, so they are changed only
 * while no campaign uses it.
 * @returns as `addTemplate`
 * @throws CampError TEMPLATE_NOT_FOUND; RECORD_IN_USE; as `addTemplate`
 */
export async function changeTemplate(
  prisma: PrismaClient,
  by: By,
  ref: string,
  { name, template_code, content }: TemplateChange,
): Promise<TemplateView & { notes: string[] }> {
  const notes = content === undefined ? [] : checkTemplate(content)
  const change = {
    ...(name !== undefined && { name }),
    ...(template_code !== undefined && { template_code }),
    ...(content !== undefined && { content }),
  }
  return orTaken(
    prisma.$transaction(async tx => {
      const template = await findTemplate(tx, ref)
      const { id } = template
      // As in `removeTemplate`: a concurrent import with this template waits for the lock.
      await tx.$queryRaw`SELECT id FROM "Template" WHERE id = ${id}::uuid FOR UPDATE`
      if (template_code !== undefined || content !== undefined) await assertTemplateUnused(tx, template)
      await auditRecord(tx, by, 'Template', 'set', { id, detail: differences(template, change) })
      return { ...templateView(await tx.template.update({ where: { id }, data: change })), notes }
    }),
    codeTaken(template_code ?? ref),
  )
}

/** All templates, sorted by code. */
export async function listTemplates(prisma: PrismaClient): Promise<TemplateView[]> {
  return (await prisma.template.findMany({ orderBy: { template_code: 'asc' } })).map(templateView)
}

/** @throws CampError TEMPLATE_NOT_FOUND */
export async function showTemplate(prisma: PrismaClient, ref: string): Promise<TemplateView> {
  return templateView(await findTemplate(prisma, ref))
}

/**
 * A template that no campaign uses, recurring ones included, and no wallet as its default.
 * @throws CampError TEMPLATE_NOT_FOUND; RECORD_IN_USE
 */
export async function findUnusedTemplate(prisma: PrismaClient, ref: string): Promise<Template> {
  const template = await findTemplate(prisma, ref)
  await assertTemplateUnused(prisma, template)
  return template
}

/** @throws CampError RECORD_IN_USE; TEMPLATE_NOT_FOUND: it was removed meanwhile */
export async function removeTemplate(prisma: PrismaClient, by: By, template: Template): Promise<void> {
  const { id, name, template_code } = template
  await prisma.$transaction(async tx => {
    // The foreign key of a campaign would not stop this: it sets template_id to null. The lock makes a concurrent import wait.
    await tx.$queryRaw`SELECT id FROM "Template" WHERE id = ${id}::uuid FOR UPDATE`
    await findTemplate(tx, id)
    await assertTemplateUnused(tx, template)
    await tx.template.delete({ where: { id } })
    await auditRecord(tx, by, 'Template', 'remove', { id, detail: { name, template_code } })
  })
}

async function assertTemplateUnused(
  prisma: Pick<Prisma.TransactionClient, 'campaign' | 'recurrence' | 'wallet'>,
  { id, template_code }: Template,
): Promise<void> {
  await assertUnused(prisma, t`template "${template_code}"`, { template_id: id })
  await assertNoDefault(prisma, t`template "${template_code}"`, '--template', { default_template_id: id })
}

function templateView(template: Template): TemplateView {
  return { ...template, variables: variablesIn(template.content) }
}

const codeTaken = (code: string) => t`a template with the code "${code}" already exists`
