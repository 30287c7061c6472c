import { describe, expect, test } from 'vitest'
import { parseDocument } from '../../../src/intake/document.ts'

describe('reads', () => {
  test.each([
    ['529.982.247-25', '52998224725'],
    ['52998224725', '52998224725'],
    ['="52998224725"', '52998224725'],
    ["'52998224725", '52998224725'],
    ['52998224725.0', '52998224725'],
    ['11.222.333/0001-81', '11222333000181'],
    ['11222333000181', '11222333000181'],
    // Receita Federal's own example of a CNPJ with letters.
    ['12.ABC.345/01DE-35', '12ABC34501DE35'],
    ['12abc34501de35', '12ABC34501DE35'],
  ])('%s', (text, document) => {
    expect(parseDocument(text)).toEqual({ document })
  })
})

describe('restores the zeros that Excel ate', () => {
  test.each([
    ['1234567890', '01234567890'],
    ['191', '00000000191'], // also a CNPJ: CPF comes first
    ['00000000000191', '00000000000191'],
    ['394460005887', '00394460005887'],
  ])('%s is %s', (text, document) => {
    expect(parseDocument(text)).toEqual({ document })
  })
})

describe('refuses', () => {
  test.each([
    ['', 'it is empty'],
    ['529.982.247-26', 'its check digits are wrong'],
    ['111.111.111-11', 'its check digits are wrong'],
    ['00000000000000', 'its check digits are wrong'],
    ['12ABC34501DE36', 'its check digits are wrong'],
    ['5,29982E+10', 'it is neither a CPF nor a CNPJ'],
    ['não informado', 'it is neither a CPF nor a CNPJ'],
    ['112223330001811', 'it is neither a CPF nor a CNPJ'],
  ])('%s: %s', (text, problem) => {
    expect(parseDocument(text)).toEqual({ problem })
  })
})
