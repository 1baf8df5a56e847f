import { statementLanguage } from './statement';

const words = (text: string): Set<string> => new Set(text.split(/\s+/).filter(Boolean));

/** openCypher with `$name` parameters. */
export const cypher = statementLanguage({
  name: 'tobit-cypher',
  lineComment: '//',
  nameQuotes: '`',
  textQuotes: '\'"',
  parameter: /^\$[\p{L}_][\p{L}\p{N}_]*/u,
  keywords: words(`
    all and as asc ascending by call case contains create delete desc descending detach distinct else end ends exists explain
    foreach in is limit load match merge not on optional or order profile remove return set shortestpath skip starts then
    union unique unwind using when where with xor yield index constraint
  `),
  types: words('boolean date datetime duration float integer list map node path point relationship string time'),
  constants: words('true false null')
});
