import ts from 'typescript'
import type { Column, Kind } from './describe.ts'

/** @returns how a row's type differs from the columns that are returned */
export function differences(row: ts.Type, columns: readonly Column[], checker: ts.TypeChecker): string[] {
  const properties = new Map(checker.getPropertiesOfType(row).map(property => [property.name, property]))
  const names = columns.map(column => column.name)
  return [
    ...names.filter((name, i) => names.indexOf(name) !== i).map(name => `returns two columns ${name}`),
    ...names.filter(name => !properties.has(name)).map(name => `returns ${name}, which its row type has not`),
    ...[...properties.keys()].filter(name => !names.includes(name)).map(name => `does not return ${name}`),
    ...columns.flatMap(column => {
      const property = properties.get(column.name)
      return property ? (misfit(checker.getTypeOfSymbol(property), column, checker) ?? []) : []
    }),
  ]
}

function misfit(stated: ts.Type, column: Column, checker: ts.TypeChecker): string | undefined {
  const { name, kind, labels, isNullable } = column
  const text = checker.typeToString(stated)
  if (stated.flags & (ts.TypeFlags.Unknown | ts.TypeFlags.Any)) return undefined
  const present = checker.getNonNullableType(stated)
  if (isNullable && present === stated) return `${name} may be NULL, and its type is ${text}`
  const members = present.isUnion() ? present.types : [present]
  const kinds = members.map(member => kindOf(member, checker))
  if (kind === 'JSON' ? kinds.includes('Date') : kinds.some(one => one !== kind))
    return `${name} is ${kind}, and its type is ${text}`
  const unknown = members.filter(member => member.isStringLiteral() && labels && !labels.includes(member.value))
  return unknown.length > 0 ? `${name} is never ${unknown.map(member => checker.typeToString(member))}` : undefined
}

function kindOf(type: ts.Type, checker: ts.TypeChecker): Kind | 'object' {
  if (type.flags & ts.TypeFlags.StringLike) return 'string'
  if (type.flags & ts.TypeFlags.NumberLike) return 'number'
  if (type.flags & ts.TypeFlags.BooleanLike) return 'boolean'
  if (checker.isArrayType(type)) {
    const [element] = checker.getTypeArguments(type as ts.TypeReference)
    const members = element!.isUnion() ? element.types : [element!]
    return `${kindOf(members[0]!, checker)}[]` as Kind
  }
  const name = type.getSymbol()?.name
  return name === 'Date' || name === 'Buffer' ? name : 'object'
}
