import { builtInTransport, type OpenTransport } from '../lib/delivery/definition'
import { httpOptions } from '../lib/delivery/http/options'

/** JSON lines, or one JSON array a request, to any URL. */
export const http = builtInTransport({
  name: 'http',
  acknowledges: 'received',
  options: httpOptions,
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
