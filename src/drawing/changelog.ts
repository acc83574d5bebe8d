/** Writes what has changed into a pipe: a line or a document for each item. */
import { printable } from '#src/terminal/escape.ts';

export interface ChangeWriter<Item> {
  /** Whether the time is written before the text. */
  timed: boolean;
  /** Tells an item from others, also from a later one of its name. */
  key(item: Item): string;
  present(item: Item): string;
  gone(item: Item): string;
}

/**
 * The text to write for the items as they are now; empty where no line or document of theirs has changed.
 *
 * @param time RFC 3339
 */
export type ChangeLog<Item> = (items: readonly Item[], time: string) => string;

/** Writes all items the first time, and later those whose line or document has changed, and those that are gone. */
export function changeLog<Item>({ timed, key, present, gone }: ChangeWriter<Item>): ChangeLog<Item> {
  let before = new Map<string, { item: Item; text: string }>();

  return (items, time) => {
    const now = new Map(items.map((item) => [key(item), { item, text: present(item) }] as const));
    const left = [...before].filter(([each]) => !now.has(each));
    const changed = [...now].filter(([each, { text }]) => withoutAges(before.get(each)?.text) !== withoutAges(text));
    before = now;
    const texts = [...left.map(([, { item }]) => gone(item)), ...changed.map(([, { text }]) => text)];
    return texts.map((text) => (timed ? `${time}  ${text}` : text)).join('');
  };
}

/** That something lasts a second longer is no change. */
function withoutAges(text: string | undefined): string | undefined {
  return text?.replace(/ for (?:\d+[smhdy]){1,2}\b/g, '');
}

/** The words on one line, two spaces apart. Empty ones are left out. */
export function changeLine(...words: string[]): string {
  return `${words.filter(Boolean).map(printable).join('  ')}\n`;
}
