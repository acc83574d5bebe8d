/** What an API server wants a person to know: `Warning: 299 - "apps/v1beta1 is deprecated"`. */

/** Code, agent, text with backslash escapes, and a date that may be missing (RFC 7234, 5.5). */
const warning = /^\s*(\d{3}) (\S+) "((?:[^"\\]|\\.)*)"(?: "[^"]*")?\s*(?:,|$)/;

// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what this is about
const control = /[\u0000-\u001f\u007f-\u009f\ufffd]/;

/**
 * The texts of those with the code that Kubernetes uses, 299. A header that breaks off, or holds control characters or
 * what is no UTF-8, gives what stood before. Source: `ParseWarningHeaders`, k8s.io/apimachinery/pkg/util/net/http.go.
 */
export function warningsIn(headers: readonly string[]): string[] {
  return headers.flatMap(warningsInOne);
}

function warningsInOne(header: string): string[] {
  const texts: string[] = [];
  // Node takes each byte of a header for a character.
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
