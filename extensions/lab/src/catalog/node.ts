export type NodeKind = 'source' | 'schema' | 'table' | 'column';

export interface SourceFacts {
  name: string;
  type: string;
  description?: string | null;
  state?: string | null;
}

export interface TableFacts {
  schema: string;
  name: string;
  type: string;
  /** Rounded estimate; null where the source has none. */
  rows: number | null;
  comment: string | null;
}

export interface ColumnFacts {
  name: string;
  type: string;
  nullable: boolean;
  comment: string | null;
}

export interface TableDescription extends TableFacts {
  columns: ColumnFacts[];
}

/** One line of the tree. */
export interface CatalogNode {
  kind: NodeKind;
  /** Unique in the tree and the same after a refresh. */
  key: string;
  name: string;
  /** What is said at the end of the line: rows of a table, type of a column. */
  detail: string;
  tip: string;
  source: string;
  schema: string;
  table: string;
  /** Of tables: table, view, file or foreign. */
  type: string;
  open: boolean;
  /** null: not asked for yet. */
  children: CatalogNode[] | null;
  loading: boolean;
  error: string;
}

/** A closed node with nothing below it yet. */
export function node(given: Partial<CatalogNode> & Pick<CatalogNode, 'kind' | 'key' | 'name'>): CatalogNode {
  return { detail: '', tip: '', source: '', schema: '', table: '', type: '', open: false, children: null, loading: false, error: '', ...given };
}
