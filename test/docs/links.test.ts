import { resolve } from 'node:path'
import t from 'tap'
import { checkLinks } from '../../scripts/links'
import { anchors, fences, links } from '../../scripts/markdown'

t.test('every link in the documents leads somewhere', async t => {
  t.strictSame(checkLinks(resolve(__dirname, '../../..')), [])
})

t.test('a link to a file or a heading that is not there is found', async t => {
  const root = t.testdir({
    'README.md':
      '# Top & `code`\n[a](docs/a.md#one) [b](#top--code) [c](docs/b.md)\n\n```\n[d](e.md)\n```\n[f](#g) [w](https://a.b/c)\n',
    docs: { 'a.md': '# One\n[up](../../x.md) `[no](link.md)`\n' },
  })
  t.strictSame(checkLinks(root), [
    'README.md:2: docs/b.md: there is no such file',
    'README.md:7: #g: no such heading; there are top--code',
    'docs/a.md:2: ../../x.md: there is no such file',
  ])
})

t.test('headings answer to the fragments that GitHub gives them', async t => {
  const text = '# A *b*_c_ `d`: e!\n## Same\n## Same\n# [Link](x)\n<a id="own"></a>\n'
  t.strictSame([...anchors(text)], ['a-b_c_-d-e', 'same', 'same-1', 'link', 'own'])
})

t.test('fences are read with their marks, their place and what is set up before them', async t => {
  const text = 'x\n\n<!-- setup:\nconst a = 1\n-->\n\n```ts no-run continued\na\nb\n```\n\n```json\n{}\n```\n'
  t.strictSame(fences(text), [
    { language: 'ts', marks: ['no-run', 'continued'], code: 'a\nb\n', line: 8, setup: 'const a = 1' },
    { language: 'json', marks: [], code: '{}\n', line: 13, setup: '' },
  ])
})

t.test('links are read from the prose only', async t => {
  t.strictSame(
    links('[a](b "t")\n`[c](d)`\n![e](<f>)\n[g]: h\n').map(link => `${link.line} ${link.target}`),
    ['1 b', '3 f', '4 h'],
  )
})
