import type { TranslationBundle } from '@jupyterlab/translation';

import { element } from '../element';
import { operatorsOf, SIGNS, takesValue, wordsOf } from './operators';
import type { Column, Filter, Operator } from './result';

const TYPING_MS = 350;

/** One filter per column, as a row of the table's head. */
export class FilterRow {
  /** `changed` is called a moment after the last key, or at once with Enter. */
  constructor(
    columns: Column[],
    private _trans: TranslationBundle,
    private _changed: () => void
  ) {
    this.node = element('tr', { class: 'tobit-Grid-filters' }, element('td', { class: 'tobit-Grid-number' }));
    for (const column of columns) {
      this.node.append(this._field(column));
    }
  }

  readonly node: HTMLTableRowElement;

  /** The filters that are filled in. */
  get filters(): Filter[] {
    return this._fields.flatMap(({ operator, value }, index) => {
      const op = operator.value as Operator;
      const text = value.value.trim();
      return takesValue(op) && text === '' ? [] : [{ column: index, op, value: takesValue(op) ? text : '' }];
    });
  }

  clear(): void {
    for (const { operator, value } of this._fields) {
      operator.selectedIndex = 0;
      value.value = '';
      this._refresh(operator, value);
    }
    this._changed();
  }

  enable(enabled: boolean): void {
    for (const { operator, value } of this._fields) {
      operator.disabled = value.disabled = !enabled;
    }
  }

  focus(): void {
    this._fields[0]?.value.focus();
  }

  private _field(column: Column): HTMLTableCellElement {
    const trans = this._trans;
    const operator = element(
      'select',
      { class: 'tobit-Grid-operator', attrs: { 'aria-label': trans.__('Condition for %1', column.name) } },
      ...operatorsOf(column.kind).map(op => element('option', { text: `${SIGNS[op]}  ${wordsOf(op, trans)}`, attrs: { value: op } }))
    );
    const value = column.kind === 'boolean' ? this._choice(column) : this._input(column);
    operator.addEventListener('change', () => {
      this._refresh(operator, value);
      if (takesValue(operator.value as Operator)) {
        value.focus();
      }
      if (value.value !== '' || !takesValue(operator.value as Operator)) {
        this._later(0);
      }
    });
    this._fields.push({ operator, value });
    const sign = element('span', { class: 'tobit-Grid-sign', text: SIGNS[operator.value as Operator], attrs: { 'aria-hidden': 'true' } });
    return element('td', {}, element('div', { class: 'tobit-Grid-filter' }, element('label', { class: 'tobit-Grid-condition' }, sign, operator), value));
  }

  private _input(column: Column): HTMLInputElement {
    return element('input', {
      attrs: {
        type: 'text',
        spellcheck: 'false',
        autocomplete: 'off',
        inputmode: column.kind === 'number' ? 'decimal' : 'text',
        placeholder: column.kind === 'time' ? this._trans.__('2026-01-31') : this._trans.__('Filter'),
        'aria-label': this._trans.__('Filter %1', column.name)
      },
      on: {
        input: () => this._later(TYPING_MS),
        keydown: event => {
          const input = event.currentTarget as HTMLInputElement;
          if (event.key === 'Enter') {
            this._later(0);
          } else if (event.key === 'Escape' && input.value !== '') {
            event.stopPropagation();
            input.value = '';
            this._later(0);
          }
        }
      }
    });
  }

  private _choice(column: Column): HTMLSelectElement {
    return element(
      'select',
      { class: 'tobit-Grid-choice', attrs: { 'aria-label': this._trans.__('Filter %1', column.name) }, on: { change: () => this._later(0) } },
      element('option', { text: this._trans.__('any'), attrs: { value: '' } }),
      element('option', { text: this._trans.__('true'), attrs: { value: 'true' } }),
      element('option', { text: this._trans.__('false'), attrs: { value: 'false' } })
    );
  }

  private _refresh(operator: HTMLSelectElement, value: Field): void {
    const op = operator.value as Operator;
    (operator.previousElementSibling as HTMLElement).textContent = SIGNS[op];
    value.classList.toggle('tobit-mod-unused', !takesValue(op));
  }

  private _later(delay: number): void {
    window.clearTimeout(this._timer);
    this._timer = window.setTimeout(() => this._changed(), delay);
  }

  private _fields: { operator: HTMLSelectElement; value: Field }[] = [];
  private _timer = 0;
}

type Field = HTMLInputElement | HTMLSelectElement;
