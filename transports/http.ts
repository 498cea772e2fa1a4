import { builtInTransport, type OpenTransport, tlsSchema } from '../lib/delivery/definition'

/** JSON lines, or one JSON array a request, to any URL. */
export const http = builtInTransport({
  name: 'http',
  acknowledges: 'received',
  options: {
    type: 'object',
    description: 'JSON lines, or JSON arrays, to a URL.',
    properties: {
      url: { type: 'string', minLength: 1, description: 'Where to POST. Redirects are not followed.' },
      headers: {
        type: 'object',
        description: 'Headers of each request, such as `authorization`.',
        additionalProperties: { type: 'string' },
      },
      format: {
        enum: ['lines', 'array'],
        description: '`lines` is JSON lines (application/x-ndjson), `array` one JSON array (application/json).',
        default: 'lines',
      },
      gzip: { type: 'boolean', description: 'Compress requests. The receiver must know it.', default: false },
      maxLines: { type: 'integer', minimum: 1, maximum: 100_000, description: 'Lines in a request.', default: 1000 },
      maxBytes: {
        type: 'integer',
        minimum: 1024,
        maximum: 104_857_600,
        description: "Bytes of a request's lines, before compression.",
        default: 1_048_576,
      },
      timeout: {
        type: 'integer',
        minimum: 1,
        maximum: 110_000,
        description: 'For a whole request and its answer, in ms.',
        default: 60_000,
      },
      tls: tlsSchema,
    },
    required: ['url'],
    additionalProperties: false,
  },
  limits: ({ maxLines, maxBytes }) => ({
    ...(maxLines === undefined ? {} : { lines: maxLines }),
    ...(maxBytes === undefined ? {} : { bytes: maxBytes }),
  }),

  async open({ url, headers, format, gzip, timeout, tls }, { clock }): Promise<OpenTransport> {
    const { HttpClient, isWebPage, DeliveryError, withId } = await import('../lib/delivery/sending.js')
    if (!/^https?:\/\//i.test(url) || !URL.canParse(url)) {
      throw new DeliveryError('hold', "url: not a URL that begins with 'http://' or 'https://'")
    }
    const limits = timeout === undefined ? {} : { total: timeout }
    const client = new HttpClient({ url, headers, gzip, tls, limits, clock })
    const array = format === 'array'
    return {
      async send({ lines }, { signal }) {
        const texts = lines.map(withId)
        const body = array ? `[${texts.join(',')}]` : `${texts.join('\n')}\n`
        const contentType = array ? 'application/json' : 'application/x-ndjson'
        const answer = await client.post({ body, contentType, signal })
        if (isWebPage(answer.body)) {
          throw new DeliveryError('hold', `status ${answer.status} with a web page: is the URL right?`)
        }
      },
      close: () => client.close(),
    }
  },
})
