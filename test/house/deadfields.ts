/** Fields of our own types that nothing reads any more: what linters and compilers do not look for. */
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseSync, Visitor } from 'oxc-parser';

export interface Field {
  name: string;
  /** `src/roll/model/plan.ts:12` */
  place: string;
}

/**
 * The fields that interfaces and type literals of src/ declare, and whose names no source reads: by `.name`, by taking
 * it out of an object, or as a text. It goes by names alone, so that a name which is read anywhere counts as read.
 */
export function deadFields(root: string): Field[] {
  const declared: Field[] = [];
  const read = new Set<string>();
  for (const file of globSync('src/**/*.ts', { cwd: root }).sort()) {
    const source = readFileSync(join(root, file), 'utf8');
    const { program } = parseSync(file, source);
    const declare = (key: Key, computed: boolean): void => {
      const name = computed ? undefined : nameOf(key);
      if (name === undefined) return;
      declared.push({ name, place: `${file}:${source.slice(0, key.start).split('\n').length}` });
    };
    new Visitor({
      TSPropertySignature: ({ key, computed }) => declare(key, computed),
      TSMethodSignature: ({ key, computed }) => declare(key, computed),
      MemberExpression({ property, computed }) {
        if (!computed && 'name' in property) read.add(property.name);
      },
      ObjectPattern({ properties }) {
        for (const property of properties) {
          if (property.type !== 'Property' || property.computed) continue;
          const name = nameOf(property.key);
          if (name !== undefined) read.add(name);
        }
      },
      Literal({ value }) {
        if (typeof value === 'string') read.add(value);
      },
    }).visit(program);
  }
  return declared.filter(({ name }) => !read.has(name));
}

type Key = { type: string; start: number; name?: unknown; value?: unknown };

function nameOf({ type, name, value }: Key): string | undefined {
  if (type === 'Identifier' && typeof name === 'string') return name;
  return type === 'Literal' && typeof value === 'string' ? value : undefined;
}
