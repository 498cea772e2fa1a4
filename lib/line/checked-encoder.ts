import { type Bound, UNCUT } from './bound'
import type { Call } from './call'
import { Encoder, type EncoderOptions } from './encoder'
import { type RecordText, renderRecord } from './record'
import { KeyBook, KeyKind, type KeyRules } from './shape'

/**
 * An encoder whose bound fields may be of another form than its lines: rendered by the rules of another layout, or
 * holding names that this layout writes elsewhere. Such fields are settled, once for a logger, and its calls with
 * fields take the careful way; all others take the hot one after a comparison.
 */
export class CheckedEncoder extends Encoder {
  protected readonly rules: KeyRules
  private readonly settled = new WeakMap<Bound, string>()
  private readonly books = new WeakMap<KeyBook, KeyBook>()

  constructor(options: EncoderOptions) {
    super(options)
    this.rules = options.layout.rules
  }

  /** The text of fields as it stands on a line: `hasMessage` where the line has one. */
  protected settle(text: string, _hasMessage: boolean): string {
    return text
  }

  override fields(level: number, now: number, msg: string | undefined, fields: object, bound: Bound) {
    return this.isReady(bound) ? super.fields(level, now, msg, fields, bound) : undefined
  }

  override record(level: number, now: number, call: Call, inherited: readonly string[], book: KeyBook): string {
    if (book.rules === this.rules) return super.record(level, now, call, inherited, book)
    const own = this.bookFor(book)
    // The logger's own come last; what comes before them is rendered by the rules of hewn's line, which all take.
    const last = inherited.length - 1
    const texts = inherited.map((text, index) => (index === last ? moved(text, book.rules, own) : text))
    return super.record(level, now, call, texts, own)
  }

  protected override lead(bound: Bound, now: number): string {
    return this.isReady(bound) ? super.lead(bound, now) : this.base + this.boundText(bound)
  }

  protected override assemble(level: number, now: number, record: RecordText, room: number): string {
    const fields = this.settle(record.fields, record.msg !== undefined)
    return super.assemble(level, now, { msg: record.msg, fields }, room)
  }

  /** Whether bound fields are on the line just as they are rendered. */
  protected isReady(bound: Bound): boolean {
    if (bound.leadOf === this) return true
    let { shape } = bound
    if (shape.book.rules !== this.rules || shape.kind === KeyKind.full) return false
    if (bound.text === '') {
      // Noted, so that a logger without fields is asked once.
      bound.lead = this.base
      bound.leadOf = this
      return true
    }
    for (; shape.parent !== undefined; shape = shape.parent) {
      if (shape.kind !== KeyKind.plain) return this.boundText(bound) === bound.text
    }
    return this.isOrdinary(bound.text)
  }

  /** Whether nothing inside of the values of plain keys would have to be settled. */
  protected isOrdinary(_text: string): boolean {
    return true
  }

  private boundText(bound: Bound): string {
    let text = this.settled.get(bound)
    if (text === undefined) {
      const { book } = bound.shape
      const own = book.rules === this.rules ? bound.text : moved(bound.text, book.rules, this.bookFor(book))
      text = this.settle(own, true)
      this.settled.set(bound, text)
    }
    return text
  }

  /** Another layout's book under this layout's rules. */
  private bookFor(book: KeyBook): KeyBook {
    let own = this.books.get(book)
    if (own === undefined) {
      own = new KeyBook(this.rules, book.serializers, false, book.guard)
      this.books.set(book, own)
    }
    return own
  }
}

/** A text of fields that was rendered by other rules, in a book's. What both reserve stays in `fields`. */
function moved(text: string, from: KeyRules, book: KeyBook): string {
  if (text === '') return ''
  const { fields, ...rest } = JSON.parse(`{${text.slice(1)}}`) as Record<string, unknown>
  const inner = typeof fields === 'object' && fields !== null ? Object.entries(fields) : []
  const own = Object.entries(rest).filter(([key]) => from.reserved.has(key) || !book.isReserved(key))
  const given = Object.entries(rest).filter(([key]) => !from.reserved.has(key) && book.isReserved(key))
  const call: Call = { msg: '', err: undefined, fields: [Object.fromEntries([...given, ...inner])] }
  const line = Object.entries(Object.fromEntries(own)).map(
    ([key, value]) => `,${JSON.stringify(key)}:${JSON.stringify(value)}`,
  )
  const plain = new KeyBook(book.rules)
  return renderRecord([line.join('')], call, plain, UNCUT).fields
}
