import { fileURLToPath } from 'node:url'

/** The folder of schema.prisma and the migrations. */
export const PRISMA = fileURLToPath(new URL('../../prisma/', import.meta.url))
