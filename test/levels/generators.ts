import fc from 'fast-check'
import { SILENT } from '../../lib/levels/levels'
import { type Condition, condition, type Rule } from '../../lib/levels/rule'

/** Few names and values, so that rules meet. */
export const someName = fc
  .array(fc.constantFrom('a', 'b', 'c'), { minLength: 1, maxLength: 4 })
  .map(segments => segments.join('.'))

const someGlob = fc
  .array(fc.constantFrom('a', 'b', '*', '**'), { minLength: 1, maxLength: 4 })
  .filter(segments => segments.some(segment => segment.startsWith('*')))
  .map(segments => segments.join('.'))

const someLevel = fc.constantFrom(10, 20, 25, 30, 40, 50, 60, SILENT)

const someConditions = fc.subarray([condition('x', '1'), condition('y', '1'), condition('z.w', '1')])

/** Rules over a small world of names and fields. */
export const someRule: fc.Arbitrary<Rule> = fc.oneof(
  someLevel.map(level => ({ target: 'default' as const, name: '', glob: false, conditions: [], level })),
  rulesOf('name', someName, false, someConditions, someLevel),
  rulesOf('name', someGlob, true, someConditions, someLevel),
)

const anyText = fc.oneof(
  fc.string({ unit: 'binary', minLength: 1 }),
  hostileText(),
  fc.constantFrom('to:x', '-x', '*', '**', 'a.*', '.', ' ', '"', '\\'),
)

const anyField = anyText.filter(text => text !== '')

const anyConditions = fc
  .uniqueArray(fc.tuple(anyField, anyText), { maxLength: 3, selector: ([field]) => field })
  .map(pairs => pairs.map(([field, value]): Condition => condition(field, value)))

/** Rules that the grammar can say, with any characters in names, fields and values. */
export const anyRule: fc.Arbitrary<Rule> = fc.oneof(
  someLevel.map(level => ({ target: 'default' as const, name: '', glob: false, conditions: [], level })),
  rulesOf('name', anyText, false, anyConditions, someLevel),
  rulesOf('name', someGlob, true, anyConditions, someLevel),
  rulesOf('transport', anyText, false, fc.constant([]), someLevel),
)

/** Texts that look like levels often enough to get deep into the parser. */
export function hostileText(): fc.Arbitrary<string> {
  const piece = fc.constantFrom(
    ...[
      ',',
      '=',
      '[',
      ']',
      '"',
      '\\',
      '-',
      'to:',
      '*',
      '**',
      '.',
      ' ',
      '\n',
      'a',
      'http',
      'debug',
      'WARN',
      'off',
      '25',
      '\u{1f600}',
      '\ud800',
    ],
  )
  return fc.array(piece, { maxLength: 40 }).map(pieces => pieces.join(''))
}

function rulesOf(
  target: 'name' | 'transport',
  name: fc.Arbitrary<string>,
  glob: boolean,
  conditions: fc.Arbitrary<Condition[]>,
  level: fc.Arbitrary<number>,
): fc.Arbitrary<Rule> {
  return fc.record({
    target: fc.constant(target),
    name: name.filter(text => text !== ''),
    glob: fc.constant(glob),
    conditions,
    level,
  })
}
