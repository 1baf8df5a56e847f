export const GRID_MIME = 'application/vnd.tobit.grid+json';

/** Rows per page that the person may choose from; the first is the default. */
export const PAGE_SIZES = [50, 100, 500];

export type ColumnKind = 'number' | 'text' | 'time' | 'boolean' | 'other';

export interface Column {
  name: string;
  type: string;
  kind: ColumnKind;
}

/** Values are strings ready to show; null is the database's NULL. */
export type Row = (string | null)[];

/** What a cell's output holds of a result: its shape and the first rows. */
export interface GridResult {
  id: string;
  columns: Column[];
  rows: Row[];
  row_count: number;
  truncated: boolean;
  cached: boolean;
  elapsed_ms: number;
  source: string;
  trace_id?: string | null;
  name?: string | null;
}

/** Columns are named by their position, from 0: names may repeat. */
export interface Sort {
  column: number;
  descending: boolean;
}

export type Operator = 'contains' | '=' | '!=' | '<' | '<=' | '>' | '>=' | 'empty' | 'not empty';

export interface Filter {
  column: number;
  op: Operator;
  value: string;
}

/** Which rows, in which order. */
export interface Selection {
  sort: Sort[];
  filters: Filter[];
}

export interface PageRequest extends Selection {
  offset: number;
  limit: number;
}

/** `row_count` is the number of rows that the filters leave. */
export interface Page {
  rows: Row[];
  offset: number;
  row_count: number;
  elapsed_ms: number;
}

export type ExportFormat = 'csv' | 'xlsx' | 'parquet';

export interface ExportedFile {
  name: string;
  mime: string;
  bytes: BlobPart;
}
