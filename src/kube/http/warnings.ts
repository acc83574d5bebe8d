/** The API server's warnings for people: `Warning: 299 - "apps/v1beta1 is deprecated"`. */

/** Code, agent, text with backslash escapes, and an optional date (RFC 7234, 5.5). */
const warning = /^\s*(\d{3}) (\S+) "((?:[^"\\]|\\.)*)"(?: "[^"]*")?\s*(?:,|$)/;

// biome-ignore lint/suspicious/noControlCharactersInRegex: the expression looks for them
const control = /[\u0000-\u001f\u007f-\u009f\ufffd]/;

/**
 * The texts of the warnings with code 299, which is Kubernetes's. A header is read up to its first fault: a text that
 * breaks off, holds a control character or is not UTF-8. Source: `ParseWarningHeaders`,
 * k8s.io/apimachinery/pkg/util/net/http.go.
 */
export function warningsIn(headers: readonly string[]): string[] {
  return headers.flatMap(warningsInOne);
}

function warningsInOne(header: string): string[] {
  const texts: string[] = [];
  // Node decodes headers as Latin-1.
  let rest = Buffer.from(header, 'latin1').toString('utf8');
  while (rest.trim() !== '') {
    const [all, code, , quoted = ''] = warning.exec(rest) ?? [];
    if (all === undefined) break;
    const text = quoted.replace(/\\(.)/g, '$1');
    if (control.test(text)) break;
    if (code === '299' && text !== '') texts.push(text);
    rest = rest.slice(all.length);
  }
  return texts;
}
