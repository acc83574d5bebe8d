/** A document for programs as YAML. */
import { DEFAULT_SCALAR_STYLE_RULES, dump, SCALAR_STYLE, type ScalarLayout } from 'js-yaml';

/**
 * YAML that says what `jsonText` says of the same document, and in which no character can act on a terminal either:
 * text that is not plain ASCII on one line stands in double quotes, with its characters escaped.
 */
export function yamlText(document: object): string {
  const scalarStyleRules = [quoteUnlessPlain, ...Object.values(DEFAULT_SCALAR_STYLE_RULES)];
  const text = dump(document, { noRefs: true, lineWidth: -1, scalarStyleRules });
  return text.replace(notAscii, escaped);
}

const notAscii = /[^\n -~]/gu;

function quoteUnlessPlain(layout: ScalarLayout): void {
  if (/[^ -~]/.test(layout.node.value)) layout.style = SCALAR_STYLE.DOUBLE_QUOTED;
}

/** https://yaml.org/spec/1.2.2/#57-escaped-characters: unlike JSON's, an escape is one code point, not half of one. */
function escaped(character: string): string {
  const code = (character.codePointAt(0) ?? 0).toString(16);
  return code.length > 4 ? `\\U${code.padStart(8, '0')}` : `\\u${code.padStart(4, '0')}`;
}
