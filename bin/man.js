// Writes the manual pages of the built program into dist/man; bin/setup.js runs it at the end of a build.
import { mkdirSync, writeFileSync } from 'node:fs'
import { manPages } from '../dist/cli/man/pages.js'

const folder = new URL('../dist/man/', import.meta.url)
mkdirSync(folder, { recursive: true })
for (const [file, page] of await manPages()) writeFileSync(new URL(file, folder), page)
