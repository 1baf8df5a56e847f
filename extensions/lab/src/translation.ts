import { ITranslator, nullTranslator, TranslationBundle } from '@jupyterlab/translation';

/** The catalogue of this extension's text. */
export function translation(translator?: { load(domain: string): unknown } | ITranslator): TranslationBundle {
  return (translator ?? nullTranslator).load('tobit') as TranslationBundle;
}
