import { dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import ts from 'typescript'
import { nodesOf, type Source, type Texts, textsOf } from './statement-text.ts'

const ROOT = fileURLToPath(new URL('../../', import.meta.url))

/** A call of src that sends SQL. */
export interface Statement {
  /** File and line. */
  at: string
  /** The SQL as it stands in the source. */
  code: string
  /** The SQL that it may send. */
  sql: Texts
  /** The row that the call states. */
  row: ts.Type | undefined
  /** It states none and reads the rows anyway. */
  readsUntypedRows: boolean
  /** How many parameters it gives; undefined where the call does not show it. */
  parameters: number | undefined
}

/** Every statement that src sends with pg or as a template of Prisma's, and the checker that knows their rows. */
export function statementsOfSrc(): { statements: Statement[]; checker: ts.TypeChecker } {
  const program = programOfSrc()
  const checker = program.getTypeChecker()
  const files = program.getSourceFiles().filter(({ fileName }) => isOurs(fileName))
  const calls = files
    .flatMap(nodesOf)
    .flatMap(node => queryOfPg(node, checker) ?? templateOfPrisma(node, checker) ?? [])
  return { statements: calls.map(call => statementOf(call, { checker, files })), checker }
}

function programOfSrc(): ts.Program {
  const config = join(ROOT, 'tsconfig.json')
  const { config: json } = ts.readConfigFile(config, ts.sys.readFile)
  const { options, fileNames } = ts.parseJsonConfigFileContent(json, ts.sys, dirname(config))
  return ts.createProgram(fileNames, { ...options, noEmit: true, incremental: false })
}

function isOurs(file: string): boolean {
  return file.startsWith(join(ROOT, 'src/')) && !file.startsWith(join(ROOT, 'src/database/generated/'))
}

interface Call {
  node: ts.Node
  text: ts.Node
  row: ts.Type | undefined
  parameters: number | undefined
}

function queryOfPg(node: ts.Node, checker: ts.TypeChecker): Call | undefined {
  if (!ts.isCallExpression(node) || !ts.isPropertyAccessExpression(node.expression)) return undefined
  const { name } = node.expression
  const [first, values] = node.arguments
  if (name.text !== 'query' || !first || !isDeclaredBy('@types/pg', name, checker)) return undefined
  // COPY, as a stream: PostgreSQL reads its names when it runs.
  if (isDeclaredBy('@types/pg-copy-streams', first, checker)) return undefined
  const config = configOf(first)
  const stated = node.typeArguments?.[0]
  return {
    node,
    text: config?.text ?? first,
    row: stated && checker.getTypeFromTypeNode(stated),
    parameters: countOf(config ? config.values : values),
  }
}

/** `query` has this declaration on each type of ours that has it. */
function isDeclaredBy(library: string, node: ts.Node, checker: ts.TypeChecker): boolean {
  const symbols = [checker.getSymbolAtLocation(node), checker.getTypeAtLocation(node).getSymbol()]
  const declarations = symbols.flatMap(symbol => symbol?.declarations ?? [])
  return declarations.some(({ parent }) => parent.getSourceFile().fileName.includes(`/${library}/`))
}

/** Of `query({ text, values })`. */
function configOf(
  argument: ts.Expression,
): { text: ts.Node | undefined; values: ts.Expression | undefined } | undefined {
  const object = ts.isAsExpression(argument) ? argument.expression : argument
  if (!ts.isObjectLiteralExpression(object)) return undefined
  const [text, values] = ['text', 'values'].map(name =>
    object.properties.filter(ts.isPropertyAssignment).find(property => property.name.getText() === name),
  )
  return { text: text?.initializer, values: values?.initializer }
}

function countOf(values: ts.Expression | undefined): number | undefined {
  if (!values) return 0
  if (!ts.isArrayLiteralExpression(values) || values.elements.some(ts.isSpreadElement)) return undefined
  return values.elements.length
}

/** Its row type is that of the array which it returns. */
function templateOfPrisma(node: ts.Node, checker: ts.TypeChecker): Call | undefined {
  if (!ts.isTaggedTemplateExpression(node) || !ts.isPropertyAccessExpression(node.tag)) return undefined
  if (!['$queryRaw', '$executeRaw'].includes(node.tag.name.text)) return undefined
  const stated = node.typeArguments?.[0]
  return {
    node,
    text: node.template,
    row: stated && checker.getTypeArguments(checker.getTypeFromTypeNode(stated) as ts.TypeReference)[0],
    parameters: undefined,
  }
}

function statementOf({ node, text, row, parameters }: Call, source: Source): Statement {
  const file = node.getSourceFile()
  const { line } = file.getLineAndCharacterOfPosition(node.getStart())
  return {
    at: `${relative(ROOT, file.fileName)}:${line + 1}`,
    code: text.getText(),
    sql: textsOf(text, source),
    row,
    readsUntypedRows: !row && readsRows(node),
    parameters,
  }
}

/** `const { rows } = await …`, `(await …).rows`, and `.rows` of a variable that holds the result. */
function readsRows(call: ts.Node): boolean {
  let node = call.parent
  while (ts.isAwaitExpression(node) || ts.isParenthesizedExpression(node)) node = node.parent
  if (ts.isPropertyAccessExpression(node)) return node.name.text === 'rows'
  if (!ts.isVariableDeclaration(node)) return false
  if (ts.isIdentifier(node.name)) return new RegExp(`\\b${node.name.text}\\.rows\\b`).test(call.getSourceFile().text)
  if (!ts.isObjectBindingPattern(node.name)) return false
  return node.name.elements.some(({ propertyName, name }) => (propertyName ?? name).getText() === 'rows')
}
