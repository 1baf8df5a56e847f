/** A name as it must be written in SQL: quoted when it is anything but plain lower case; Hangul needs no quotes. */
export function quoted(name: string): string {
  return /^[\p{Ll}\p{Lo}_][\p{Ll}\p{Lo}\p{Nd}_]*$/u.test(name) && !RESERVED.has(name) ? name : `"${name.replaceAll('"', '""')}"`;
}

/** `schema.table`; the schema of one's own is written `my`. */
export function qualified(schema: string, table: string): string {
  return schema ? `${quoted(schema)}.${quoted(table)}` : quoted(table);
}

/** PostgreSQL's reserved words that people do call tables and columns. */
const RESERVED = new Set(
  `all analyse analyze and any array as asc both case cast check collate column constraint create current_date current_time
  current_timestamp current_user default desc distinct do else end except false fetch for foreign from grant group having in
  initially intersect into lateral leading limit localtime not null offset on only or order placing primary references
  returning select some symmetric table then to trailing true union unique user using variadic when where window with`.split(/\s+/)
);
