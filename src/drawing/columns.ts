/** Measures text in columns of a terminal, and shortens it to a width. */
import stringWidth from 'string-width';

// string-width costs microseconds a call, and nearly all text here is plain.
export function displayWidth(text: string): number {
  return /^[ -~─│└├…]*$/.test(text) ? text.length : stringWidth(text);
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

function beginning(text: string, width: number): string {
  let shown = '';
  for (const character of text) {
    if (displayWidth(shown + character) > width) break;
    shown += character;
  }
  return shown;
}
