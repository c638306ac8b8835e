import { Buffer } from 'node:buffer'

/**
 * The part of Protocol Buffers that the workflow API of the sidecar needs. Written out here because the SDK's
 * generated code lacks fields that the sidecar has, and because it would bring 25 MB for a dozen messages.
 * Source: https://protobuf.dev/programming-guides/encoding/
 */
export interface Codec<T> {
  decode(bytes: Buffer): T
  encode(value: Partial<T>): Buffer
}

export interface Field<T = unknown> {
  readonly no: number
  readonly repeated?: boolean
  read(reader: Reader): T
  write(writer: Writer, value: T): void
}

type Fields = Record<string, Field>

/** An absent field is `undefined`, a repeated one an empty array. */
export type Message<F extends Fields> = {
  [Key in keyof F]: F[Key] extends Field<infer T> ? (T extends unknown[] ? T : T | undefined) : never
}

export function message<F extends Fields>(fields: F): Codec<Message<F>> {
  const byNumber = new Map(Object.entries(fields).map(([name, field]) => [field.no, { name, field }]))
  const repeated = Object.keys(fields).filter(name => fields[name]?.repeated)
  return {
    decode(bytes) {
      const decoded: Record<string, unknown> = {}
      for (const name of repeated) decoded[name] = []
      const reader = new Reader(bytes)
      while (!reader.done) {
        const tag = reader.varint()
        const known = byNumber.get(tag >>> 3)
        if (!known) reader.skip(tag & 7)
        else if (known.field.repeated) (decoded[known.name] as unknown[]).push(known.field.read(reader))
        else decoded[known.name] = known.field.read(reader)
      }
      return decoded as Message<F>
    },
    encode(value) {
      const writer = new Writer()
      for (const { name, field } of byNumber.values()) {
        const given = value[name]
        if (field.repeated) for (const each of (given ?? []) as unknown[]) field.write(writer, each)
        else if (given !== undefined) field.write(writer, given)
      }
      return writer.finish()
    },
  }
}

export function string(no: number): Field<string> {
  return {
    no,
    read: reader => reader.bytes().toString('utf8'),
    write: (writer, value) => writer.bytes(no, Buffer.from(value, 'utf8')),
  }
}

/** Of 32 bits, signed. */
export function int32(no: number): Field<number> {
  return {
    no,
    read: reader => reader.varint() | 0,
    write: (writer, value) => writer.number(no, value),
  }
}

/** Of 64 bits, up to 2^53 - 1 and not negative. */
export function int64(no: number): Field<number> {
  return { no, read: reader => reader.varint(), write: (writer, value) => writer.number(no, value) }
}

export function bool(no: number): Field<boolean> {
  return {
    no,
    read: reader => reader.varint() !== 0,
    write: (writer, value) => writer.number(no, Number(value)),
  }
}

export function bytes(no: number): Field<Buffer> {
  return { no, read: reader => reader.bytes(), write: (writer, value) => writer.bytes(no, value) }
}

export function nested<T>(no: number, codec: Codec<T>): Field<Partial<T>> {
  return {
    no,
    read: reader => codec.decode(reader.bytes()),
    write: (writer, value) => writer.bytes(no, codec.encode(value)),
  }
}

/** A `google.protobuf.StringValue`: unlike a string, it can be absent. */
export function text(no: number): Field<string> {
  return {
    no,
    read: reader => stringValue.decode(reader.bytes()).value ?? '',
    write: (writer, value) => writer.bytes(no, stringValue.encode({ value })),
  }
}

export function list<T>(field: Field<T>): Field<T[]> {
  return { ...field, repeated: true } as unknown as Field<T[]>
}

const stringValue = message({ value: string(1) })

class Reader {
  readonly #bytes: Buffer
  #at = 0

  constructor(bytes: Buffer) {
    this.#bytes = bytes
  }

  get done(): boolean {
    return this.#at >= this.#bytes.length
  }

  /** Bits beyond the 53rd, which only negative numbers have here, are lost; the low 32 are exact. */
  varint(): number {
    let low = 0
    let high = 0
    for (let shift = 0; ; shift += 7) {
      const byte = this.#bytes[this.#at++]
      if (byte === undefined) throw new RangeError('the message ends within a number')
      const bits = byte & 0x7f
      if (shift < 28) low |= bits << shift
      else if (shift === 28) {
        low |= (bits << 28) >>> 0
        high |= bits >>> 4
      } else if (shift < 60) high |= bits << (shift - 32)
      if (byte < 0x80) return high === 0 ? low >>> 0 : (high & 0x1fffff) * 0x1_0000_0000 + (low >>> 0)
    }
  }

  /** A view, not a copy. */
  bytes(): Buffer {
    const length = this.varint()
    const start = this.#at
    this.#at += length
    if (this.#at > this.#bytes.length) throw new RangeError('the message ends within a field')
    return this.#bytes.subarray(start, this.#at)
  }

  skip(wireType: number): void {
    if (wireType === 0) this.varint()
    else if (wireType === 1) this.#at += 8
    else if (wireType === 2) this.bytes()
    else if (wireType === 5) this.#at += 4
    else throw new RangeError(`the message has a field of the unknown type ${wireType}`)
  }
}

class Writer {
  readonly #parts: Buffer[] = []

  number(no: number, value: number): void {
    this.#parts.push(varint(no << 3), varint(value))
  }

  bytes(no: number, value: Buffer): void {
    this.#parts.push(varint((no << 3) | 2), varint(value.length), value)
  }

  finish(): Buffer {
    return Buffer.concat(this.#parts)
  }
}

function varint(value: number): Buffer {
  const encoded: number[] = []
  let rest = value
  while (rest >= 0x80) {
    encoded.push((rest % 0x80) | 0x80)
    rest = Math.floor(rest / 0x80)
  }
  encoded.push(rest)
  return Buffer.from(encoded)
}
