import { createReadStream } from 'node:fs'
import { mkdir, stat } from 'node:fs/promises'
import { basename, join } from 'node:path'
import type { Readable } from 'node:stream'
import type { Frame } from './frames.ts'

/** The files that a command line names, if its user is on another machine. */
export interface HostFiles {
  /** @returns a local path with the content of the user's file @throws CampError NOT_FOUND, DATA: it cannot be read there */
  input(path: string): Promise<string>
  /** @returns a local path: its content becomes the user's file when the command has ended */
  output(path: string): Promise<string>
}

export interface RunFiles extends HostFiles {
  /** The command's text with the client's paths in place of local ones. */
  named(text: string): string
  /** The frames of every file that was written. */
  written(): AsyncGenerator<Frame>
}

const PART_BYTES = 256 * 1024

/**
 * The files of one run, in a folder of its own. A client's path is only an identifier in requests to the client, never a local
 * path: each file gets a path in the folder.
 * @param fetch copies the client's file to a local path
 */
export function openRunFiles(
  folder: string,
  isJson: boolean,
  fetch: (path: string, to: string) => Promise<void>,
): RunFiles {
  const places = new Map<string, string>()
  const outputs: string[] = []
  const placeOf = async (path: string) => {
    const inside = join(folder, String(places.size))
    await mkdir(inside, { mode: 0o700 })
    const place = join(inside, safeName(path))
    places.set(place, path)
    return place
  }
  return {
    async input(path) {
      const place = await placeOf(path)
      await fetch(path, place)
      return place
    },
    async output(path) {
      const place = await placeOf(path)
      outputs.push(place)
      return place
    },
    named(text) {
      let named = text
      for (const [place, path] of places) {
        named = named.replaceAll(place, isJson ? JSON.stringify(path).slice(1, -1) : path)
      }
      return named
    },
    async *written() {
      for (const place of outputs) {
        if (!(await stat(place).catch(() => undefined))?.isFile()) continue
        const file = places.get(place)!
        const bytes: Readable = createReadStream(place, { highWaterMark: PART_BYTES })
        for await (const part of bytes) yield { file, data: (part as Buffer).toString('base64'), end: false }
        yield { file, data: '', end: true }
      }
    },
  }
}

/** The file's name, which the campaign keeps. */
function safeName(path: string): string {
  const name = basename(path.replaceAll('\\', '/')).replace(/\p{Cc}/gu, '')
  return name === '' || name === '.' || name === '..' ? 'file' : name.slice(-200)
}
