import { mkdirSync } from 'node:fs'
import { join, resolve } from 'node:path'
import t from 'tap'
import { checkJson, compile, findSnippets, run } from '../../scripts/snippets'

const root = resolve(__dirname, '../../..')

t.test('every snippet of the documents compiles, runs and prints what it says', async t => {
  const folder = join(root, 'dist/snippets')
  const snippets = findSnippets(root)
  t.ok(snippets.length > 5, 'there are snippets')
  t.equal(await compile(root, folder, snippets), '', 'strict TypeScript has no complaint')
  for (const snippet of snippets) {
    if (snippet.kind === 'json') t.equal(checkJson(snippet), undefined, snippet.place)
    else if (snippet.run) t.equal(await run(folder, snippet), undefined, snippet.place)
  }
})

t.test('a snippet that does not compile, fails or prints something else is found', async t => {
  const fixture = t.testdir({
    'README.md': [
      '```ts\nconst a: number = 1\nconsole.log(`{"time":"now","a":${a}}`)\n```\n```json output\n{"time":"then","a":1}\n```',
      '```ts continued no-run\nconst b: string = a\n```',
      '```js\nconsole.log(1)\n```\n```text output\n2\n```',
      '```js\nprocess.exit(3)\n```',
      '```json\n{"a":1}\n{"a":\n```',
      '```json\n{\n  "transports": [{ "type": "stdot" }]\n}\n```',
      '```json config\n{ "level": "info" }\n```',
      '```sh\nexit 1\n```',
      '',
    ].join('\n'),
  })
  mkdirSync(join(fixture, 'docs'))
  const snippets = findSnippets(fixture)
  t.equal(snippets.length, 8)
  const folder = join(root, 'dist/snippets-broken')
  t.match(await compile(root, folder, snippets), /^README\.md:9\(\d+,7\): error TS2322/)
  const [good, , , differs, fails, broken, misspelt, config] = snippets
  t.equal(await run(folder, good!), undefined)
  t.match(await run(folder, differs!), /printed\n1\nand not\n2/)
  t.match(await run(folder, fails!), /ended with 3/)
  t.ok(checkJson(broken!))
  t.match(checkJson(misspelt!), /did you mean 'stdout'/)
  t.equal(checkJson(config!), undefined)
})
