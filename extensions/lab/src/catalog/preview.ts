import { MainAreaWidget } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import { Panel, Widget } from '@lumino/widgets';

import { element } from '../element';
import type { Gate } from '../gate';
import { ColumnKind, GridResult, Row } from '../grid/result';
import { GridView } from '../grid/view';
import { describeIcon, tableIcon } from '../icons';
import type { Catalog } from './model';
import { qualified } from './names';
import type { CatalogNode } from './node';

const PREVIEW_ROWS = 50;

interface Answer {
  columns: { name: string; type: string }[];
  rows: unknown[][];
  row_count: number;
  truncated: boolean;
  cached: boolean;
  elapsed_ms: number;
  trace_id: string;
}

/** A tab with the first rows of a table. */
export async function preview(item: CatalogNode, gate: Gate, trans: TranslationBundle): Promise<MainAreaWidget> {
  const name = qualified(item.schema, item.table);
  const answer = await gate.post<Answer>('query', {
    language: 'sql',
    statement: `select * from ${name} limit ${PREVIEW_ROWS}`,
    source: item.source,
    limit: PREVIEW_ROWS
  });
  const columns = answer.columns.map(column => ({ ...column, kind: kindOf(column.type) }));
  const rows = answer.rows.map(row => row.map(shown));
  const result: GridResult = { ...answer, columns, rows, row_count: rows.length, truncated: false, id: '', source: item.source, name };
  return tab(item, 'preview', new GridView(result, trans), null, trans);
}

/** A tab with the columns of a table: types and comments. */
export async function describe(item: CatalogNode, catalog: Catalog, trans: TranslationBundle): Promise<MainAreaWidget> {
  const table = await catalog.describe(item);
  const column = (name: string): GridResult['columns'][number] => ({ name, type: '', kind: 'text' });
  const result: GridResult = {
    id: '',
    columns: [column(trans.__('column')), column(trans.__('type')), column(trans.__('may be NULL')), column(trans.__('comment'))],
    rows: table.columns.map(({ name, type, nullable, comment }): Row => [name, type, nullable ? trans.__('yes') : trans.__('no'), comment ?? '–']),
    row_count: table.columns.length,
    truncated: false,
    cached: false,
    elapsed_ms: 0,
    source: ''
  };
  const rows = table.rows === null ? '' : trans.__('about %1 rows', table.rows.toLocaleString());
  const facts = [table.type, rows, item.source].filter(Boolean).join(' · ');
  const head = element(
    'header',
    { class: 'tobit-Preview-head' },
    element('h1', { text: qualified(item.schema, item.table) }),
    element('p', { class: 'tobit-muted', text: facts }),
    table.comment ? element('p', { text: table.comment }) : null
  );
  return tab(item, 'describe', new GridView(result, trans, false), head, trans);
}

function tab(item: CatalogNode, what: 'preview' | 'describe', view: GridView, head: HTMLElement | null, trans: TranslationBundle): MainAreaWidget {
  const content = new Panel();
  content.addClass('tobit-Preview');
  if (head) {
    content.addWidget(new Widget({ node: head }));
  }
  content.addWidget(view);
  const widget = new MainAreaWidget({ content });
  widget.toolbar.hide();
  widget.id = `tobit-${what}:${item.key}`;
  widget.title.label = item.table;
  widget.title.caption = what === 'preview' ? trans.__('First rows of %1', item.table) : trans.__('Columns of %1', item.table);
  widget.title.icon = what === 'preview' ? tableIcon : describeIcon;
  widget.title.closable = true;
  return widget;
}

function shown(value: unknown): string | null {
  return value === null || value === undefined ? null : typeof value === 'object' ? JSON.stringify(value) : String(value);
}

/** The alignment of a column; the gate's JSON names only the source's type. */
function kindOf(type: string): ColumnKind {
  const name = type.toLowerCase();
  if (name.endsWith('[]')) {
    return 'other';
  }
  if (/^(u?(tiny|small|big|huge)?int|u?int\d+|integer|serial|bigserial|numeric|decimal|real|float|double|money|halffloat|oid)/.test(name)) {
    return name.startsWith('interval') ? 'time' : 'number';
  }
  if (/^(date|time)/.test(name)) {
    return 'time';
  }
  return name.startsWith('bool') ? 'boolean' : 'text';
}
