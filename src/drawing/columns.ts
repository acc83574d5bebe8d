/** Measures text in columns of a terminal, and shortens it to a width. */
import stringWidth from 'string-width';

// string-width costs microseconds a call, and nearly all text here is plain.
export function displayWidth(text: string): number {
  return /^[ -~·→─│└├…]*$/.test(text) ? text.length : stringWidth(text);
}

export function withoutEnd(text: string, width: number): string {
  if (displayWidth(text) <= width) return text;
  return width === 0 ? '' : `${beginning(text, width - 1)}…`;
}

/** Keeps the end of a name: pods differ in their ordinals, and volumes in the ends of their UIDs. */
export function withoutMiddle(text: string, width: number): string {
  if (displayWidth(text) <= width) return text;
  const kept = Math.min(8, Math.floor(width / 3));
  const end = [...text].slice(-kept).join('');
  const room = width - 1 - displayWidth(end);
  return kept === 0 || room < 0 ? withoutEnd(text, width) : `${beginning(text, room)}…${end}`;
}

/**
 * The text in lines that are at most so wide. It breaks at blanks, and a word that is too long for a line breaks anywhere;
 * all lines after the first one are indented, and the first one where the text is.
 *
 * @param width undefined breaks nothing
 */
export function wrapped(text: string, width: number | undefined): string[] {
  if (width === undefined || displayWidth(text) <= width) return [text];
  const indent = width > 2 * indentation.length ? indentation : '';
  const lines: string[] = [];
  let line = text.startsWith(indentation) ? indent : '';
  for (let word of text.trimStart().split(' ')) {
    const room = () => width - displayWidth(line) - (line.trim() === '' ? 0 : 1);
    if (displayWidth(word) > room() && line.trim() !== '') {
      lines.push(line);
      line = indent;
    }
    while (displayWidth(word) > room()) {
      // At least one character, or it would never end.
      const part = beginning(word, room()) || ([...word][0] ?? '');
      lines.push(line + part);
      line = indent;
      word = word.slice(part.length);
    }
    line += (line.trim() === '' ? '' : ' ') + word;
  }
  return [...lines, line];
}

const indentation = '  ';

function beginning(text: string, width: number): string {
  let shown = '';
  for (const character of text) {
    if (displayWidth(shown + character) > width) break;
    shown += character;
  }
  return shown;
}
