/** Documents for programs as YAML. */
import { DEFAULT_SCALAR_STYLE_RULES, dump, SCALAR_STYLE, type ScalarLayout } from 'js-yaml';

/**
 * The document with the same fields as in `jsonText`. It is plain ASCII too: text that is not, or that takes several
 * lines, stands in double quotes with its characters escaped.
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

/** https://yaml.org/spec/1.2.2/#57-escaped-characters. An escape is one code point; in JSON it is half a surrogate pair. */
function escaped(character: string): string {
  const code = (character.codePointAt(0) ?? 0).toString(16);
  return code.length > 4 ? `\\U${code.padStart(8, '0')}` : `\\u${code.padStart(4, '0')}`;
}
