/** The values of each Go type that is marked `+enum`, which the OpenAPI documents leave out. */
export function enumsIn(source: string): Map<string, string[]> {
  const names = [...source.matchAll(/^\/\/ \+enum\n(?:\/\/.*\n)*type (\w+) string/gm)].map(
    ([, name = '']) => name,
  )
  const values = [...source.matchAll(/^\s*\w+\s+(\w+)\s*=\s*"([^"]*)"/gm)]
  return new Map(
    names.map(name => [name, values.filter(each => each[1] === name).map(each => each[2] ?? '')]),
  )
}

/** Each field whose type is one of them: the struct, the name in JSON, and the values. */
export function enumFieldsIn(
  source: string,
  enums: ReadonlyMap<string, string[]>,
): { struct: string; field: string; isList: boolean; values: string[] }[] {
  return [...source.matchAll(/^type (\w+) struct \{\n([\s\S]*?)^\}/gm)].flatMap(
    ([, struct = '', body = '']) =>
      [...body.matchAll(/^\s+\w+\s+(\[\])?\*?(\w+)\s+`json:"(\w+)/gm)].flatMap(
        ([, list, type = '', field = '']) => {
          const values = enums.get(type)
          return values && values.length > 0 ? [{ struct, field, isList: list !== undefined, values }] : []
        },
      ),
  )
}
