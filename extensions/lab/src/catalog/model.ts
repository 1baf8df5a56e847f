import type { TranslationBundle } from '@jupyterlab/translation';
import { ISignal, Signal } from '@lumino/signaling';

import { Gate, GateError } from '../gate';
import { CatalogNode, node, SourceFacts, TableDescription, TableFacts } from './node';

/** What there is to ask: sources, schemas, tables, columns; each level is asked for when it is opened. */
export class Catalog {
  constructor(
    private _gate: Gate,
    private _trans: TranslationBundle
  ) {}

  get changed(): ISignal<this, void> {
    return this._changed;
  }

  /** The sources; null before the first answer. */
  get sources(): CatalogNode[] | null {
    return this._root.children;
  }

  get loading(): boolean {
    return this._root.loading;
  }

  get error(): string {
    return this._root.error;
  }

  /** Asks anew; what was open is opened again. */
  async refresh(): Promise<void> {
    const open = new Set(this._all(this._root).flatMap(item => (item.open ? [item.key] : [])));
    const first = this._root.children === null;
    this._root.children = null;
    await this._load(this._root);
    const sources = this._root.children as CatalogNode[] | null;
    if (first && sources?.length) {
      open.add(sources[0].key);
    }
    await this._reopen(sources ?? [], open);
  }

  async toggle(item: CatalogNode, open = !item.open): Promise<void> {
    if (item.kind === 'column' || item.open === open) {
      return;
    }
    item.open = open;
    this._changed.emit();
    if (open && (item.children === null || item.error)) {
      await this._load(item);
    }
  }

  /** Loads the tables of every source, so that a filter sees them. */
  async loadTables(): Promise<void> {
    await Promise.all((this._root.children ?? []).filter(item => item.children === null && !item.loading && !item.error).map(item => this._load(item)));
  }

  describe(item: CatalogNode): Promise<TableDescription> {
    return this._gate.get('sources', item.source, 'tables', item.schema ? `${item.schema}.${item.table}` : item.table);
  }

  private async _reopen(items: CatalogNode[], open: Set<string>): Promise<void> {
    await Promise.all(
      items.map(async item => {
        if (open.has(item.key)) {
          await this.toggle(item, true);
          await this._reopen(item.children ?? [], open);
        }
      })
    );
  }

  private async _load(item: CatalogNode): Promise<void> {
    if (item.loading) {
      return;
    }
    item.loading = true;
    item.error = '';
    this._changed.emit();
    try {
      item.children = await this._below(item);
    } catch (reason) {
      item.error = reason instanceof GateError ? [reason.message, reason.hint].filter(Boolean).join(' ') : String((reason as Error).message ?? reason);
    } finally {
      item.loading = false;
      this._changed.emit();
    }
  }

  private async _below(item: CatalogNode): Promise<CatalogNode[]> {
    if (item === this._root) {
      return (await this._gate.get<SourceFacts[]>('sources')).map(facts => this._source(facts));
    }
    if (item.kind === 'source') {
      return this._schemas(item.name, await this._gate.get<TableFacts[]>('sources', item.name, 'tables'));
    }
    const { columns } = await this.describe(item);
    return columns.map(column =>
      node({
        ...{ kind: 'column', key: `${item.key}/${column.name}`, name: column.name, detail: column.type },
        ...{ source: item.source, schema: item.schema, table: item.table },
        tip: [`${column.name}: ${column.type}${column.nullable ? '' : ` ${this._trans.__('not null')}`}`, column.comment].filter(Boolean).join('\n')
      })
    );
  }

  private _source(facts: SourceFacts): CatalogNode {
    return node({
      ...{ kind: 'source', key: facts.name, name: facts.name, source: facts.name, detail: facts.type },
      tip: [facts.description, facts.state].filter(Boolean).join('\n')
    });
  }

  private _schemas(source: string, tables: TableFacts[]): CatalogNode[] {
    const schemas = new Map<string, CatalogNode>();
    for (const facts of tables) {
      const name = facts.schema ?? '';
      const schema =
        schemas.get(name) ?? node({ kind: 'schema', key: `${source}/${name}`, name: name || this._trans.__('tables'), source, schema: name, children: [] });
      schemas.set(name, schema);
      schema.children?.push(this._table(source, facts));
    }
    const found = [...schemas.values()];
    found.forEach(schema => (schema.detail = schema.children?.length.toLocaleString() ?? ''));
    if (found.length === 1) {
      // Nothing to choose from: its tables are what the person is after.
      found[0].open = true;
    }
    return found;
  }

  private _table(source: string, facts: TableFacts): CatalogNode {
    const rows = facts.rows === null ? '' : this._trans.__('about %1 rows', facts.rows.toLocaleString());
    return node({
      ...{ kind: 'table', key: `${source}/${facts.schema ?? ''}/${facts.name}`, name: facts.name, type: facts.type },
      ...{ source, schema: facts.schema ?? '', table: facts.name },
      detail: facts.rows === null ? '' : estimate(facts.rows),
      tip: [facts.name, [facts.type, rows].filter(Boolean).join(', '), facts.comment].filter(Boolean).join('\n')
    });
  }

  private _all(item: CatalogNode): CatalogNode[] {
    return (item.children ?? []).flatMap(child => [child, ...this._all(child)]);
  }

  private _root = node({ kind: 'source', key: '', name: '' });
  private _changed = new Signal<this, void>(this);
}

/** 5600000 → "≈ 5.6M". */
function estimate(rows: number): string {
  return `≈ ${new Intl.NumberFormat(undefined, { notation: 'compact', maximumFractionDigits: 1 }).format(rows)}`;
}
