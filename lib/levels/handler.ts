import type { IncomingMessage, ServerResponse } from 'node:http'
import { formatProblem, nearest, type Problem, quote } from '../problem'
import { readBody } from './request-body'
import type { LevelState } from './state'

/** The longest body that is read, in bytes. */
const MAX_BODY = 65_536

const METHODS = 'GET, HEAD, PUT, DELETE'

interface Answer {
  readonly status: number
  readonly body: object
}

/**
 * A request handler that shows and changes levels while the process runs; for `http.createServer`, Express
 * and Connect, and for Fastify with its raw request and response. **It asks nobody who they are**: put it
 * behind the authentication of your admin routes, or on a port that only operators reach.
 *
 * - `GET` answers with the layers and overlays; `?name=app.db` also explains that name's level.
 * - `PUT` with `{ "levels": "http=debug", "for": "10m" }`, or with the bare text and `?for=10m`, puts an
 *   overlay on: 200 and the problems of what was left out, or 400 if nothing took effect.
 * - `DELETE ?id=3` takes an overlay off; 404 if there is none of that id.
 *
 * Answers are JSON. A body beyond 64 KiB is answered with 413, another method with 405. Never throws.
 */
export function levelHandler(access: () => LevelState): (req: IncomingMessage, res: ServerResponse) => void {
  return (req, res) => {
    answer(req, access)
      .catch(() => refusal(500, { where: 'levels', found: 'an internal error', expected: 'none' }))
      .then(done => reply(res, done))
      // The response was ended or destroyed by someone else: there is nobody left to answer.
      .catch(() => {})
  }
}

async function answer(req: IncomingMessage, access: () => LevelState): Promise<Answer> {
  const query = new URLSearchParams(req.url?.split('?', 2)[1])
  switch (req.method) {
    case 'GET':
    case 'HEAD':
      return get(query.get('name'), access())
    case 'PUT':
      return put(await readBody(req, MAX_BODY), query.get('for'), access())
    case 'DELETE':
      return remove(query.get('id'), access())
    default:
      return refusal(405, { where: 'method', found: quote(String(req.method)), expected: `one of ${METHODS}` })
  }
}

function get(name: string | null, state: LevelState): Answer {
  const all = { layers: state.layers(), overlays: state.overlays() }
  return { status: 200, body: name === null ? all : { ...all, explanation: state.rules.explain(name) } }
}

function put(body: unknown, queryFor: string | null, state: LevelState): Answer {
  if (body === undefined) {
    return refusal(413, { where: 'body', found: 'a longer one', expected: `at most ${MAX_BODY} bytes` })
  }
  const wish = wishOf(body)
  if ('found' in wish) return refusal(400, wish)
  const { id, problems } = state.overlay(wish.levels, { for: wish.for ?? queryFor ?? undefined })
  if (id === undefined) return refusal(400, ...problems)
  return { status: 200, body: { id, problems: problems.map(formatProblem), overlays: state.overlays() } }
}

function remove(id: string | null, state: LevelState): Answer {
  const known = state.overlays().map(overlay => overlay.id)
  const expected = known.length === 0 ? 'nothing to remove: there is no overlay' : `one of ${known.join(', ')}`
  if (id === null) return refusal(400, { where: 'id', found: 'none', expected })
  if (!known.some(one => String(one) === id) || !state.remove(Number(id))) {
    return refusal(404, { where: 'id', found: quote(id), expected })
  }
  return { status: 200, body: { id: Number(id), overlays: state.overlays() } }
}

/** What a PUT asks for. Its values are checked where they are used. */
interface Wish {
  readonly levels: string
  readonly for?: string | number | null | undefined
}

const EXPECTED_BODY = '{ "levels": "http=debug", "for": "10m" } or a text of levels'

function wishOf(body: unknown): Wish | Problem {
  if (typeof body === 'string' && !body.trimStart().startsWith('{')) return { levels: body }
  const wish = typeof body === 'string' ? parseJson(body) : body
  if (typeof wish !== 'object' || wish === null || Array.isArray(wish)) {
    return {
      where: 'body',
      found: typeof body === 'string' ? 'JSON that does not parse' : 'no object',
      expected: EXPECTED_BODY,
    }
  }
  const unknown = Object.keys(wish).find(key => key !== 'levels' && key !== 'for')
  if (unknown === undefined) return wish as Wish
  return {
    where: 'body',
    found: quote(unknown),
    expected: EXPECTED_BODY,
    suggestion: nearest(unknown, ['levels', 'for']),
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function refusal(status: number, ...problems: readonly Problem[]): Answer {
  return { status, body: { problems: problems.map(formatProblem) } }
}

function reply(res: ServerResponse, { status, body }: Answer): void {
  const text = `${JSON.stringify(body, null, 2)}\n`
  res.statusCode = status
  res.setHeader('content-type', 'application/json; charset=utf-8')
  res.setHeader('content-length', Buffer.byteLength(text))
  res.setHeader('cache-control', 'no-store')
  res.setHeader('x-content-type-options', 'nosniff')
  if (status === 405) res.setHeader('allow', METHODS)
  if (status === 413) res.setHeader('connection', 'close')
  res.end(text)
}
