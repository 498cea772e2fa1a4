import { redactContext } from './bound'
import { guardedFields } from './fields'
import { guardedItem, guardedPlain, guardedProperty, guardedValue } from './render'

/**
 * How a record is written where rules hold. The encoder reaches it through its guard alone, so that a process without
 * rules loads nothing of redaction.
 */
export const WRITING = {
  value: guardedValue,
  property: guardedProperty,
  item: guardedItem,
  plain: guardedPlain,
  fields: guardedFields,
  context: redactContext,
} as const
