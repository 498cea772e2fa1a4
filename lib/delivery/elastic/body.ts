/**
 * Bytes of texts that follow each other. They become bytes as soon as there are some of them, so that what they were made
 * of is garbage while it is young: texts of a whole batch that live until its end are copied again and again.
 */
export class Body {
  private readonly parts: Buffer[] = []
  private text = ''

  add(text: string): void {
    this.text += text
    if (this.text.length >= PART) this.encode()
  }

  /** All of it. */
  bytes(): Buffer {
    this.encode()
    return Buffer.concat(this.parts)
  }

  private encode(): void {
    this.parts.push(Buffer.from(this.text))
    this.text = ''
  }
}

/** In UTF-16 units. */
const PART = 16 * 1024
