import { equal } from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import t from 'tap'
import { linesOf, logCalls, ofLayout } from '../support/calls'
import { holds } from '../support/property'
import { parseLogfmt } from '../support/strict-logfmt'

const { loose, take } = ofLayout('logfmt', { name: 'app' })

/** The pairs of a call, as text, without those of every line. */
function written(...args: unknown[]): string {
  loose.info(...args)
  const [line] = take() as [string]
  return line.trimEnd().replace(/^time=\S+ level=info logger=app (?:msg=m )?pid=\d+ host=\S+ ?/, '')
}

t.test('a line is pairs with spaces between, quoted only where it must be', t => {
  loose.info({ path: '/x', note: 'a b' }, 'request completed')
  t.match(
    take()[0],
    /^time=\d{4}-\d\d-\d\dT[\d:.]+Z level=info logger=app msg="request completed" pid=\d+ host=\S+ path=\/x note="a b"\n$/,
  )
  const cases: [object, string][] = [
    [{ a: 'x=y' }, 'a="x=y"'],
    [{ a: 'say "hi"' }, 'a="say \\"hi\\""'],
    [{ a: 'two\nlines\t.' }, 'a="two\\nlines\\t."'],
    [{ a: 'back\\slash' }, 'a="back\\\\slash"'],
    [{ a: '', b: null, c: 'null', d: true, e: 1.5 }, 'a="" b=null c="null" d=true e=1.5'],
    [{ a: { b: { c: 1 }, d: 'x y' }, e: {} }, 'a.b.c=1 a.d="x y" e={}'],
    [{ a: [1, 'x', { b: 2 }] }, 'a="[1,\\"x\\",{\\"b\\":2}]"'],
    [{ 'a b': 1, 'c=d': 2, 'e"': 3, '': 4 }, 'a_b=1 c_d=2 e_=3 _=4'],
    [{ 'a.b': 1, a: { b: 2 } }, 'a.b=1 a.b#2=2'],
    [{ a: '\u0085\u2028é' }, 'a="\\u0085\\u2028é"'],
  ]
  for (const [fields, expected] of cases) t.equal(written(fields, 'm'), expected)
  t.end()
})

t.test('whatever is logged, a strict reader finds every key once and every text whole', t => {
  const logfmt = ofLayout('logfmt')
  holds(
    t,
    fc.property(
      logCalls,
      fc.string({ unit: 'binary' }).filter(text => !text.includes('%')),
      (call, message) => {
        const [line] = linesOf({ ...call, message }, logfmt) as [string]
        equal(line.indexOf('\n'), line.length - 1)
        const pairs = parseLogfmt(line.trimEnd())
        equal(pairs.get('level'), call.method)
        equal(pairs.get('msg'), message)
      },
    ),
    300,
  )
  t.end()
})

const READER = `package main

import (
	"encoding/json"
	"os"

	"github.com/go-logfmt/logfmt"
)

func main() {
	d := logfmt.NewDecoder(os.Stdin)
	out := json.NewEncoder(os.Stdout)
	out.SetEscapeHTML(false)
	for d.ScanRecord() {
		pairs := [][]string{}
		for d.ScanKeyval() {
			pairs = append(pairs, []string{string(d.Key()), string(d.Value())})
		}
		out.Encode(pairs)
	}
	if d.Err() != nil {
		panic(d.Err())
	}
}
`

/** Debian's golang-github-go-logfmt-logfmt-dev. */
const GO_SOURCES = '/usr/share/gocode/src/github.com/go-logfmt/logfmt'
const GO = ['/usr/local/go/bin/go', '/usr/bin/go'].find(existsSync)
const missing = GO === undefined ? 'go is not installed' : !existsSync(GO_SOURCES) && 'go-logfmt is not installed'

t.test("go-logfmt's decoder reads what was logged", { skip: missing, timeout: 120_000 }, t => {
  const samples = fc.sample(logCalls, { numRuns: 300, seed: 7 })
  const lines = samples.flatMap(call => linesOf(call, ofLayout('logfmt')))
  const folder = t.testdir()
  const program = join(folder, 'src/reader')
  mkdirSync(program, { recursive: true })
  writeFileSync(join(program, 'main.go'), READER)
  const env = {
    ...process.env,
    GOPATH: `${folder}:/usr/share/gocode`,
    GO111MODULE: 'off',
    GOFLAGS: '',
  }
  const { stdout, stderr } = spawnSync(GO!, ['run', 'reader'], { input: lines.join(''), env, encoding: 'utf8' })
  t.equal(stderr, '')
  const read = stdout
    .trimEnd()
    .split('\n')
    .map(line => JSON.parse(line) as [string, string][])
  t.strictSame(
    read,
    lines.map(line => [...parseLogfmt(line.trimEnd())]),
  )
  t.end()
})
