import ts from 'typescript'
import type { Column, Kind } from './describe.ts'

export interface Difference {
  what: string
  /** Of a column that may be NULL, where the type does not say so: its name. */
  nullable?: string
}

/** @returns how a row's type differs from the columns that are returned */
export function differences(row: ts.Type, columns: readonly Column[], checker: ts.TypeChecker): Difference[] {
  const properties = new Map(checker.getPropertiesOfType(row).map(property => [property.name, property]))
  const names = columns.map(column => column.name)
  return [
    ...names.filter((name, i) => names.indexOf(name) !== i).map(name => ({ what: `returns two columns ${name}` })),
    ...names
      .filter(name => !properties.has(name))
      .map(name => ({ what: `returns ${name}, which its row type has not` })),
    ...[...properties.keys()].filter(name => !names.includes(name)).map(name => ({ what: `does not return ${name}` })),
    ...columns.flatMap(column => {
      const property = properties.get(column.name)
      return property ? (misfit(checker.getTypeOfSymbol(property), column, checker) ?? []) : []
    }),
  ]
}

function misfit(stated: ts.Type, column: Column, checker: ts.TypeChecker): Difference | undefined {
  const { name, kind, labels, nullable } = column
  const text = checker.typeToString(stated)
  if (stated.flags & (ts.TypeFlags.Unknown | ts.TypeFlags.Any)) return undefined
  const present = checker.getNonNullableType(stated)
  if (nullable && present === stated) return { what: `${name} may be NULL, and its type is ${text}`, nullable }
  const members = present.isUnion() ? present.types : [present]
  const kinds = members.map(member => kindOf(member, checker))
  if (kind === 'JSON' ? kinds.includes('Date') : kinds.some(one => one !== kind))
    return { what: `${name} is ${kind}, and its type is ${text}` }
  const unknown = members.filter(member => member.isStringLiteral() && labels && !labels.includes(member.value))
  if (unknown.length === 0) return undefined
  return { what: `${name} is never ${unknown.map(member => checker.typeToString(member)).join(' or ')}` }
}

function kindOf(type: ts.Type, checker: ts.TypeChecker): Kind | 'object' {
  // `string & {}`, which keeps the literals beside it in sight.
  if (type.isIntersection()) return kindOf(type.types[0]!, checker)
  if (type.flags & ts.TypeFlags.StringLike) return 'string'
  if (type.flags & ts.TypeFlags.NumberLike) return 'number'
  if (type.flags & ts.TypeFlags.BooleanLike) return 'boolean'
  if (checker.isArrayType(type)) {
    const element = checker.getNonNullableType(checker.getTypeArguments(type as ts.TypeReference)[0]!)
    const members = element.isUnion() ? element.types : [element]
    return `${kindOf(members[0]!, checker)}[]` as Kind
  }
  // `string & {}` beside literals: any string, of which some are known.
  if (type.isIntersection() && type.types.some(one => one.flags & ts.TypeFlags.String)) return 'string'
  const name = type.getSymbol()?.name
  return name === 'Date' || name === 'Buffer' ? name : 'object'
}
