import type { TranslationBundle } from '@jupyterlab/translation';

import type { ColumnKind, Operator } from './result';

const ORDERED: Operator[] = ['=', '!=', '<', '<=', '>', '>=', 'empty', 'not empty'];
const TEXTUAL: Operator[] = ['contains', '=', '!=', 'empty', 'not empty'];

/** Operators that make sense for a kind of column; the first is the default. */
export function operatorsOf(kind: ColumnKind): Operator[] {
  switch (kind) {
    case 'number':
    case 'time':
      return ORDERED;
    case 'boolean':
      return ['=', 'empty', 'not empty'];
    default:
      return TEXTUAL;
  }
}

/** `empty` and `not empty` ask for no value. */
export function takesValue(op: Operator): boolean {
  return op !== 'empty' && op !== 'not empty';
}

/** The sign that the closed list shows. */
export const SIGNS: Record<Operator, string> = {
  contains: '∋',
  '=': '=',
  '!=': '≠',
  '<': '<',
  '<=': '≤',
  '>': '>',
  '>=': '≥',
  empty: '∅',
  'not empty': '∃'
};

/** The operator in words. */
export function wordsOf(op: Operator, trans: TranslationBundle): string {
  switch (op) {
    case 'contains':
      return trans.__('contains');
    case '=':
      return trans.__('equals');
    case '!=':
      return trans.__('does not equal');
    case '<':
      return trans.__('less than');
    case '<=':
      return trans.__('at most');
    case '>':
      return trans.__('greater than');
    case '>=':
      return trans.__('at least');
    case 'empty':
      return trans.__('is empty');
    default:
      return trans.__('is not empty');
  }
}
