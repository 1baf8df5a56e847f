import type { TranslationBundle } from '@jupyterlab/translation';

import { element } from '../element';
import type { Column, Row } from './result';

/** Longer texts are cut in the cell; the whole is in its tooltip. */
const SHOWN_CHARACTERS = 300;

/** The body of the table: one page, never more, so that a million rows cost what fifty do. */
export function drawRows(body: HTMLTableSectionElement, columns: Column[], rows: Row[], offset: number, trans: TranslationBundle): void {
  const fragment = document.createDocumentFragment();
  rows.forEach((row, index) => {
    const line = element('tr', {}, element('th', { class: 'tobit-Grid-number', text: (offset + index + 1).toLocaleString(), attrs: { scope: 'row' } }));
    columns.forEach((column, place) => line.append(cell(column, row[place] ?? null, trans)));
    fragment.append(line);
  });
  body.replaceChildren(fragment);
}

function cell(column: Column, value: string | null, trans: TranslationBundle): HTMLTableCellElement {
  if (value === null) {
    return element('td', { class: `tobit-kind-${column.kind}` }, element('span', { class: 'tobit-Grid-null', text: 'NULL', title: trans.__('no value') }));
  }
  if (value === '') {
    return element('td', { class: `tobit-kind-${column.kind}` }, element('span', { class: 'tobit-Grid-null', text: '""', title: trans.__('empty text') }));
  }
  const cut = value.length > SHOWN_CHARACTERS;
  return element('td', {
    class: `tobit-kind-${column.kind}`,
    text: cut ? `${value.slice(0, SHOWN_CHARACTERS)}…` : value,
    title: value.length > 24 ? value.slice(0, 4000) : undefined
  });
}
