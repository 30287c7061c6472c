import Ajv2020 from 'ajv/dist/2020.js'
import addFormats from 'ajv-formats'
import type { Received } from './exchange.ts'

interface Operation {
  parameters?: { name: string; in: string; required?: boolean; schema: object }[]
  requestBody?: { content: Record<string, { schema: { properties: object } }> }
}

/** An OpenAPI document, as far as it is used here. */
export interface OpenApi {
  paths: Record<string, Record<string, Operation>>
}

/**
 * Judges requests by a vendor's OpenAPI: path, parameters, media type, body, HTTP Basic. A name that the document does not have is
 * a violation, too.
 * @returns what is wrong with a request; nothing if it is as the document says
 */
export function openApiValidator(document: OpenApi): (request: Received) => string[] {
  const ajv = new Ajv2020.default({ strict: false, coerceTypes: true, allErrors: true, validateSchema: false })
  addFormats.default(ajv)
  // A vendor's own formats, which say nothing more.
  for (const format of ['phone-number', 'int64']) ajv.addFormat(format, true)
  ajv.addSchema(document, 'openapi')
  const validate = (pointer: readonly string[], what: string, value: unknown) => {
    const $ref = `openapi#/${pointer.map(part => encodeURIComponent(part.replaceAll('~', '~0').replaceAll('/', '~1'))).join('/')}`
    const valid = ajv.compile({ type: 'object', properties: { value: { $ref } } })
    if (valid({ value })) return []
    return (valid.errors ?? []).map(error => `${what}${error.instancePath.replace(/^\/value/, '')}: ${error.message}`)
  }
  return ({ method = '', path = '', headers, body }) => {
    const url = new URL(path, 'http://host')
    const verb = method.toLowerCase()
    const found = Object.entries(document.paths).flatMap(([template, operations]) => {
      const values = matched(template, url.pathname)
      return values && operations[verb] ? [{ template, values, operation: operations[verb] }] : []
    })[0]
    if (!found) return [`there is no ${method} ${url.pathname}`]
    const { template, values, operation } = found
    const { parameters = [], requestBody } = operation
    const given: Record<string, Map<string, string>> = { path: values, query: new Map(url.searchParams) }
    const wrong = parameters.flatMap(({ name, in: place, required }, i) => {
      const value = given[place]?.get(name)
      if (value === undefined) return required ? [`${name} is missing`] : []
      return validate(['paths', template, verb, 'parameters', String(i), 'schema'], name, value)
    })
    wrong.push(...unknown([...url.searchParams.keys()], new Set(parameters.map(({ name }) => name))))
    if (!/^Basic [\w+/]+=*$/.test(String(headers.authorization))) wrong.push('authorization is not HTTP Basic')
    if (!requestBody) return body === '' ? wrong : [...wrong, 'there is a body']
    const type = String(headers['content-type'])
    const media = requestBody.content[type]
    if (!media) return [...wrong, `content-type ${type}`]
    const fields = Object.fromEntries(new URLSearchParams(body))
    wrong.push(...unknown(Object.keys(fields), new Set(Object.keys(media.schema.properties))))
    return [...wrong, ...validate(['paths', template, verb, 'requestBody', 'content', type, 'schema'], 'body', fields)]
  }
}

/** @returns the values of a path's parameters; undefined if it is another path */
function matched(template: string, path: string): Map<string, string> | undefined {
  const [wanted, parts] = [template.split('/'), path.split('/')]
  if (wanted.length !== parts.length) return undefined
  const values = new Map<string, string>()
  for (const [i, part] of wanted.entries()) {
    const {
      before = '',
      name,
      after = '',
    } = /^(?<before>[^{]*)\{(?<name>[^}]+)\}(?<after>.*)$/.exec(part)?.groups ?? {}
    const actual = decodeURIComponent(parts[i]!)
    if (name === undefined ? actual !== part : !actual.startsWith(before) || !actual.endsWith(after)) return undefined
    if (name !== undefined) values.set(name, actual.slice(before.length, actual.length - after.length))
  }
  return values
}

function unknown(names: readonly string[], known: ReadonlySet<string>): string[] {
  return names.filter(name => !known.has(name)).map(name => `${name} is unknown`)
}
