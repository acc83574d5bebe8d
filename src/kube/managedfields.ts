const key = '"managedFields":[{';
const end = '}]';

/**
 * Parses JSON, with empty lists of managedFields. They are often half of the text, and parsing them takes as long as
 * parsing the rest.
 *
 * @param json in the form of API servers, without spaces, where managedFields are lists of objects
 * @throws {SyntaxError}
 */
export function parsedWithoutManagedFields(json: string): unknown {
  const lean = withoutManagedFields(json);
  try {
    return JSON.parse(lean);
  } catch (error) {
    if (lean === json) throw error;
    return JSON.parse(json);
  }
}

/**
 * Each list ends at the first `}]`. A list that has none, which no API server sends, would be cut too far. Where that stands within a string or a list in the list, the text that is left is no
 * JSON: it has a bracket too many, or strings begin where they ended, and their words stand outside of strings.
 */
function withoutManagedFields(json: string): string {
  let lean = '';
  let from = 0;
  for (let at = json.indexOf(key); at >= 0; at = json.indexOf(key, Math.max(from, at + 1))) {
    // In a JSON string there is a backslash before a quote.
    if (json[at - 1] === '\\') continue;
    const ends = json.indexOf(end, at);
    if (ends < 0) break;
    lean += `${json.slice(from, at)}"managedFields":[]`;
    from = ends + end.length;
  }
  return lean + json.slice(from);
}
