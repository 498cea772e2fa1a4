import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import t from 'tap'
import { publicApi } from '../../scripts/api'

const root = resolve(__dirname, '../../..')

t.test('docs/api.txt is the public interface as it is', async t => {
  t.equal(
    readFileSync(join(root, 'docs/api.txt'), 'utf8'),
    publicApi(join(root, 'dist')),
    'if the change is meant: npm run docs',
  )
})

t.test('a public name is followed to its declaration, and to what it mentions', async t => {
  const dist = t.testdir({
    lib: {
      'index.d.ts': "export { make } from './make';\nexport type { Options as MakeOptions } from './options';\n",
      'make.d.ts': [
        "import { type Options } from './options';",
        '/** A comment; with a semicolon }. */',
        'export declare function make(text: string): Made;',
        "export declare function make(text: 'a;}', options?: Options): import('./problem').Problem;",
        'export declare class Made {\n    private readonly secret;\n    #own;\n    readonly a: number;\n}',
        'export declare function internal(): void;',
        '',
      ].join('\n'),
      'options.d.ts': 'export interface Options {\n    deep: {\n        b: 1;\n    };\n}\n',
      'problem.d.ts': 'export type Problem = string;\n',
    },
  })
  const expected = [
    'hewn\n====\n',
    'exports MakeOptions, make\n',
    'class Made {\n  readonly a: number;\n}\n',
    'interface Options {\n  deep: {\n    b: 1;\n  };\n}\n',
    'type Problem = string\n',
    "function make(text: string): Made\nfunction make(text: 'a;}', options?: Options): import('./problem').Problem\n",
    '',
  ]
  t.equal(publicApi(dist), expected.join('\n'))
})
