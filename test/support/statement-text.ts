import ts from 'typescript'
import { columnsSql } from '../../src/campaign-settings/schema.ts'

export interface Source {
  checker: ts.TypeChecker
  files: readonly ts.SourceFile[]
}

type Value = string | number | readonly Value[]

/** What a text is, or the first piece of it that has no value in the source. */
export type Texts = { texts: string[]; dynamic?: undefined } | { texts: []; dynamic: string }

/**
 * All that an expression may be at run time, as far as the source says so: constants of any module, both sides of a condition, what a
 * function of one expression returns, and a parameter by all its callers or by its type's literals. A parameter that stands in two
 * places of a text has one value in both.
 */
export function textsOf(text: ts.Node, source: Source): Texts {
  const choices = new Choices()
  const texts = new Set<string>()
  try {
    do texts.add(String(new Evaluation(source, choices).of(text)))
    while (choices.next())
    return { texts: [...texts] }
  } catch (error) {
    if (error instanceof Dynamic) return { texts: [], dynamic: error.message }
    throw error
  }
}

export function nodesOf(root: ts.Node): ts.Node[] {
  const found: ts.Node[] = []
  const visit = (node: ts.Node) => {
    found.push(node)
    ts.forEachChild(node, visit)
  }
  visit(root)
  return found
}

class Dynamic extends Error {}

/** Where an expression has several values, each run of its evaluation takes another: all of them by turns. */
class Choices {
  #made: { by: ts.Node; taken: number; of: number }[] = []

  take<T>(by: ts.Node, options: readonly T[]): T {
    let choice = this.#made.find(made => made.by === by)
    if (!choice) {
      choice = { by, taken: 0, of: options.length }
      this.#made.push(choice)
    }
    return options[choice.taken]!
  }

  /** @returns false when there is none left */
  next(): boolean {
    while (this.#made.length > 0) {
      const last = this.#made.at(-1)!
      if (++last.taken < last.of) return true
      this.#made.pop()
    }
    return false
  }
}

class Evaluation {
  readonly #source: Source
  readonly #choices: Choices
  /** What the parameters of functions that are at work have been given. */
  readonly #given = new Map<ts.Node, Value>()
  readonly #underWay = new Set<ts.Node>()

  constructor(source: Source, choices: Choices) {
    this.#source = source
    this.#choices = choices
  }

  of(node: ts.Node): Value {
    if (ts.isStringLiteralLike(node)) return node.text
    if (ts.isNumericLiteral(node)) return Number(node.text.replaceAll('_', ''))
    if (ts.isParenthesizedExpression(node) || ts.isNonNullExpression(node)) return this.of(node.expression)
    if (ts.isAsExpression(node) || ts.isSatisfiesExpression(node)) return this.of(node.expression)
    if (ts.isTemplateExpression(node)) return this.#template(node)
    if (ts.isConditionalExpression(node)) return this.of(this.#choices.take(node, [node.whenTrue, node.whenFalse]))
    if (ts.isBinaryExpression(node)) return this.#binary(node)
    if (ts.isArrayLiteralExpression(node)) return this.#array(node)
    if (ts.isIdentifier(node)) return this.#identifier(node)
    if (ts.isPropertyAccessExpression(node)) return this.#member(node, node.expression, node.name.text)
    if (ts.isElementAccessExpression(node))
      return this.#member(node, node.expression, String(this.of(node.argumentExpression)))
    if (ts.isCallExpression(node)) return this.#call(node)
    return this.#byType(node)
  }

  /** Of Prisma's tagged templates each piece is a parameter. */
  #template(node: ts.TemplateExpression): string {
    const isTagged = ts.isTaggedTemplateExpression(node.parent)
    return node.templateSpans.reduce(
      (text, { expression, literal }, i) => `${text}${isTagged ? `$${i + 1}` : this.of(expression)}${literal.text}`,
      node.head.text,
    )
  }

  #binary(node: ts.BinaryExpression): Value {
    const calculate = OPERATORS[node.operatorToken.kind]
    if (!calculate) throw new Dynamic(node.getText())
    return calculate(this.of(node.left), this.of(node.right))
  }

  #array(node: ts.ArrayLiteralExpression): Value[] {
    return node.elements.flatMap(element =>
      ts.isSpreadElement(element) ? this.#list(element.expression) : [this.of(element)],
    )
  }

  #identifier(node: ts.Identifier): Value {
    const declaration = this.#declarationOf(node)
    const given = declaration && this.#given.get(declaration)
    if (given !== undefined) return given
    const initializer = declaration && constantOf(declaration)
    if (initializer) return this.of(initializer)
    return declaration && ts.isParameter(declaration) ? this.#parameter(declaration, node) : this.#byType(node)
  }

  /** What all callers give for it; where they are not known, what its type allows. */
  #parameter(parameter: ts.ParameterDeclaration, node: ts.Identifier): Value {
    const called = parameter.parent
    if (!ts.isFunctionDeclaration(called) || this.#underWay.has(parameter)) return this.#byType(node)
    const index = called.parameters.indexOf(parameter)
    const given = this.#callsOf(called).map(call => call.arguments[index] ?? parameter.initializer)
    if (given.length === 0) return this.#byType(node)
    const argument = this.#choices.take(parameter, given)
    if (!argument) throw new Dynamic(node.getText())
    this.#underWay.add(parameter)
    const value = this.of(argument)
    this.#underWay.delete(parameter)
    return value
  }

  #callsOf(called: ts.FunctionDeclaration): ts.CallExpression[] {
    const name = called.name?.text
    return this.#source.files
      .filter(file => name !== undefined && file.text.includes(name))
      .flatMap(nodesOf)
      .filter(ts.isCallExpression)
      .filter(({ expression }) => ts.isIdentifier(expression) && expression.text === name)
      .filter(call => this.#declarationOf(call.expression) === called)
  }

  #member(node: ts.Expression, object: ts.Expression, name: string): Value {
    const declaration = this.#declarationOf(object)
    const literal = declaration && constantOf(declaration)
    const members = literal && ts.isObjectLiteralExpression(literal) ? literal.properties : []
    const member = members.find(property => property.name?.getText() === name)
    return member && ts.isPropertyAssignment(member) ? this.of(member.initializer) : this.#byType(node)
  }

  #call(node: ts.CallExpression): Value {
    const { expression: callee, arguments: given } = node
    if (ts.isPropertyAccessExpression(callee)) {
      if (callee.name.text === 'join')
        return this.#list(callee.expression).join(given[0] ? `${this.of(given[0])}` : ',')
      if (callee.name.text === 'map') return this.#map(node, callee.expression)
    }
    // What it returns is made of a table at run time: it is called.
    if (ts.isIdentifier(callee) && callee.text === 'columnsSql') {
      const [table, names] = given.map(argument => this.of(argument))
      return columnsSql(String(table), names as Parameters<typeof columnsSql>[1])
    }
    const declaration = this.#declarationOf(callee)
    const called = declaration && functionIn(constantOf(declaration) ?? declaration)
    if (!called) return this.#byType(node)
    return this.#apply(
      called,
      given.map(argument => this.of(argument)),
    )
  }

  #map(node: ts.CallExpression, list: ts.Expression): Value[] {
    const each = node.arguments[0] && functionIn(node.arguments[0])
    if (!each) throw new Dynamic(node.getText())
    return this.#list(list).map((element, i) => this.#apply(each, [element, i]))
  }

  #apply({ parameters, result }: Returning, given: readonly Value[]): Value {
    for (const [i, parameter] of parameters.entries()) if (given[i] !== undefined) this.#given.set(parameter, given[i])
    const value = this.of(result)
    for (const parameter of parameters) this.#given.delete(parameter)
    return value
  }

  #list(node: ts.Expression): readonly Value[] {
    const value = this.of(node)
    if (!Array.isArray(value)) throw new Dynamic(node.getText())
    return value
  }

  #declarationOf(node: ts.Node): ts.Declaration | undefined {
    const { checker } = this.#source
    const symbol = checker.getSymbolAtLocation(node)
    return (symbol && symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol)?.valueDeclaration
  }

  #byType(node: ts.Node): Value {
    const type = this.#source.checker.getTypeAtLocation(node)
    const literals = (type.isUnion() ? type.types : [type]).map(literal =>
      literal.isStringLiteral() || literal.isNumberLiteral() ? literal.value : undefined,
    )
    const value = this.#choices.take(this.#declarationOf(node) ?? node, literals)
    if (value === undefined) throw new Dynamic(node.getText())
    return value
  }
}

const OPERATORS: Partial<Record<ts.SyntaxKind, (a: Value, b: Value) => Value>> = {
  [ts.SyntaxKind.PlusToken]: (a, b) => (typeof a === 'number' && typeof b === 'number' ? a + b : `${a}${b}`),
  [ts.SyntaxKind.MinusToken]: (a, b) => Number(a) - Number(b),
  [ts.SyntaxKind.AsteriskToken]: (a, b) => Number(a) * Number(b),
  [ts.SyntaxKind.SlashToken]: (a, b) => Number(a) / Number(b),
}

/** The initializer of a `const`. */
function constantOf(declaration: ts.Declaration): ts.Expression | undefined {
  if (!ts.isVariableDeclaration(declaration) || !(ts.getCombinedNodeFlags(declaration) & ts.NodeFlags.Const)) return
  let initializer = declaration.initializer
  while (initializer && (ts.isAsExpression(initializer) || ts.isSatisfiesExpression(initializer)))
    initializer = initializer.expression
  return initializer
}

interface Returning {
  parameters: readonly ts.ParameterDeclaration[]
  result: ts.Expression
}

/** A function of one expression. */
function functionIn(node: ts.Node): Returning | undefined {
  if (!ts.isArrowFunction(node) && !ts.isFunctionDeclaration(node)) return undefined
  const { body, parameters } = node
  if (!body || !ts.isBlock(body)) return body && { parameters, result: body }
  const [only, ...others] = body.statements
  const result = only && others.length === 0 && ts.isReturnStatement(only) ? only.expression : undefined
  return result && { parameters, result }
}
