import { StreamLanguage, StringStream } from '@codemirror/language';

/** What makes one query language differ from another, for colouring. */
export interface Dialect {
  name: string;
  keywords: Set<string>;
  types: Set<string>;
  constants: Set<string>;
  /** Start of a comment that runs to the end of the line. */
  lineComment: string;
  /** Quotation marks of names, as in "Name" or `Name`. */
  nameQuotes: string;
  /** Quotation marks of texts. */
  textQuotes: string;
  /** A parameter: `:name` in SQL, `$name` in Cypher. */
  parameter: RegExp;
  /** Quotes like $$ … $$ and casts like ::date. */
  postgres?: boolean;
}

interface Place {
  /** The magic is on the first line, statements below. */
  line: number;
  /** What an open comment or text ends with. */
  until: string;
  token: string;
  depth: number;
  /** Words of the magic line already read. */
  words: number;
}

const WORD = /^[\p{L}_][\p{L}\p{N}_$]*/u;
const NUMBER = /^(?:\d[\d_]*\.?\d*(?:e[+-]?\d+)?|\.\d+(?:e[+-]?\d+)?)/i;
const OPERATOR = /^[-+*/<>=~!@#%^&|?]+/;

/** A CodeMirror language for cells whose first line is a `%%tobit` magic. */
export function statementLanguage(dialect: Dialect): StreamLanguage<Place> {
  return StreamLanguage.define<Place>({
    name: dialect.name,
    startState: () => ({ line: 0, until: '', token: '', depth: 0, words: 0 }),
    copyState: place => ({ ...place }),
    token(stream, place) {
      const kind = place.line === 0 ? magic(stream, place) : statement(stream, place, dialect);
      if (stream.eol()) {
        place.line = 1;
      }
      return kind;
    },
    blankLine(place) {
      place.line = 1;
    },
    languageData: { commentTokens: { line: dialect.lineComment, block: { open: '/*', close: '*/' } }, closeBrackets: { brackets: ['(', '[', '{', "'", '"'] } }
  });
}

/** `%%tobit sql NAME k=v --option value`. */
function magic(stream: StringStream, place: Place): string | null {
  if (stream.eatSpace()) {
    return null;
  }
  const text = (stream.match(/^\S+/) as RegExpMatchArray)[0];
  place.words++;
  if (text.startsWith('%%')) {
    return 'meta';
  }
  if (place.words === 2) {
    return 'keyword';
  }
  if (text.startsWith('-')) {
    return 'attributeName';
  }
  return text.includes('=') ? 'attributeValue' : place.words === 3 ? 'variableName.definition' : 'attributeValue';
}

function statement(stream: StringStream, place: Place, dialect: Dialect): string | null {
  if (place.until) {
    return rest(stream, place);
  }
  if (stream.eatSpace()) {
    return null;
  }
  if (stream.match(dialect.lineComment)) {
    stream.skipToEnd();
    return 'lineComment';
  }
  if (stream.match('/*')) {
    return open(stream, place, '*/', 'blockComment');
  }
  const dollar = dialect.postgres && stream.match(/^\$(?:[A-Za-z_]\w*)?\$/);
  if (dollar) {
    return open(stream, place, (dollar as RegExpMatchArray)[0], 'string');
  }
  if (dialect.postgres && stream.match('::')) {
    return 'operator';
  }
  if (stream.match(dialect.parameter)) {
    return 'variableName.special';
  }
  const sign = stream.peek() as string;
  if (dialect.textQuotes.includes(sign) || dialect.nameQuotes.includes(sign)) {
    stream.next();
    return open(stream, place, sign, dialect.textQuotes.includes(sign) ? 'string' : 'variableName');
  }
  return word(stream, dialect);
}

function word(stream: StringStream, dialect: Dialect): string | null {
  const found = stream.match(WORD) as RegExpMatchArray | null;
  if (found) {
    const name = found[0].toLowerCase();
    if (dialect.keywords.has(name)) {
      return 'keyword';
    }
    if (dialect.constants.has(name)) {
      return 'bool';
    }
    if (stream.match(/^\s*\(/, false)) {
      return 'variableName.function';
    }
    return dialect.types.has(name) ? 'typeName' : 'variableName';
  }
  if (stream.match(NUMBER)) {
    return 'number';
  }
  if (stream.match(OPERATOR)) {
    return 'operator';
  }
  stream.next();
  return 'punctuation';
}

function open(stream: StringStream, place: Place, until: string, token: string): string {
  Object.assign(place, { until, token, depth: 1 });
  return rest(stream, place);
}

/** Reads on to the end of an open comment or text, over as many lines as it takes. */
function rest(stream: StringStream, place: Place): string {
  const { until, token } = place;
  while (!stream.eol()) {
    if (until === '*/' && stream.match('/*')) {
      place.depth++;
    } else if (stream.match(until)) {
      // A doubled quotation mark is the mark itself.
      if (until.length === 1 && stream.match(until)) {
        continue;
      }
      if (--place.depth === 0) {
        place.until = '';
        return token;
      }
    } else {
      stream.next();
    }
  }
  return token;
}
